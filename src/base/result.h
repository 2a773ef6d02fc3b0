// What the world can break is a Result; what only we can break is an ASSERT (base/assert.h).
//
//   File file = TRY(disk.open(path));        // hands the error to the caller
//
// An Error tells what happened, the limit it met and the way out. It never holds personal data:
// it may be logged and shown.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace filrouge {

struct Error {
    std::string code;     // stable, dotted: "collect.event_too_large"
    std::string message;  // one sentence with the figures
    std::string hint;     // what to do about it; may be empty
};

template <class T>
class [[nodiscard]] Result {
  public:
    using Value = T;
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}
    bool ok() const { return held_.index() == 0; }
    explicit operator bool() const { return ok(); }
    const T& value() const& {
        ASSERT(ok());
        return *std::get_if<0>(&held_);
    }
    T& value() & {
        ASSERT(ok());
        return *std::get_if<0>(&held_);
    }
    T value() && {
        ASSERT(ok());
        return std::move(*std::get_if<0>(&held_));
    }
    const Error& error() const& {
        ASSERT(!ok());
        return *std::get_if<1>(&held_);
    }
    Error error() && {
        ASSERT(!ok());
        return std::move(*std::get_if<1>(&held_));
    }

  private:
    std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using Value = void;
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}
    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    void value() const { ASSERT(ok()); }
    const Error& error() const& {
        ASSERT(!ok());
        return *error_;
    }
    Error error() && {
        ASSERT(!ok());
        return std::move(*error_);
    }

  private:
    std::optional<Error> error_;
};

}  // namespace filrouge

#define FILROUGE_JOIN2(a, b) a##b
#define FILROUGE_JOIN(a, b) FILROUGE_JOIN2(a, b)
#define FILROUGE_TRY(name, expression)                  \
    ({                                                  \
        auto name = (expression);                       \
        if (!name.ok()) return std::move(name).error(); \
        std::move(name).value();                        \
    })
#define TRY(expression) FILROUGE_TRY(FILROUGE_JOIN(tried_, __COUNTER__), expression)

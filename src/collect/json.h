// One request body, parsed by simdjson. A value is known by two places kept in step: the word on
// simdjson's tape (checked, unescaped) and the token of the source (the text as it was sent), so
// that numbers stay exact and every event can be cut out of its batch as it came.
//
//   JsonBody body;                      // one a thread: its buffers are reused
//   TRY(body.parse(text, padded));
//   body.each_member(body.root(), [&](std::string_view key, JsonAt value) { ... });
//
// Two things that RFC 8259 allows and simdjson refuses for the whole body do not cost a batch: an
// integer past 64 bits keeps its text, and half a surrogate pair reads as U+FFFD. A number past
// 1.8e308 and nesting past simdjson's own bound are faults of the event they stand in.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "collect/fit.h"

namespace filrouge::collect {

struct JsonAt {
    std::uint32_t tape = 0;  // 0 is nowhere
    std::uint32_t token = 0;
    bool none() const { return tape == 0; }
};

enum class JsonType : std::uint8_t {
    Null = 'n',
    True = 't',
    False = 'f',
    Int = 'l',
    Uint = 'u',    // past int64
    Double = 'd',  // and any integer past uint64
    String = '"',
    Array = '[',
    Object = '{',
};

class JsonBody {
  public:
    // `padded` says that simdjson::SIMDJSON_PADDING bytes after the text may be read; without it
    // the text is copied. The text must live as long as the values are read.
    Result<void> parse(BytesView text, bool padded);
    void forget();  // gives back what a large body needed

    JsonAt root() const { return {1, 0}; }
    JsonType type(JsonAt at) const { return static_cast<JsonType>(tape_[at.tape] >> 56); }
    bool is(JsonAt at, JsonType t) const { return !at.none() && type(at) == t; }
    std::string_view string(JsonAt at) const {  // unescaped
        const std::uint8_t* p = strings_ + (tape_[at.tape] & simdjson::internal::JSON_VALUE_MASK);
        std::uint32_t size = 0;
        std::memcpy(&size, p, sizeof size);
        return {reinterpret_cast<const char*>(p + sizeof size), size};
    }
    std::int64_t integer(JsonAt at) const { return static_cast<std::int64_t>(tape_[at.tape + 1]); }
    std::string_view number_text(JsonAt at) const;  // as it was written
    std::uint32_t count(JsonAt at) const {          // of an array's or object's members
        return static_cast<std::uint32_t>(tape_[at.tape] >> 32) &
               simdjson::internal::JSON_COUNT_MASK;
    }
    std::uint32_t offset(std::uint32_t token) const { return tokens_[token]; }
    // From the token `first` to the token `end`, which is left out, as it was sent.
    std::string_view source(std::uint32_t first, std::uint32_t end) const;

    JsonAt past_scalar(JsonAt at) const {
        const JsonType t = type(at);
        const bool wide = t == JsonType::Int || t == JsonType::Uint || t == JsonType::Double;
        return {at.tape + (wide ? 2 : 1), at.token + 1};
    }
    JsonAt past(JsonAt at) const {  // any value
        const JsonType t = type(at);
        return t == JsonType::Object || t == JsonType::Array ? past_container(at) : past_scalar(at);
    }
    std::uint32_t past_on_tape(JsonAt at) const {  // where only the tape matters
        const JsonType t = type(at);
        if (t == JsonType::Object || t == JsonType::Array) return end_word(at) + 1;
        return past_scalar(at).tape;
    }
    JsonAt first_member(JsonAt container) const {
        return {container.tape + 1, container.token + 1};
    }
    std::uint32_t end_word(JsonAt container) const {
        return static_cast<std::uint32_t>(tape_[container.tape]) - 1;
    }
    JsonAt past_members(JsonAt container, std::uint32_t token) const {
        const std::uint32_t end = end_word(container);
        return {end + 1, end == container.tape + 1 ? container.token + 2 : token};
    }

    template <class F>  // f(key, value); stops after the first f that returns false
    void each_member(JsonAt object, F&& f) const {
        const std::uint32_t end = end_word(object);
        for (JsonAt at = first_member(object); at.tape != end;) {
            const JsonAt value{at.tape + 1, at.token + 2};
            if (!f(string(at), value)) return;
            at = past(value);
            ++at.token;
        }
    }
    template <class F>  // f(value); stops after the first f that returns false
    void each_element(JsonAt array, F&& f) const {
        const std::uint32_t end = end_word(array);
        for (JsonAt at = first_member(array); at.tape != end;) {
            if (!f(at)) return;
            at = past(at);
            ++at.token;
        }
    }
    template <class F>  // f(key, value): value's token is not known, see place()
    void each_member_on_tape(JsonAt object, F&& f) const {
        const std::uint32_t end = end_word(object);
        for (std::uint32_t tape = object.tape + 1; tape != end;) {
            if (!f(string({tape, 0}), JsonAt{tape + 1, 0})) return;
            tape = past_on_tape({tape + 1, 0});
        }
    }
    JsonAt place(JsonAt object, JsonAt member) const;  // a member found on the tape, with its token
    JsonAt find(JsonAt object, std::string_view key) const;

    bool has_faults() const { return !faults_.empty(); }
    Fit fault_between(std::string_view source) const;  // the first fault within this cut

  private:
    struct Fault {
        std::uint32_t offset;
        Fit fit;
    };
    JsonAt past_container(JsonAt at) const;
    simdjson::error_code run(const char* text, std::size_t size);
    bool repair();  // true when something was changed in repaired_
    void repair_number(std::uint32_t offset);
    void repair_string(std::uint32_t offset);
    bool repair_depth(std::uint32_t& token);

    simdjson::dom::parser parser_;
    std::string copy_;       // of a body without padding, or with repairs
    std::string_view text_;  // as sent
    const std::uint64_t* tape_ = nullptr;
    const std::uint8_t* strings_ = nullptr;
    const std::uint32_t* tokens_ = nullptr;
    std::uint32_t token_count_ = 0;
    std::vector<Fault> faults_;
    bool changed_ = false;
};

}  // namespace filrouge::collect

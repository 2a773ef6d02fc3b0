// From simdjson's tape to packed values (model/packed.h), without a tree in between. On the way it
// refuses what would be read differently by different readers: a key twice in one object, nesting
// past the limit.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "collect/fit.h"
#include "collect/json.h"
#include "model/packed.h"

namespace filrouge::collect {

// Members of an object in the making: written first, counted on the way.
struct Members {
    Bytes bytes;
    std::uint64_t count = 0;
    void clear() {
        bytes.clear();
        count = 0;
    }
    void key(std::string_view name) {
        PackedWriter(bytes).key(name);
        ++count;
    }
    bool empty() const { return count == 0; }
    void append_object(Bytes& out) const;  // as one packed object
};

// Tells whether a key came before in its object. Objects of a few keys cost a few nanoseconds,
// and the worst object an attacker can send costs a sort.
class KeyWatch {
  public:
    KeyWatch(const JsonBody& body, JsonAt object);
    bool repeated() const { return repeated_; }  // known at once for a large object
    bool again(std::string_view key, JsonAt value) {
        if (large_) return false;
        std::uint32_t h = static_cast<std::uint32_t>(key.size());
        if (!key.empty()) {
            h = h * 31 + static_cast<unsigned char>(key[0]);
            h = h * 31 + static_cast<unsigned char>(key[key.size() - 1]);
            h = h * 31 + static_cast<unsigned char>(key[key.size() / 2]);
        }
        std::uint64_t& word = seen_[h >> 6 & 3];
        const std::uint64_t bit = std::uint64_t{1} << (h & 63);
        if ((word & bit) == 0) {
            word |= bit;
            return false;
        }
        return search(key, value);
    }

  private:
    bool search(std::string_view key, JsonAt value) const;
    bool check_large() const;
    const JsonBody& body_;
    JsonAt object_;
    std::uint64_t seen_[4] = {};
    bool large_ = false;
    bool repeated_ = false;
};

class Packer {
  public:
    explicit Packer(const JsonBody& body) : body_(body) {}
    // Appends the value to `out`. `depth` counts the containers around it. Returns the place past
    // it, or nowhere when it does not fit: fit() then says why.
    JsonAt pack(JsonAt at, Bytes& out, int depth);
    // The members of an object, appended to `out`. `take(key, value)` may answer with the place
    // past the value when it has dealt with the member itself, or with nowhere to have it packed.
    template <class F>
    JsonAt pack_members(JsonAt object, Members& out, int depth, F&& take) {
        if (depth >= kPackedDepthMax) return fail(Fit::TooDeep);
        KeyWatch watch(body_, object);
        if (watch.repeated()) return fail(Fit::DuplicateKey);
        const std::uint32_t end = body_.end_word(object);
        JsonAt at = body_.first_member(object);
        while (at.tape != end) {
            const std::string_view key = body_.string(at);
            const JsonAt value{at.tape + 1, at.token + 2};
            if (watch.again(key, value)) return fail(Fit::DuplicateKey);
            at = take(key, value);
            if (at.none()) {
                if (fit_ != Fit::Ok) return {};
                out.key(key);
                at = pack(value, out.bytes, depth + 1);
                if (at.none()) return {};
            }
            ++at.token;
        }
        return body_.past_members(object, at.token);
    }
    Fit fit() const { return fit_; }
    void reset() { fit_ = Fit::Ok; }
    JsonAt fail(Fit fit) {
        fit_ = fit;
        return {};
    }

  private:
    JsonAt pack_container(JsonAt at, Bytes& out, int depth);
    const JsonBody& body_;
    Fit fit_ = Fit::Ok;
};

// A JSON number as 1/10,000 when that is exact; otherwise its text must be kept.
std::optional<std::int64_t> exact_fixed(std::string_view number);

}  // namespace filrouge::collect

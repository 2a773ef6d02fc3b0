#include "collect/pack.h"

#include <algorithm>
#include <vector>

#include "collect/refused_names.h"
#include "model/money.h"

namespace filrouge::collect {
namespace {

constexpr std::uint32_t kSmallObject = 64;  // keys; past it the search would be quadratic

// The count of an object's members stands before them, so one that is not kept keeps its name.
JsonAt pack_named(Packer& packer, const JsonBody& body, std::string_view name, JsonAt value,
                  Bytes& out, int depth) {
    const auto cut = cut_address(body, name, value);
    if (!cut && !is_refused(body, name, value)) return packer.pack(value, out, depth);
    if (cut && !cut->empty()) {
        PackedWriter(out).string(*cut);
        return body.past_scalar(value);
    }
    PackedWriter(out).null();
    Bytes checked_and_left;
    return packer.pack(value, checked_and_left, depth);
}

}  // namespace

void Members::append_object(Bytes& out) const {
    out.reserve(out.size() + bytes.size() + 16);
    PackedWriter writer(out);
    const std::size_t mark = writer.begin_object(count);
    out.append(bytes);
    writer.end(mark);
}

KeyWatch::KeyWatch(const JsonBody& body, JsonAt object) : body_(body), object_(object) {
    if (body.count(object) <= kSmallObject) return;
    large_ = true;
    repeated_ = check_large();
}

bool KeyWatch::check_large() const {
    std::vector<std::string_view> keys;
    keys.reserve(body_.count(object_));
    const std::uint32_t end = body_.end_word(object_);
    for (std::uint32_t tape = object_.tape + 1; tape != end;) {
        keys.push_back(body_.string({tape, 0}));
        tape = body_.past_on_tape({tape + 1, 0});
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

bool KeyWatch::search(std::string_view key, JsonAt value) const {
    for (std::uint32_t tape = object_.tape + 1; tape + 1 != value.tape;) {
        if (body_.string({tape, 0}) == key) return true;
        tape = body_.past_on_tape({tape + 1, 0});
    }
    return false;
}

JsonAt Packer::pack(JsonAt at, Bytes& out, int depth) {
    PackedWriter writer(out);
    switch (body_.type(at)) {
        case JsonType::String: writer.string(body_.string(at)); break;
        case JsonType::Int: writer.integer(body_.integer(at)); break;
        case JsonType::Double: {
            const std::string_view text = body_.number_text(at);
            if (const auto fixed = exact_fixed(text))
                writer.fixed(*fixed);
            else
                writer.number_text(text);
            break;
        }
        case JsonType::Uint: writer.number_text(body_.number_text(at)); break;
        case JsonType::True: writer.boolean(true); break;
        case JsonType::False: writer.boolean(false); break;
        case JsonType::Null: writer.null(); break;
        case JsonType::Array:
        case JsonType::Object: return pack_container(at, out, depth);
    }
    return body_.past_scalar(at);
}

JsonAt Packer::pack_container(JsonAt at, Bytes& out, int depth) {
    if (depth >= kPackedDepthMax) return fail(Fit::TooDeep);
    PackedWriter writer(out);
    const std::uint32_t end = body_.end_word(at);
    JsonAt next = body_.first_member(at);
    if (body_.type(at) == JsonType::Array) {
        const std::size_t mark = writer.begin_array(body_.count(at));
        while (next.tape != end) {
            next = pack(next, out, depth + 1);
            if (next.none()) return {};
            ++next.token;
        }
        writer.end(mark);
        return body_.past_members(at, next.token);
    }
    KeyWatch watch(body_, at);
    if (watch.repeated()) return fail(Fit::DuplicateKey);
    const std::size_t mark = writer.begin_object(body_.count(at));
    while (next.tape != end) {
        const std::string_view key = body_.string(next);
        const JsonAt value{next.tape + 1, next.token + 2};
        if (watch.again(key, value)) return fail(Fit::DuplicateKey);
        writer.key(key);
        next = pack_named(*this, body_, key, value, out, depth + 1);
        if (next.none()) return {};
        ++next.token;
    }
    writer.end(mark);
    return body_.past_members(at, next.token);
}

std::optional<std::int64_t> exact_fixed(std::string_view number) {
    const bool negative = number.starts_with('-');
    std::int64_t digits = 0;
    std::int64_t scale = 4;  // of ten, still to be applied
    bool point = false;
    std::size_t i = negative ? 1 : 0;
    for (; i < number.size(); ++i) {
        const char c = number[i];
        if (c == '.') {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        if (__builtin_mul_overflow(digits, 10, &digits)) return std::nullopt;
        if (__builtin_add_overflow(digits, c - '0', &digits)) return std::nullopt;
        if (point) --scale;
    }
    if (i < number.size()) {  // an exponent
        const bool down = number[++i] == '-';
        if (down || number[i] == '+') ++i;
        std::int64_t exponent = 0;
        for (; i < number.size(); ++i) {
            exponent = exponent * 10 + (number[i] - '0');
            if (exponent > 1'000) return std::nullopt;
        }
        scale += down ? -exponent : exponent;
    }
    if (digits == 0) return 0;
    for (; scale > 0; --scale) {
        if (__builtin_mul_overflow(digits, 10, &digits)) return std::nullopt;
    }
    for (; scale < 0; ++scale) {
        if (digits % 10 != 0) return std::nullopt;
        digits /= 10;
    }
    return negative ? -digits : digits;
}

}  // namespace filrouge::collect

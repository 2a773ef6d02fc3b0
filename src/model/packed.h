// JSON-like values in a compact, self-delimiting binary form: what the free part of an event
// (properties, traits, context) is from the door to the fold. Numbers are exact: int64, a count of
// 1/10,000 or the text of the number. Spec: docs/formats/records.md, section "packed values".
//
//   value  = tag u8, then by tag
//     0 null   1 false   2 true
//     3 int      zigzag varint
//     4 fixed    zigzag varint, in 1/10,000
//     5 number   sized text, any other JSON number
//     6 string   sized UTF-8
//     7 array    u32 byte length of the rest, varint count, values
//     8 object   u32 byte length of the rest, varint count, (sized key, value)*
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace filrouge {

constexpr int kPackedDepthMax = 64;

class PackedWriter {
  public:
    explicit PackedWriter(Bytes& out) : out_(out) {}
    void null() { tag(0); }
    void boolean(bool v) { tag(v ? 2 : 1); }
    void integer(std::int64_t v) {
        tag(3);
        ByteWriter(out_).varint_signed(v);
    }
    void fixed(std::int64_t v) {  // whole units are written as integers
        if (v % 10'000 == 0) return integer(v / 10'000);
        tag(4);
        ByteWriter(out_).varint_signed(v);
    }
    void number_text(std::string_view v) {
        tag(5);
        ByteWriter(out_).sized(v);
    }
    void string(std::string_view v) {
        tag(6);
        ByteWriter(out_).sized(v);
    }
    // The count is written before the members: the caller knows it.
    std::size_t begin_array(std::uint64_t count) { return begin(7, count); }
    std::size_t begin_object(std::uint64_t count) { return begin(8, count); }
    void key(std::string_view name) { ByteWriter(out_).sized(name); }
    void end(std::size_t mark);  // what begin_array or begin_object returned

  private:
    void tag(int t) { out_.push_back(static_cast<char>(t)); }
    std::size_t begin(int t, std::uint64_t count);
    Bytes& out_;
};

enum class PackedKind : std::uint8_t {
    Missing,
    Null,
    Bool,
    Int,
    Fixed,
    Number,
    String,
    Array,
    Object
};

// A view of one value inside packed bytes; cheap to copy. A malformed value reads as Missing.
class PackedView {
  public:
    PackedView() = default;
    explicit PackedView(BytesView bytes);  // bytes that begin with a value
    PackedKind kind() const { return kind_; }
    bool missing() const { return kind_ == PackedKind::Missing; }
    bool boolean() const { return number_ != 0; }
    std::int64_t integer() const { return number_; }
    // Int and Fixed in 1/10,000; numeric text and strings are not converted.
    std::optional<std::int64_t> as_fixed() const;
    std::string_view text() const { return text_; }  // String and Number
    std::uint64_t count() const { return count_; }   // Array and Object
    PackedView find(std::string_view key) const;     // Object: by exact name
    std::string json() const;
    void append_json(std::string& out) const;

    template <class F>  // f(key, value) for an object, f("", value) for an array
    void each(F&& f) const {
        ByteReader reader(body_);
        for (std::uint64_t i = 0; i < count_; ++i) {
            const std::string_view key = kind_ == PackedKind::Object ? reader.sized() : BytesView{};
            const BytesView rest(reader.position(), reader.left());
            const PackedView v(rest);
            if (reader.bad() || v.missing()) return;
            reader.raw(v.bytes_);
            f(key, v);
        }
    }
    std::size_t byte_length() const { return bytes_; }

  private:
    PackedKind kind_ = PackedKind::Missing;
    std::int64_t number_ = 0;
    std::uint64_t count_ = 0;
    std::size_t bytes_ = 0;
    std::string_view text_;
    BytesView body_;  // members of an array or object
};

}  // namespace filrouge

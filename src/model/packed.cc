#include "model/packed.h"

#include "base/json_writer.h"
#include "model/money.h"

namespace filrouge {

std::size_t PackedWriter::begin(int t, std::uint64_t count) {
    tag(t);
    const std::size_t mark = out_.size();
    ByteWriter writer(out_);
    writer.u32(0);
    writer.varint(count);
    return mark;
}

void PackedWriter::end(std::size_t mark) {
    const auto length = static_cast<std::uint32_t>(out_.size() - mark - 4);
    for (std::size_t i = 0; i < 4; ++i) out_[mark + i] = static_cast<char>(length >> (8 * i));
}

PackedView::PackedView(BytesView bytes) {
    ByteReader reader(bytes);
    if (reader.done()) return;
    const std::uint8_t tag = reader.u8();
    PackedKind kind = PackedKind::Missing;
    switch (tag) {
        case 0: kind = PackedKind::Null; break;
        case 1: kind = PackedKind::Bool; break;
        case 2:
            kind = PackedKind::Bool;
            number_ = 1;
            break;
        case 3:
            kind = PackedKind::Int;
            number_ = reader.varint_signed();
            break;
        case 4:
            kind = PackedKind::Fixed;
            number_ = reader.varint_signed();
            break;
        case 5:
        case 6:
            kind = tag == 5 ? PackedKind::Number : PackedKind::String;
            text_ = reader.sized();
            break;
        case 7:
        case 8: {
            kind = tag == 7 ? PackedKind::Array : PackedKind::Object;
            const std::uint32_t length = reader.u32();
            ByteReader members(reader.raw(length));
            count_ = members.varint();
            if (members.bad() || count_ > members.left()) return;
            body_ = BytesView(members.position(), members.left());
            break;
        }
        default: return;
    }
    if (reader.bad()) {
        count_ = 0;
        return;
    }
    kind_ = kind;
    bytes_ = bytes.size() - reader.left();
}

std::optional<std::int64_t> PackedView::as_fixed() const {
    if (kind_ == PackedKind::Fixed) return number_;
    std::int64_t v = 0;
    if (kind_ == PackedKind::Int && !__builtin_mul_overflow(number_, kFixedScale, &v)) return v;
    return std::nullopt;
}

PackedView PackedView::find(std::string_view wanted) const {
    PackedView found;
    if (kind_ != PackedKind::Object) return found;
    ByteReader reader(body_);
    for (std::uint64_t i = 0; i < count_; ++i) {
        const std::string_view key = reader.sized();
        const PackedView v(BytesView(reader.position(), reader.left()));
        if (reader.bad() || v.missing()) return {};
        if (key == wanted) return v;
        reader.raw(v.bytes_);
    }
    return found;
}

void PackedView::append_json(std::string& out) const {
    switch (kind_) {
        case PackedKind::Missing:
        case PackedKind::Null: out += "null"; return;
        case PackedKind::Bool: out += number_ != 0 ? "true" : "false"; return;
        case PackedKind::Int: out += std::to_string(number_); return;
        case PackedKind::Fixed: out += fixed_text(number_); return;
        case PackedKind::Number: out += text_; return;
        case PackedKind::String: append_json_string(out, text_); return;
        case PackedKind::Array:
        case PackedKind::Object: break;
    }
    const bool object = kind_ == PackedKind::Object;
    out.push_back(object ? '{' : '[');
    bool first = true;
    each([&](std::string_view key, const PackedView& v) {
        if (!first) out.push_back(',');
        first = false;
        if (object) {
            append_json_string(out, key);
            out.push_back(':');
        }
        v.append_json(out);
    });
    out.push_back(object ? '}' : ']');
}

std::string PackedView::json() const {
    std::string out;
    append_json(out);
    return out;
}

}  // namespace filrouge

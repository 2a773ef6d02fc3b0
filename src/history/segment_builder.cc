#include <algorithm>
#include <map>

#include "base/crc32c.h"
#include "history/segment.h"
#include "history/segment_format.h"

namespace filrouge::history {
namespace {

struct Directory {
    Bytes entries;
    std::uint32_t blocks = 0;
};

// Numbers for texts, by their place in the ascending list of those that occur.
class Coder {
  public:
    // Replaces text numbers by codes, where `is_text` says that they are some; answers the list.
    template <class IsText>
    std::vector<std::int64_t> encode(std::vector<std::int64_t>& values, IsText&& is_text) {
        std::vector<std::int64_t> texts;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (is_text(i)) texts.push_back(values[i]);
        }
        sort_unique(texts);
        if (texts.empty()) return texts;
        const std::int64_t first = texts.front();
        if (texts.back() - first < kDirectMax) {
            place_.assign(static_cast<std::size_t>(texts.back() - first) + 1, 0);
            for (std::size_t i = 0; i < texts.size(); ++i)
                place_[static_cast<std::size_t>(texts[i] - first)] = static_cast<std::uint32_t>(i);
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (is_text(i)) values[i] = place_[static_cast<std::size_t>(values[i] - first)];
            }
            return texts;
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (is_text(i))
                values[i] = std::lower_bound(texts.begin(), texts.end(), values[i]) - texts.begin();
        }
        return texts;
    }

  private:
    static constexpr std::int64_t kDirectMax = 4'000'000;
    void sort_unique(std::vector<std::int64_t>& texts) {
        if (texts.empty()) return;
        const auto [low, high] = std::minmax_element(texts.begin(), texts.end());
        const std::int64_t first = *low;
        if (*high - first >= kDirectMax) {
            std::sort(texts.begin(), texts.end());
            texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
            return;
        }
        place_.assign(static_cast<std::size_t>(*high - first) + 1, 0);
        for (const std::int64_t t : texts) place_[static_cast<std::size_t>(t - first)] = 1;
        texts.clear();
        for (std::size_t i = 0; i < place_.size(); ++i) {
            if (place_[i] != 0) texts.push_back(first + static_cast<std::int64_t>(i));
        }
    }
    std::vector<std::uint32_t> place_;
};

struct FieldBuffer {
    std::vector<std::uint32_t> rows;
    std::vector<CellKind> kinds;
    std::vector<std::int64_t> values;
    void add(std::size_t row, CellKind kind, std::int64_t value) {
        rows.push_back(static_cast<std::uint32_t>(row));
        kinds.push_back(kind);
        values.push_back(value);
    }
    void add(std::size_t row, StringNo text) {
        if (text.is_none())
            add(row, CellKind::Missing, 0);
        else
            add(row, CellKind::Text, text.value);
    }
};

}  // namespace

struct SegmentBuilder::Impl {
    std::vector<std::uint32_t> person, usable, first_row;
    std::vector<std::uint16_t> brand;
    std::vector<std::uint8_t> nobody;
    std::vector<std::int64_t> at;
    std::vector<std::uint64_t> sequence;
    std::vector<std::uint32_t> name, allowed;
    std::vector<EventKind> kind;
    std::vector<Channel> channel;
    std::vector<std::uint8_t> flags;
    std::vector<SourceNo> source;
    std::vector<std::int64_t> wide;  // the column that is being put
    std::map<std::pair<FieldId, std::uint32_t>, FieldBuffer> fields;
    Coder coder;
    Bytes out;
    Directory directory;

    FieldBuffer& field(FieldId id, StringNo property = {}) { return fields[{id, property.value}]; }
    void put(Block block, std::span<const std::int64_t> values, FieldId id = {},
             StringNo property = {});
    template <class T>
    void put_wide(Block block, const std::vector<T>& values, FieldId id = {},
                  StringNo property = {}) {
        widen(values);
        put(block, wide, id, property);
    }
    template <class T>
    void widen(const std::vector<T>& values) {
        wide.resize(values.size());
        std::transform(values.begin(), values.end(), wide.begin(),
                       [](T v) { return static_cast<std::int64_t>(v); });
    }
    void put_field(FieldId id, StringNo property, FieldBuffer& buffer);
};

void SegmentBuilder::Impl::put(Block block, std::span<const std::int64_t> values, FieldId id,
                               StringNo property) {
    out.resize((out.size() + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment);
    const std::size_t offset = out.size();
    const PackedColumn column = pack_column(values, out);
    ByteWriter w(directory.entries);
    w.u8(static_cast<std::uint8_t>(block));
    w.u8(static_cast<std::uint8_t>(id));
    w.u8(column.width);
    w.u8(0);
    w.u32(property.value);
    w.i64(column.base);
    w.i64(column.unit);
    w.u32(column.size);
    w.u32(crc32c(BytesView(out).substr(offset)));
    w.u64(offset);
    w.u64(out.size() - offset);
    ++directory.blocks;
}

void SegmentBuilder::Impl::put_field(FieldId id, StringNo property, FieldBuffer& buffer) {
    bool every_row = buffer.rows.size() == at.size();
    for (std::size_t i = 0; every_row && i < buffer.rows.size(); ++i)
        every_row = buffer.rows[i] == i;
    const auto texts = coder.encode(
        buffer.values, [&](std::size_t i) { return buffer.kinds[i] == CellKind::Text; });
    if (!every_row && shares_rows_of(id) == id)
        put_wide(Block::FieldRows, buffer.rows, id, property);
    put_wide(Block::FieldKinds, buffer.kinds, id, property);
    put(Block::FieldValues, buffer.values, id, property);
    put(Block::FieldTexts, texts, id, property);
}

SegmentBuilder::SegmentBuilder() : impl_(std::make_unique<Impl>()) {}
SegmentBuilder::~SegmentBuilder() = default;

std::uint32_t SegmentBuilder::rows() const { return static_cast<std::uint32_t>(impl_->at.size()); }

void SegmentBuilder::begin_part(PersonNo person, std::uint16_t brand, PurposeSet usable,
                                bool nobody) {
    Impl& m = *impl_;
    ASSERT(m.person.empty() || m.person.back() < person.value ||
           (m.person.back() == person.value && m.brand.back() < brand));
    m.person.push_back(person.value);
    m.brand.push_back(brand);
    m.usable.push_back(usable.bits);
    m.nobody.push_back(nobody ? 1 : 0);
    m.first_row.push_back(static_cast<std::uint32_t>(m.at.size()));
}

void SegmentBuilder::add(const EventRow& row) {
    Impl& m = *impl_;
    ASSERT(!m.person.empty());
    const std::size_t number = m.at.size();
    m.at.push_back(row.at.us);
    m.sequence.push_back(row.sequence);
    m.name.push_back(row.name.value);
    m.kind.push_back(row.kind);
    m.channel.push_back(row.channel);
    m.flags.push_back(row.flags);
    m.source.push_back(row.source);
    m.allowed.push_back(row.allowed.bits);
    if (!row.product.is_none()) m.field(FieldId::Product).add(number, row.product);
    if (!row.place.is_none()) m.field(FieldId::Place).add(number, row.place);
    if (row.quantity != 0) m.field(FieldId::Quantity).add(number, CellKind::Number, row.quantity);
    if (row.has_value) {
        m.field(FieldId::Value).add(number, CellKind::Number, row.value.amount);
        m.field(FieldId::Currency).add(number, CellKind::Number, row.value.currency.code);
    }
    for (const Cell& cell : row.cells) {
        FieldBuffer& to = m.field(FieldId::Property, cell.key);
        to.add(number, cell.kind, cell.kind == CellKind::Text ? cell.text.value : cell.number);
    }
    for (const Line& line : row.lines) {
        m.field(FieldId::LineProduct).add(number, line.product);
        m.field(FieldId::LineCategory).add(number, line.category);
        m.field(FieldId::LineQuantity).add(number, CellKind::Number, line.quantity);
        if (line.has_price())
            m.field(FieldId::LinePrice).add(number, CellKind::Number, line.price);
        else
            m.field(FieldId::LinePrice).add(number, CellKind::Missing, 0);
    }
}

Bytes SegmentBuilder::finish() {
    Impl& m = *impl_;
    m.out.clear();
    m.out.resize(kSegmentHeaderBytes);
    m.first_row.push_back(static_cast<std::uint32_t>(m.at.size()));
    m.put_wide(Block::Person, m.person);
    m.put_wide(Block::Brand, m.brand);
    m.put_wide(Block::Usable, m.usable);
    m.put_wide(Block::FirstRow, m.first_row);
    m.put_wide(Block::Nobody, m.nobody);
    m.put(Block::At, m.at);
    m.put_wide(Block::Sequence, m.sequence);
    m.widen(m.name);
    const auto names = m.coder.encode(m.wide, [](std::size_t) { return true; });
    m.put(Block::Name, m.wide);
    m.put(Block::NameTexts, names);
    m.put_wide(Block::Kind, m.kind);
    m.put_wide(Block::Channel, m.channel);
    m.put_wide(Block::Flags, m.flags);
    m.put_wide(Block::Source, m.source);
    m.put_wide(Block::Allowed, m.allowed);
    for (auto& [key, buffer] : m.fields) m.put_field(key.first, StringNo{key.second}, buffer);
    const std::size_t directory_at = m.out.size();
    m.out += m.directory.entries;
    Bytes header;
    ByteWriter w(header);
    w.u32(kSegmentMagic);
    w.u32(kSegmentFormat);
    w.u64(directory_at);
    w.u32(m.directory.blocks);
    w.u32(crc32c(m.directory.entries));
    w.u32(0);
    w.u32(crc32c(header));
    ASSERT(header.size() == kSegmentHeaderBytes);
    std::copy(header.begin(), header.end(), m.out.begin());
    Bytes done = std::move(m.out);
    *impl_ = Impl{};
    return done;
}

}  // namespace filrouge::history

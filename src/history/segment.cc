#include "history/segment.h"

#include <algorithm>
#include <bit>

#include "base/crc32c.h"
#include "history/segment_format.h"

namespace filrouge::history {
namespace {

Error damaged(const char* what) {
    return Error{"columns.damaged", std::string("A column segment is damaged: ") + what + ".",
                 "It is made again from the log at the next start."};
}

constexpr std::uint64_t field_key(FieldId id, StringNo property) {
    return static_cast<std::uint64_t>(id) << 32 | property.value;
}

std::optional<std::uint32_t> find_ascending(const PackedColumn& column, std::int64_t wanted) {
    std::uint32_t low = 0;
    std::uint32_t high = column.size;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (column.at(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < column.size && column.at(low) == wanted ? std::optional(low) : std::nullopt;
}

}  // namespace

namespace {

// Where no row has two entries, an entry's number is the count of rows that have one.
std::uint32_t entry_by_count(const EntryIndex& index, std::uint32_t row) {
    const std::uint64_t before = index.has[row / 64] & ((1ull << (row % 64)) - 1);
    return index.first[row / 64] + static_cast<std::uint32_t>(std::popcount(before));
}
static_assert(kIndexedRows == 64, "a word of bits each entry of EntryIndex::first");

}  // namespace

std::uint32_t FieldColumn::first_entry(std::uint32_t wanted) const {
    if (every_row) return std::min(wanted, entries());
    const std::size_t block = wanted / kIndexedRows;
    if (block + 1 >= index->first.size()) return entries();
    if (!index->has.empty()) return entry_by_count(*index, wanted);
    std::uint32_t low = index->first[block];
    std::uint32_t high = index->first[block + 1];
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (rows.at(middle) < static_cast<std::int64_t>(wanted))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void FieldColumn::first_entries(std::uint32_t first, std::span<const std::uint32_t> wanted,
                                std::span<std::uint32_t> out) const {
    const bool by_count = !every_row && !index->has.empty();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::uint32_t at = first + wanted[i];
        bool found = every_row;
        out[i] = at;
        if (by_count) {
            found = (index->has[at / 64] >> (at % 64) & 1) != 0;
            out[i] = entry_by_count(*index, at);
        } else if (!every_row) {
            out[i] = first_entry(at);
            found = out[i] < entries() && row(out[i]) == at;
        }
        if (found)
            values.prefetch(out[i]);  // each a cache line of its own: asked for together
        else
            out[i] = kNoEntry;
    }
}

std::optional<std::uint32_t> FieldColumn::code_of(StringNo text) const {
    return find_ascending(texts, text.value);
}

// Reads the directory; a block's bytes are checked before anything points to them.
class SegmentReader {
  public:
    SegmentReader(BytesView bytes, Segment& out) : bytes_(bytes), out_(out) {}
    Result<void> read() {
        if (bytes_.size() < kSegmentHeaderBytes) return damaged("it is too short");
        ByteReader header(bytes_.substr(0, kSegmentHeaderBytes));
        if (header.u32() != kSegmentMagic) return damaged("it is something else");
        if (header.u32() != kSegmentFormat)
            return Error{"columns.newer", "A column segment is of a newer format.",
                         "It is made again from the log at the next start."};
        const std::uint64_t directory_at = header.u64();
        const std::uint32_t blocks = header.u32();
        const std::uint32_t directory_crc = header.u32();
        header.u32();
        if (header.u32() != crc32c(bytes_.substr(0, kSegmentHeaderBytes - 4)))
            return damaged("its header");
        if (directory_at > bytes_.size() ||
            bytes_.size() - directory_at != std::uint64_t{blocks} * kBlockEntryBytes)
            return damaged("its length");
        const BytesView directory = bytes_.substr(directory_at);
        if (crc32c(directory) != directory_crc) return damaged("its directory");
        ByteReader entries(directory);
        for (std::uint32_t i = 0; i < blocks; ++i) TRY(take(entries));
        return finish();
    }

  private:
    Result<void> take(ByteReader& r) {
        const auto block = static_cast<Block>(r.u8());
        const auto id = static_cast<FieldId>(r.u8());
        PackedColumn column;
        column.width = r.u8();
        r.u8();
        const StringNo property{r.u32()};
        column.base = r.i64();
        column.unit = r.i64();
        column.size = r.u32();
        const std::uint32_t crc = r.u32();
        const std::uint64_t offset = r.u64();
        const std::uint64_t length = r.u64();
        const std::uint64_t wanted =
            column.width == 0 ? 0 : std::uint64_t{column.size} * column.width + kColumnPadding;
        if (column.width > 8 || offset > bytes_.size() || length > bytes_.size() - offset ||
            length != wanted)
            return damaged("a block's length");
        if (crc32c(bytes_.substr(offset, length)) != crc) return damaged("a block");
        column.data = bytes_.data() + offset;
        if (block < Block::FieldRows || block == Block::Nobody) {
            PackedColumn* to = plain(block);
            if (to == nullptr) return damaged("its directory");
            *to = column;
            return {};
        }
        FieldColumn& field = out_.fields_[field_key(id, property)];
        switch (block) {
            case Block::FieldRows:
                field.rows = column;
                sparse_.push_back(field_key(id, property));
                break;
            case Block::FieldKinds: field.kinds = column; break;
            case Block::FieldValues: field.values = column; break;
            case Block::FieldTexts: field.texts = column; break;
            default: return damaged("its directory");
        }
        return {};
    }
    PackedColumn* plain(Block block) {
        switch (block) {
            case Block::Person: return &out_.person_;
            case Block::Brand: return &out_.brand_;
            case Block::Usable: return &out_.usable_;
            case Block::FirstRow: return &out_.first_row_;
            case Block::Nobody: return &out_.nobody_;
            case Block::At: return &out_.at;
            case Block::Sequence: return &out_.sequence;
            case Block::Name: return &out_.name;
            case Block::NameTexts: return &out_.name_texts;
            case Block::Kind: return &out_.kind;
            case Block::Channel: return &out_.channel;
            case Block::Flags: return &out_.flags;
            case Block::Source: return &out_.source;
            case Block::Allowed: return &out_.allowed;
            default: return nullptr;
        }
    }
    Result<void> finish() {
        if (out_.first_row_.size != out_.parts() + 1 ||
            (out_.nobody_.size != 0 && out_.nobody_.size != out_.parts()))
            return damaged("its persons");
        for (auto& [key, field] : out_.fields_) {
            const auto id = static_cast<FieldId>(key >> 32);
            const std::uint64_t with =
                field_key(shares_rows_of(id), StringNo{static_cast<std::uint32_t>(key)});
            field.every_row = std::find(sparse_.begin(), sparse_.end(), with) == sparse_.end();
            if (with != key) field.rows = out_.fields_[with].rows;
            if (!field.every_row) field.index = TRY(index_of(with, field.rows));
            const std::uint32_t n = field.entries();
            if (field.kinds.size != n ||
                (field.every_row ? n != out_.rows() : field.rows.size != n))
                return damaged("a field");
            if (key >> 32 == static_cast<std::uint64_t>(FieldId::Property))
                out_.properties_.emplace_back(StringNo{static_cast<std::uint32_t>(key)}, &field);
        }
        std::sort(out_.properties_.begin(), out_.properties_.end());
        return {};
    }
    using Index = std::shared_ptr<const EntryIndex>;
    Result<Index> index_of(std::uint64_t key, const PackedColumn& rows) {
        Index& known = indexes_[key];
        if (known != nullptr) return known;
        EntryIndex index;
        index.first.assign(out_.rows() / kIndexedRows + 2, rows.size);
        index.has.assign(out_.rows() / kIndexedRows + 1, 0);
        std::size_t block = 0;
        std::int64_t last = -1;
        bool several = false;
        for (std::uint32_t entry = 0; entry < rows.size; ++entry) {
            const std::int64_t row = rows.at(entry);
            if (row < std::max<std::int64_t>(last, 0) || row >= out_.rows())
                return damaged("the rows of a field");
            several |= row == last;
            last = row;
            const std::size_t of_row = static_cast<std::size_t>(row) / kIndexedRows;
            for (; block <= of_row; ++block) index.first[block] = entry;
            index.has[of_row] |= 1ull << (row % kIndexedRows);
        }
        if (several) index.has = {};
        known = std::make_shared<const EntryIndex>(std::move(index));
        return known;
    }
    BytesView bytes_;
    Segment& out_;
    std::vector<std::uint64_t> sparse_;
    std::unordered_map<std::uint64_t, Index> indexes_;  // by the field whose rows they index
};

Result<std::shared_ptr<const Segment>> Segment::open(BytesView bytes,
                                                     std::shared_ptr<const void> owner) {
    auto segment = std::make_shared<Segment>();
    segment->owner_ = std::move(owner);
    segment->bytes_ = bytes.size();
    TRY(SegmentReader(bytes, *segment).read());
    return std::shared_ptr<const Segment>(std::move(segment));
}

std::shared_ptr<const Segment> Segment::of(Bytes bytes) {
    auto owner = std::make_shared<const Bytes>(std::move(bytes));
    auto segment = open(*owner, owner);
    ASSERT(segment.ok());
    return std::move(segment.value());
}

std::pair<std::uint32_t, std::uint32_t> Segment::parts_of(PersonNo wanted) const {
    std::uint32_t low = 0;
    std::uint32_t high = parts();
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (person(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    std::uint32_t end = low;
    while (end < parts() && person(end) == wanted) ++end;
    return {low, end};
}

std::optional<std::uint32_t> Segment::name_code(StringNo wanted) const {
    return find_ascending(name_texts, wanted.value);
}

const FieldColumn* Segment::field(FieldId id, StringNo property) const {
    const auto at_field = fields_.find(field_key(id, property));
    return at_field == fields_.end() ? nullptr : &at_field->second;
}

namespace {

// f(row, entry) for each entry of the field in rows [from, to).
template <class F>
void each_entry(const FieldColumn* field, std::uint32_t from, std::uint32_t to, F&& f) {
    if (field == nullptr) return;
    for (std::uint32_t e = field->first_entry(from); e < field->entries(); ++e) {
        const std::uint32_t row = field->row(e);
        if (row >= to) return;
        f(row, e);
    }
}

Cell cell_at(const FieldColumn& field, StringNo key, std::uint32_t entry) {
    Cell cell;
    cell.key = key;
    cell.kind = field.kind(entry);
    if (cell.kind == CellKind::Text)
        cell.text = field.text(entry);
    else
        cell.number = field.values.at(entry);
    return cell;
}

StringNo text_at(const FieldColumn* field, std::uint32_t entry) {
    return field == nullptr || field->kind(entry) != CellKind::Text ? StringNo{}
                                                                    : field->text(entry);
}

}  // namespace

void Segment::read(std::uint32_t part, Rows& out) const {
    const std::uint32_t from = first_row(part);
    const std::uint32_t to = first_row(part + 1);
    const std::size_t first = out.events.size();
    for (std::uint32_t i = from; i < to; ++i) {
        EventRow& row = out.events.emplace_back();
        row.at = EventTime{at.at(i)};
        row.sequence = static_cast<std::uint64_t>(sequence.at(i));
        row.name = StringNo{
            static_cast<std::uint32_t>(name_texts.at(static_cast<std::uint32_t>(name.at(i))))};
        row.kind = static_cast<EventKind>(kind.at(i));
        row.channel = static_cast<Channel>(channel.at(i));
        row.flags = static_cast<std::uint8_t>(flags.at(i));
        row.source = static_cast<SourceNo>(source.at(i));
        row.allowed = PurposeSet{static_cast<std::uint32_t>(allowed.at(i))};
    }
    const auto row_of = [&](std::uint32_t i) -> EventRow& {
        return out.events[first + (i - from)];
    };
    const FieldColumn* product = field(FieldId::Product);
    each_entry(product, from, to, [&](auto i, auto e) { row_of(i).product = text_at(product, e); });
    const FieldColumn* place = field(FieldId::Place);
    each_entry(place, from, to, [&](auto i, auto e) { row_of(i).place = text_at(place, e); });
    const FieldColumn* quantity = field(FieldId::Quantity);
    each_entry(quantity, from, to,
               [&](auto i, auto e) { row_of(i).quantity = quantity->values.at(e); });
    const FieldColumn* value = field(FieldId::Value);
    const FieldColumn* currency = field(FieldId::Currency);
    each_entry(value, from, to, [&](auto i, auto e) {
        row_of(i).has_value = true;
        row_of(i).value.amount = value->values.at(e);
        row_of(i).value.currency.code = static_cast<std::uint16_t>(currency->values.at(e));
    });
    std::vector<std::pair<std::uint32_t, Cell>> cells;
    for (const auto& [key, column] : properties_) {
        each_entry(column, from, to, [&, k = key, c = column](auto i, auto e) {
            cells.emplace_back(i, cell_at(*c, k, e));
        });
    }
    std::stable_sort(cells.begin(), cells.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    out.parts.resize(out.events.size());
    std::size_t next = 0;
    const FieldColumn* lines = field(FieldId::LineProduct);
    const FieldColumn* prices = field(FieldId::LinePrice);
    std::uint32_t line = lines == nullptr ? 0 : lines->first_entry(from);
    for (std::uint32_t i = from; i < to; ++i) {
        Rows::Parts& parts_of_row = out.parts[first + (i - from)];
        parts_of_row.first_cell = static_cast<std::uint32_t>(out.cells.size());
        for (; next < cells.size() && cells[next].first == i; ++next)
            out.cells.push_back(cells[next].second);
        parts_of_row.cells = static_cast<std::uint32_t>(out.cells.size()) - parts_of_row.first_cell;
        parts_of_row.first_line = static_cast<std::uint32_t>(out.lines.size());
        for (; lines != nullptr && line < lines->entries() && lines->row(line) == i; ++line) {
            const bool priced = prices->kind(line) == CellKind::Number;
            out.lines.push_back({text_at(lines, line), text_at(field(FieldId::LineCategory), line),
                                 field(FieldId::LineQuantity)->values.at(line),
                                 priced ? prices->values.at(line) : kNoPrice});
        }
        parts_of_row.lines = static_cast<std::uint32_t>(out.lines.size()) - parts_of_row.first_line;
    }
}

}  // namespace filrouge::history

#include "history/store.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assert.h"

namespace filrouge::history {
namespace {

constexpr std::array<std::uint16_t, 10> kClassBytes = {64,  96,  128, 192,  256,
                                                       384, 512, 768, 1024, 16'384};
constexpr std::uint8_t kClassLargest = 8;    // a chunk grows up to this, then the next one starts
constexpr std::uint8_t kClassOversized = 9;  // one row that fits no other
constexpr std::uint32_t kHandleUnit = 16;    // bytes

enum RowHas : std::uint8_t {
    kHasFlags = 1,
    kHasProduct = 2,
    kHasPlace = 4,
    kHasValue = 8,
    kHasQuantity = 16,
    kHasCells = 32,
    kHasLines = 64,
};

// Amounts are mostly whole hundredths and quantities whole units: the low bit says which.
std::uint64_t pack_scaled(std::int64_t v, std::int64_t unit) {
    if (v % unit == 0) return zigzag(v / unit) << 1;
    return zigzag(v) << 1 | 1;
}
std::int64_t unpack_scaled(std::uint64_t v, std::int64_t unit) {
    return (v & 1) != 0 ? unzigzag(v >> 1) : unzigzag(v >> 1) * unit;
}
// Values past 2^62 lose to the shift; they are clamped at the door of history.
constexpr std::int64_t kScaledMax = (std::int64_t{1} << 61);
std::int64_t clamped(std::int64_t v) { return std::clamp(v, -kScaledMax, kScaledMax); }
// Of a line without one: no price packs to it, for 0 is a whole number of hundredths.
constexpr std::uint64_t kPackedNoPrice = 1;

void encode_lines(ByteWriter& w, std::span<const Line> lines) {
    w.varint(lines.size());
    for (const Line& line : lines) {
        w.varint(line.product.value + 1u);
        w.varint(line.category.value + 1u);
        w.varint(pack_scaled(clamped(line.quantity), kFixedScale));
        w.varint(line.has_price() ? pack_scaled(clamped(line.price), 100) : kPackedNoPrice);
    }
}

void encode_cells(ByteWriter& w, std::span<const Cell> cells) {
    w.varint(cells.size());
    for (const Cell& cell : cells) {
        w.varint(static_cast<std::uint64_t>(cell.key.value) << 2 |
                 static_cast<std::uint64_t>(cell.kind));
        if (cell.kind == CellKind::Text)
            w.varint(cell.text.value + 1u);
        else
            w.varint(cell.kind == CellKind::Bool ? static_cast<std::uint64_t>(cell.number)
                                                 : pack_scaled(clamped(cell.number), 100));
    }
}

void encode_body(Bytes& out, const EventRow& row) {
    ByteWriter w(out);
    const auto cells = row.cells.first(std::min(row.cells.size(), kCellsPerEventMax));
    const auto lines = row.lines.first(std::min(row.lines.size(), kLinesPerEventMax));
    const auto has = static_cast<std::uint8_t>(
        (row.flags != 0 ? kHasFlags : 0) | (row.product.is_none() ? 0 : kHasProduct) |
        (row.place.is_none() ? 0 : kHasPlace) | (row.has_value ? kHasValue : 0) |
        (row.quantity != 0 ? kHasQuantity : 0) | (cells.empty() ? 0 : kHasCells) |
        (lines.empty() ? 0 : kHasLines));
    w.u8(has);
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(row.channel) |
                                   static_cast<unsigned>(row.kind) << 4));
    w.varint(row.name.value + 1u);
    w.varint(row.allowed.bits);
    w.varint(row.source);
    if ((has & kHasFlags) != 0) w.u8(row.flags);
    if ((has & kHasProduct) != 0) w.varint(row.product.value);
    if ((has & kHasPlace) != 0) w.varint(row.place.value);
    if ((has & kHasValue) != 0) {
        w.varint(pack_scaled(clamped(row.value.amount), 100));
        w.varint(row.value.currency.code);
    }
    if ((has & kHasQuantity) != 0) w.varint(pack_scaled(clamped(row.quantity), kFixedScale));
    if ((has & kHasCells) != 0) encode_cells(w, cells);
    if ((has & kHasLines) != 0) encode_lines(w, lines);
}

StringNo string_of(std::uint64_t coded) { return StringNo{static_cast<std::uint32_t>(coded - 1)}; }

void decode_cells(ByteReader& r, Rows& out, Rows::Parts& parts) {
    parts.cells = static_cast<std::uint32_t>(r.varint());
    for (std::uint32_t i = 0; i < parts.cells; ++i) {
        Cell cell;
        const std::uint64_t head = r.varint();
        cell.key = StringNo{static_cast<std::uint32_t>(head >> 2)};
        cell.kind = static_cast<CellKind>(head & 3);
        const std::uint64_t v = r.varint();
        if (cell.kind == CellKind::Text)
            cell.text = string_of(v);
        else
            cell.number =
                cell.kind == CellKind::Bool ? static_cast<std::int64_t>(v) : unpack_scaled(v, 100);
        out.cells.push_back(cell);
    }
}

void decode_lines(ByteReader& r, Rows& out, Rows::Parts& parts) {
    parts.lines = static_cast<std::uint32_t>(r.varint());
    for (std::uint32_t i = 0; i < parts.lines; ++i) {
        Line line;
        line.product = string_of(r.varint());
        line.category = string_of(r.varint());
        line.quantity = unpack_scaled(r.varint(), kFixedScale);
        const std::uint64_t price = r.varint();
        line.price = price == kPackedNoPrice ? kNoPrice : unpack_scaled(price, 100);
        out.lines.push_back(line);
    }
}

void decode_body(BytesView body, EventRow& row, Rows& out, Rows::Parts& parts) {
    ByteReader r(body);
    const std::uint8_t has = r.u8();
    const std::uint8_t where = r.u8();
    row.channel = static_cast<Channel>(where & 15);
    row.kind = static_cast<EventKind>(where >> 4);
    row.name = string_of(r.varint());
    row.allowed = PurposeSet{static_cast<std::uint32_t>(r.varint())};
    row.source = static_cast<SourceNo>(r.varint());
    if ((has & kHasFlags) != 0) row.flags = r.u8();
    if ((has & kHasProduct) != 0) row.product = StringNo{static_cast<std::uint32_t>(r.varint())};
    if ((has & kHasPlace) != 0) row.place = StringNo{static_cast<std::uint32_t>(r.varint())};
    if ((has & kHasValue) != 0) {
        row.has_value = true;
        row.value.amount = unpack_scaled(r.varint(), 100);
        row.value.currency = Currency{static_cast<std::uint16_t>(r.varint())};
    }
    if ((has & kHasQuantity) != 0) row.quantity = unpack_scaled(r.varint(), kFixedScale);
    parts.first_cell = static_cast<std::uint32_t>(out.cells.size());
    if ((has & kHasCells) != 0) decode_cells(r, out, parts);
    parts.first_line = static_cast<std::uint32_t>(out.lines.size());
    if ((has & kHasLines) != 0) decode_lines(r, out, parts);
    ASSERT(!r.bad());
}

// Time is coded in the coarsest unit that holds it exactly; most clocks tell seconds or
// milliseconds. The unit stands in the low two bits.
constexpr std::array<std::int64_t, 3> kTimeUnits = {1'000'000, 1'000, 1};

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    const std::int64_t q = a / b;
    return a % b < 0 ? q - 1 : q;
}

void put_position(ByteWriter& w, std::int64_t at, std::uint64_t sequence, std::int64_t last_at,
                  std::uint64_t last_sequence) {
    std::size_t unit = 0;
    while (at % kTimeUnits[unit] != 0) ++unit;
    // Both are floored to the unit; the reader has last_at too.
    const std::int64_t delta = at / kTimeUnits[unit] - floor_div(last_at, kTimeUnits[unit]);
    w.varint(zigzag(delta) << 2 | unit);
    w.varint(zigzag(static_cast<std::int64_t>(sequence - last_sequence)));
}

}  // namespace

// In the arena: this header, then `used` bytes of rows. A row is its time and sequence as
// differences to the row before, the length of its body, the body.
struct Store::Chunk {
    std::uint32_t before;  // handle + 1 of the next older chunk
    std::uint16_t used;
    std::uint16_t count;
    std::uint8_t size_class;
    std::uint8_t disorder;  // 1: rows of this chunk or of an older one are not in order
    std::uint8_t spare[6];
    std::int64_t last_at;
    std::uint64_t last_sequence;

    char* rows() { return reinterpret_cast<char*>(this + 1); }
    const char* rows() const { return reinterpret_cast<const char*>(this + 1); }
    std::size_t room() const { return kClassBytes[size_class] - sizeof(Chunk) - used; }
};

namespace {

struct RowAt {
    std::int64_t at;
    std::uint64_t sequence;
    BytesView body;
};

template <class F>
void each_row(const char* rows, std::size_t used, F&& f) {
    ByteReader r(BytesView(rows, used));
    std::int64_t at = 0;
    std::uint64_t sequence = 0;
    while (!r.done()) {
        const std::uint64_t time = r.varint();
        const std::int64_t unit = kTimeUnits[time & 3];
        at = (floor_div(at, unit) + unzigzag(time >> 2)) * unit;
        sequence += static_cast<std::uint64_t>(r.varint_signed());
        const BytesView body = r.sized();
        ASSERT(!r.bad());
        f(RowAt{at, sequence, body});
    }
}

bool before(std::int64_t at_a, std::uint64_t seq_a, std::int64_t at_b, std::uint64_t seq_b) {
    return at_a != at_b ? at_a < at_b : seq_a < seq_b;
}

}  // namespace

Store::Store(TableSpace& space, std::uint16_t first_id)
    : heads_(space, first_id),
      chunks_(space, static_cast<std::uint16_t>(first_id + 1)),
      free_(space, static_cast<std::uint16_t>(first_id + 2)),
      totals_(space, static_cast<std::uint16_t>(first_id + 3)) {
    static_assert(sizeof(Chunk) == 32);
}

Store::Chunk& Store::chunk(std::uint32_t handle) {
    const std::uint64_t offset = static_cast<std::uint64_t>(handle) * kHandleUnit;
    auto& c = *reinterpret_cast<Chunk*>(chunks_.data() + offset);
    chunks_.mark(offset, kClassBytes[c.size_class]);
    return c;
}
const Store::Chunk& Store::chunk(std::uint32_t handle) const {
    return *reinterpret_cast<const Chunk*>(chunks_.data() +
                                           static_cast<std::uint64_t>(handle) * kHandleUnit);
}

std::uint32_t Store::allocate(std::uint8_t size_class) {
    if (free_.size() == 0) free_.resize(kClassBytes.size());
    std::uint32_t handle = 0;
    if (free_.at(size_class) != 0) {
        handle = free_.at(size_class) - 1;
        free_.edit(size_class) = chunk(handle).before;
    } else {
        const std::uint64_t offset = chunks_.size();
        chunks_.resize(offset + kClassBytes[size_class]);
        handle = static_cast<std::uint32_t>(offset / kHandleUnit);
    }
    const std::uint64_t offset = static_cast<std::uint64_t>(handle) * kHandleUnit;
    chunks_.mark(offset, kClassBytes[size_class]);
    Chunk& c = *reinterpret_cast<Chunk*>(chunks_.data() + offset);
    std::memset(static_cast<void*>(&c), 0, kClassBytes[size_class]);
    c.size_class = size_class;
    return handle;
}

void Store::release(std::uint32_t handle) {
    Chunk& c = chunk(handle);
    const std::uint8_t size_class = c.size_class;
    std::memset(static_cast<void*>(&c), 0, kClassBytes[size_class]);
    c.size_class = size_class;
    c.before = free_.at(size_class);
    free_.edit(size_class) = handle + 1;
}

void Store::put_row(Chunk& c, std::int64_t at, std::uint64_t sequence, BytesView body) {
    scratch_.clear();
    ByteWriter w(scratch_);
    put_position(w, at, sequence, c.last_at, c.last_sequence);
    w.sized(body);
    ASSERT(scratch_.size() <= c.room());
    std::memcpy(c.rows() + c.used, scratch_.data(), scratch_.size());
    c.used = static_cast<std::uint16_t>(c.used + scratch_.size());
    ++c.count;
    c.last_at = at;
    c.last_sequence = sequence;
    totals_.edit(0).bytes += scratch_.size();
}

std::uint32_t Store::make_room(Head& head, std::size_t bytes) {
    auto class_for = [](std::size_t payload) {
        std::uint8_t k = 0;
        while (k < kClassOversized && kClassBytes[k] < payload + sizeof(Chunk)) ++k;
        return k;
    };
    if (head.tail != 0) {
        const std::uint32_t old = head.tail - 1;
        if (chunk(old).room() >= bytes) return old;
        const std::uint8_t wanted = class_for(chunk(old).used + bytes);
        if (wanted <= kClassLargest && chunk(old).size_class < kClassLargest) {
            const std::uint32_t fresh = allocate(wanted);
            Chunk& to = chunk(fresh);
            const Chunk& from = chunk(old);
            std::memcpy(static_cast<void*>(&to), &from, sizeof(Chunk) + from.used);
            to.size_class = wanted;
            release(old);
            head.tail = fresh + 1;
            return fresh;
        }
    }
    const std::uint32_t fresh =
        allocate(head.tail == 0 ? class_for(bytes) : std::max<std::uint8_t>(4, class_for(bytes)));
    chunk(fresh).before = head.tail;
    if (head.tail != 0) chunk(fresh).disorder = chunk(head.tail - 1).disorder;
    head.tail = fresh + 1;
    return fresh;
}

void Store::add(FragmentNo fragment, const EventRow& row) {
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    if (totals_.size() == 0) totals_.resize(1);
    thread_local Bytes body;
    body.clear();
    encode_body(body, row);
    if (body.size() > kClassBytes[kClassOversized] - sizeof(Chunk) - 32) {
        EventRow shorter = row;
        shorter.lines = {};
        body.clear();
        encode_body(body, shorter);
    }
    Head& head = heads_.edit(fragment.value);
    ++head.events;
    ++totals_.edit(0).events;
    bool far_back = false;
    if (head.tail != 0) {
        const Chunk& tail = chunk(head.tail - 1);
        if (before(row.at.us, row.sequence, tail.last_at, tail.last_sequence)) {
            if (tail.disorder == 0 && insert_late(head, row.at.us, row.sequence, body)) return;
            far_back = true;
        }
    }
    Chunk& to = chunk(make_room(head, body.size() + 24));
    put_row(to, row.at.us, row.sequence, body);
    if (far_back) to.disorder = 1;
}

bool Store::insert_late(Head& head, std::int64_t at, std::uint64_t sequence, BytesView body) {
    // The chunk whose span holds the place: the oldest one that ends after it.
    std::uint32_t newer = 0;  // handle + 1 of the chunk that points to `here`
    std::uint32_t here = head.tail;
    const Store& read = *this;  // looking marks no page as changed
    for (std::uint32_t walked = 0;; ++walked) {
        const std::uint32_t older = read.chunk(here - 1).before;
        if (older == 0) break;
        const Chunk& o = read.chunk(older - 1);
        if (before(o.last_at, o.last_sequence, at, sequence)) break;
        if (walked == kLateChunksMax) return false;
        newer = here;
        here = older;
    }
    const std::uint32_t rebuilt = rebuild(here - 1, at, sequence, body) + 1;
    if (newer == 0)
        head.tail = rebuilt;
    else
        chunk(newer - 1).before = rebuilt;
    return true;
}

// Writes the chunk's rows and the new one in order into one or two fresh chunks; answers the newer.
std::uint32_t Store::rebuild(std::uint32_t handle, std::int64_t at, std::uint64_t sequence,
                             BytesView body) {
    const Bytes old(chunk(handle).rows(), chunk(handle).used);
    std::vector<RowAt> rows;
    each_row(old.data(), old.size(), [&](const RowAt& r) { rows.push_back(r); });
    const RowAt late{at, sequence, body};
    rows.insert(
        std::find_if(rows.begin(), rows.end(),
                     [&](const RowAt& r) { return before(at, sequence, r.at, r.sequence); }),
        late);
    Head part{chunk(handle).before, 0};
    totals_.edit(0).bytes -= old.size();
    release(handle);
    const std::uint32_t base = part.tail;
    part.tail = 0;
    std::uint32_t oldest = 0;
    for (const RowAt& r : rows) {
        const std::uint32_t to = make_room(part, r.body.size() + 24);
        put_row(chunk(to), r.at, r.sequence, r.body);
    }
    // Hang the new chain onto what is older.
    oldest = part.tail;
    while (chunk(oldest - 1).before != 0) oldest = chunk(oldest - 1).before;
    chunk(oldest - 1).before = base;
    return part.tail - 1;
}

void Store::read(FragmentNo fragment, Rows& out) const {
    read_between(fragment, EventTime{INT64_MIN}, EventTime{INT64_MAX}, out);
}

void Store::read_between(FragmentNo fragment, EventTime from, EventTime to, Rows& out) const {
    if (fragment.value >= heads_.size()) return;
    thread_local std::vector<std::uint32_t> chain;
    chain.clear();
    for (std::uint32_t h = heads_.at(fragment.value).tail; h != 0; h = chunk(h - 1).before) {
        if (chunk(h - 1).last_at < from.us && chunk(h - 1).disorder == 0) break;
        chain.push_back(h - 1);
    }
    for (auto handle = chain.rbegin(); handle != chain.rend(); ++handle) {
        const Chunk& c = chunk(*handle);
        each_row(c.rows(), c.used, [&](const RowAt& r) {
            if (r.at < from.us || r.at >= to.us) return;
            EventRow& row = out.events.emplace_back();
            Rows::Parts& parts = out.parts.emplace_back();
            row.at = EventTime{r.at};
            row.sequence = r.sequence;
            row.fragment = fragment;
            decode_body(r.body, row, out, parts);
        });
    }
}

void Newest::add(const Found& found) {
    if (full()) {
        if (!newer(found, found_.front())) return;
        std::pop_heap(found_.begin(), found_.end(), newer);
        found_.pop_back();
    }
    found_.push_back(found);
    std::push_heap(found_.begin(), found_.end(), newer);
}

namespace {

bool allowed_for(BytesView body, std::uint8_t purpose) {
    ByteReader r(body);
    r.u8();
    r.u8();
    r.varint();
    return PurposeSet{static_cast<std::uint32_t>(r.varint())}.has(purpose);
}

}  // namespace

void Store::offer(FragmentNo fragment, EventTime from, EventTime to, Newest& page) const {
    if (fragment.value >= heads_.size()) return;
    const Newest::Cursor& end = page.before_;
    const auto is_before = [&end](std::int64_t at, std::uint64_t sequence) {
        return before(at, sequence, end.at.us, end.sequence);
    };
    for (std::uint32_t h = heads_.at(fragment.value).tail; h != 0; h = chunk(h - 1).before) {
        const Chunk& c = chunk(h - 1);
        if (c.disorder == 0) {
            const Newest::Found last{c.last_at, c.last_sequence, fragment, {}};
            if (c.last_at < from.us) return;
            if (page.full() && !Newest::newer(last, page.found_.front())) return;
            // What follows the end of the older chunk is past the cursor where that end is.
            const Chunk* older = c.before == 0 ? nullptr : &chunk(c.before - 1);
            if (older != nullptr && !is_before(older->last_at, older->last_sequence)) continue;
        }
        each_row(c.rows(), c.used, [&](const RowAt& r) {
            if (r.at < from.us || r.at >= to.us || !is_before(r.at, r.sequence)) return;
            if (allowed_for(r.body, page.purpose_)) page.add({r.at, r.sequence, fragment, r.body});
        });
    }
}

void Store::take(const Newest& page, Rows& out) {
    for (const Newest::Found& found : page.found_) {
        EventRow& row = out.events.emplace_back();
        Rows::Parts& parts = out.parts.emplace_back();
        row.at = EventTime{found.at};
        row.sequence = found.sequence;
        row.fragment = found.fragment;
        decode_body(found.body, row, out, parts);
    }
}

void Store::prefetch_tail(FragmentNo fragment) const {
    if (fragment.value >= heads_.size()) return;
    const std::uint32_t tail = heads_.at(fragment.value).tail;
    if (tail != 0) fetch_ahead(&chunk(tail - 1));
}

void Store::finish(Rows& rows) {
    for (std::size_t i = 0; i < rows.parts.size(); ++i) {
        const Rows::Parts& p = rows.parts[i];
        rows.events[i].cells = {rows.cells.data() + p.first_cell, p.cells};
        rows.events[i].lines = {rows.lines.data() + p.first_line, p.lines};
    }
    rows.parts.clear();
    const auto by_time = [](const EventRow& a, const EventRow& b) {
        return before(a.at.us, a.sequence, b.at.us, b.sequence);
    };
    if (!std::is_sorted(rows.events.begin(), rows.events.end(), by_time)) {
        std::sort(rows.events.begin(), rows.events.end(), by_time);
    }
}

std::uint32_t Store::count_since(FragmentNo fragment, EventTime at, std::uint32_t enough) const {
    std::uint32_t count = 0;
    if (fragment.value >= heads_.size()) return count;
    for (std::uint32_t h = heads_.at(fragment.value).tail; h != 0; h = chunk(h - 1).before) {
        if (chunk(h - 1).last_at < at.us && chunk(h - 1).disorder == 0) break;
        if (count > enough) break;
        count += chunk(h - 1).count;
    }
    return count;
}

std::uint32_t Store::events_of(FragmentNo fragment) const {
    return fragment.value < heads_.size() ? heads_.at(fragment.value).events : 0;
}

}  // namespace filrouge::history

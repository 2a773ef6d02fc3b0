#include "files/grouper.h"

#include <algorithm>

#include "base/text.h"
#include "model/packed.h"

namespace filrouge::files {
namespace {

constexpr char kSeparator = '\x1f';

RowFault overflow() { return {"files.bad_number", "the sum of the group does not fit"}; }

}  // namespace

Result<Grouper> Grouper::compile(RowLayout& layout, RowMapper& mapper, Emit emit) {
    Grouper grouper(layout, mapper, std::move(emit));
    for (const std::string& column : grouper.spec_.by) {
        grouper.by_.push_back(TRY(layout.slot(column, layout.input().line)));
    }
    return grouper;
}

std::uint64_t Grouper::key_of(const Row& row) {
    key_text_.clear();
    for (const Slot slot : by_) {
        key_text_ += row[slot];
        key_text_ += kSeparator;
    }
    return siphash(kImportHashKey, key_text_);
}

std::optional<RowFault> Grouper::open(const Row& row, std::uint64_t row_number, Group& group) {
    if (auto fault = mapper_.head(row, row_number, 0, group.head, group.properties)) return fault;
    group.sums.assign(mapper_.sum_count(), 0);
    return std::nullopt;
}

// False, and nothing added: a sum would not fit.
bool Grouper::add_amounts(Group& group) const {
    std::int64_t value = 0, quantity = 0;
    if (__builtin_add_overflow(group.value, amounts_.value, &value)) return false;
    if (__builtin_add_overflow(group.quantity, amounts_.quantity, &quantity)) return false;
    std::vector<std::int64_t> sums = group.sums;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (__builtin_add_overflow(sums[i], amounts_.sums[i], &sums[i])) return false;
    }
    group.value = value;
    group.quantity = quantity;
    group.sums = std::move(sums);
    group.has_value = group.has_value || amounts_.has_value;
    return true;
}

// What is told in one line of an order is told; where two lines differ the refusal counts.
void Grouper::add_choices(Group& group) {
    auto& told = group.head.consents;
    for (collect::NamedConsent& choice : choices_) {
        const auto same = std::find_if(told.begin(), told.end(), [&choice](const auto& other) {
            return other.name == choice.name;
        });
        if (same == told.end())
            told.push_back(std::move(choice));
        else
            same->granted = same->granted && choice.granted;
    }
}

void Grouper::add_line(Group& group) {
    ++group.lines;
    const bool full = group.parts.empty() || group.parts.back().count == kGroupLinesMax ||
                      group.parts.back().bytes.size() + line_.size() > kGroupPartBytesMax;
    if (full) group.parts.emplace_back();
    group.parts.back().bytes += line_;
    ++group.parts.back().count;
}

// Whether the row belongs to no group, or to another: a number that a till begins again each
// morning would give one customer what another bought.
std::optional<RowFault> Grouper::misplaced(const Row& row, Group* group) {
    const bool keyless = std::all_of(by_.begin(), by_.end(),
                                     [&row](const Slot slot) { return trim(row[slot]).empty(); });
    if (keyless) {
        return RowFault{"files.no_group",
                        "the column " + spec_.by.front() + ", by which rows are grouped, is empty"};
    }
    mapper_.who_text(row, who_text_);
    if (group == nullptr || group->who == who_text_) return std::nullopt;
    if (mapper_.names_another(row, group->head.event))
        return RowFault{"files.other_person", "a line that names another person than its group"};
    group->who = who_text_;
    return std::nullopt;
}

Result<std::optional<RowFault>> Grouper::add(const Row& row, std::uint64_t key,
                                             std::uint64_t row_number, std::uint64_t hash) {
    while (!open_.empty() && open_.front().last_row + spec_.window < row_number)
        TRY(close(open_.begin()));
    if (auto fault = mapper_.amounts(row, amounts_)) return fault;
    line_.clear();
    if (auto fault = mapper_.line(row, line_)) return fault;
    Currency currency;
    if (amounts_.has_value) {
        if (auto fault = mapper_.currency(row, currency)) return fault;
    }

    auto found = places_.find(key);
    if (found != places_.end() && found->second->lines == kGroupLinesTotalMax) {
        TRY(close(found->second));
        found = places_.end();
    }
    if (auto fault = misplaced(row, found == places_.end() ? nullptr : &*found->second))
        return fault;
    if (found == places_.end()) {
        Group group;
        group.key = key;
        group.who = who_text_;
        if (auto fault = open(row, row_number, group)) return fault;
        open_.push_back(std::move(group));
        found = places_.emplace(key, std::prev(open_.end())).first;
    } else {
        choices_.clear();
        if (auto fault = mapper_.choices(row, choices_)) return fault;
        open_.splice(open_.end(), open_, found->second);
    }
    Group& group = *found->second;
    group.last_row = row_number;
    if (amounts_.has_value && group.has_value && currency != group.head.event.value.currency) {
        return std::optional<RowFault>(
            RowFault{"files.currency", "a line in another currency than its group"});
    }
    if (!add_amounts(group)) return std::optional<RowFault>(overflow());
    if (amounts_.has_value) group.head.event.value.currency = currency;
    if (group.lines != 0) add_choices(group);
    group.body += mix64(hash);  // in any order of the lines
    add_line(group);
    return std::optional<RowFault>{};
}

Result<void> Grouper::emit_part(Group& group, std::size_t part) {
    const Members& lines = group.parts[part];
    const bool first = part == 0;
    const bool last = part + 1 == group.parts.size();
    Members members;
    members.bytes.reserve(group.properties.bytes.size() + lines.bytes.size() + 64);
    members.bytes = group.properties.bytes;
    members.count = group.properties.count;
    PackedWriter writer(members.bytes);
    const auto number = [&](const std::string& name, std::int64_t fixed) {
        writer.key(name);
        writer.fixed(fixed);
        ++members.count;
    };
    if (first) {
        for (std::size_t i = 0; i < group.sums.size(); ++i)
            number(mapper_.sum_name(i), group.sums[i]);
        if (!spec_.count.empty())
            number(spec_.count, static_cast<std::int64_t>(group.lines) * kFixedScale);
    }
    writer.key(spec_.lines);
    const std::size_t mark = writer.begin_array(lines.count);
    members.bytes += lines.bytes;
    writer.end(mark);
    ++members.count;

    collect::Incoming out = last ? std::move(group.head) : group.head;
    Event& event = out.event;
    members.pack_into(event.properties);
    event.body_check = static_cast<std::uint32_t>(group.body ^ group.body >> 32);
    if (first) {
        event.has_value = group.has_value;
        event.value.amount = group.has_value ? group.value : 0;
        event.quantity = group.quantity;
    } else {
        event.name = spec_.continued;
        event.value = {};
    }
    return emit_(std::move(out), group.key, part);
}

Result<void> Grouper::close(Place group) {
    for (std::size_t part = 0; part < group->parts.size(); ++part) TRY(emit_part(*group, part));
    places_.erase(group->key);
    open_.erase(group);
    return {};
}

Result<void> Grouper::finish() {
    while (!open_.empty()) TRY(close(open_.begin()));
    return {};
}

}  // namespace filrouge::files

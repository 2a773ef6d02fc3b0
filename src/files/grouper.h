// Gathers the lines of one basket or receipt, which may be mixed with those of others, into one
// event. At most `window` + 1 groups are open at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "files/layout.h"
#include "files/row_mapper.h"

namespace filrouge::files {

constexpr std::size_t kGroupLinesTotalMax = 20'000;
constexpr std::size_t kGroupPartBytesMax = 20 * 1024;  // of the lines in one event

class Grouper {
  public:
    // A finished event; `part` is 0 for the first event of a group, then 1, 2 ...
    using Emit =
        std::function<Result<void>(collect::Incoming event, std::uint64_t key, std::uint64_t part)>;
    static Result<Grouper> compile(RowLayout& layout, RowMapper& mapper, Emit emit);

    std::uint64_t key_of(const Row& row);
    // Adds a row; a fault leaves the group as it was.
    Result<std::optional<RowFault>> add(const Row& row, std::uint64_t key, std::uint64_t row_number,
                                        std::uint64_t hash);
    Result<void> finish();  // emits what is open

  private:
    struct Group {
        std::uint64_t key = 0, last_row = 0, body = 0;
        collect::Incoming head;
        Members properties;
        std::string who;             // the texts that name the person, as the last line had them
        std::vector<Members> parts;  // lines, packed
        std::size_t lines = 0;
        bool has_value = false;
        std::int64_t value = 0, quantity = 0;
        std::vector<std::int64_t> sums;
    };
    using Place = std::list<Group>::iterator;
    Grouper(RowLayout& layout, RowMapper& mapper, Emit emit)
        : mapper_(mapper), spec_(*layout.input().group), emit_(std::move(emit)) {}
    std::optional<RowFault> open(const Row& row, std::uint64_t row_number, Group& group);
    bool add_amounts(Group& group) const;
    void add_line(Group& group);
    void add_choices(Group& group);
    std::optional<RowFault> misplaced(const Row& row, Group* group);
    Result<void> close(Place group);
    Result<void> emit_part(Group& group, std::size_t part);

    RowMapper& mapper_;
    const GroupSpec& spec_;
    Emit emit_;
    std::vector<Slot> by_;
    std::list<Group> open_;  // the longest untouched first
    std::unordered_map<std::uint64_t, Place> places_;
    RowMapper::Amounts amounts_;
    Bytes line_;
    std::vector<collect::NamedConsent> choices_;  // of a line behind the first
    std::string key_text_, who_text_;
};

}  // namespace filrouge::files

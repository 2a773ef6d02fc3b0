// How audiences grew: of each, the size at the end of a day, and how many entered and left on it.
// A row is edited by the fold alone; days are those of the audience's brand, by the time of
// receipt, so that what comes late changes no day that was told. Once a day is over its figures are
// told by a record of their own (AudienceDays) and are then what they were, whoever is erased
// afterwards.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "audience/put_off.h"
#include "base/bytes.h"
#include "storage/table.h"

namespace filrouge::engine {

constexpr std::int32_t kGrowthDaysMax = 750;      // kept of each audience
constexpr std::size_t kAudienceDaysMax = 10'000;  // of one record

class GrowthBook {
  public:
    // How things stand at a day's end.
    enum Flag : std::uint32_t {
        kKept = 1,   // the row is in use
        kBegan = 2,  // the audience was made, or everybody was asked anew: who is found is no news
        kTold = 4,   // by its record
    };
    struct Row {
        std::int32_t day = 0;  // since 1970-01-01
        std::uint32_t entered = 0, left = 0;
        std::uint32_t size = 0;
        std::uint32_t flags = 0;
        bool has(Flag flag) const { return (flags & flag) != 0; }
    };

    GrowthBook(TableSpace& space, std::uint16_t id) : rows_(space, id) {}
    // The days that something happened on, ascending; on the others the size stayed.
    std::vector<Row> of(audience::AudienceNo slot) const;

    void begin(audience::AudienceNo slot, std::int32_t day, std::uint64_t size);
    // Somebody entered or left; where it is no news (found, not entered) the size alone changes.
    void change(audience::AudienceNo slot, std::int32_t day, bool entered, bool is_news,
                std::uint64_t size);
    void tell(audience::AudienceNo slot, const Row& row);  // what the record of a past day says
    void forget(audience::AudienceNo slot);

  private:
    // Nothing where the place has a later day: the day is no longer kept.
    Row* row_of(audience::AudienceNo slot, std::int32_t day);

    Table<Row> rows_;  // by slot, then by day modulo kGrowthDaysMax
};

// The content of an AudienceDays record: docs/formats/records.md.
struct AudienceDay {
    std::uint32_t document = 0;  // the audience's
    GrowthBook::Row row;
};
void encode_audience_days(const std::vector<AudienceDay>& days, Bytes& out);
bool decode_audience_days(BytesView clear, std::vector<AudienceDay>& days);

}  // namespace filrouge::engine

// Answers of the API as JSON, from a fold held still by its lock. What a purpose may not see is not
// there. Originals (identifiers, properties) are read from the log, unsealed with the fragment's
// key.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "engine/column_keeper.h"
#include "engine/directory.h"
#include "engine/fair_lock.h"
#include "engine/fold.h"
#include "storage/keys.h"
#include "storage/log.h"

namespace filrouge::engine {

constexpr std::size_t kPageMax = 1'000;  // rows of one answer
constexpr std::size_t kThreadPageMax = 200;
// Looked at under one hold of the lock.
constexpr std::size_t kSummarySlice = 4'096;  // events of one

constexpr std::uint8_t kQuarantineReplayed = 1;
constexpr std::uint8_t kQuarantineDiscarded = 2;
constexpr std::size_t kWebhooksMax = 100;

// Names for a draft rule: nothing new is numbered, an unknown text matches nothing. The fold's lock
// must be held while it is used.
class DraftNames final : public audience::Names {
  public:
    explicit DraftNames(const Fold& fold) : fold_(fold) {}
    StringNo number(std::string_view text) override {
        const StringNo known = fold_.dictionary.find(text);
        unknown_ += known.is_none() ? 1 : 0;
        return known;
    }
    // For how many texts a number would have to be given: at most so many, one may come twice.
    std::uint32_t unknown() const { return unknown_; }
    std::string_view text(StringNo number) const override { return fold_.dictionary.text(number); }
    std::optional<std::uint8_t> purpose(std::string_view name) const override {
        return fold_.purposes.bit_of(name);
    }
    std::optional<audience::AudienceNo> audience(std::string_view name) const override {
        return fold_.audience(name);
    }
    std::vector<audience::AudienceNo> needs(audience::AudienceNo slot) const override {
        return fold_.needs(slot);
    }

  private:
    const Fold& fold_;
    std::uint32_t unknown_ = 0;
};

// Everything a question needs. `lock` guards `fold`.
struct Library {
    Fold& fold;
    FairLock& lock;
    Log& log;
    KeyStore& keys;
    Directory& directory;
    const Settings& settings;  // for the calling codes of phone numbers told without one
    ColumnKeeper& columns;
};

// A brand by its id, empty for none in particular. Error: api.unknown_brand.
Result<std::optional<BrandNo>> brand_asked(const Fold& fold, std::string_view id);
// Whose a new thing is; empty only where there is one brand. Error: api.brand_missing.
Result<BrandNo> brand_meant(const Fold& fold, std::string_view id);
// That a rule names only audiences of this brand and purpose: whether a person is in another one is
// for that brand and purpose to know. Error: audience.other_brand, audience.other_purpose.
Result<void> only_of_use(const Fold& fold, const audience::Compiled& rule, audience::Use use);
// "brand", where there is more than one.
void write_brand(JsonWriter& w, const Fold& fold, BrandNo brand);

Result<std::string> sources_json(const Library& library, std::string_view brand);
Result<std::string> purposes_json(const Library& library);
Result<std::string> rates_json(const Library& library);
std::string rate_json(const audience::Rate& rate);
Result<std::string> find_profile_json(const Library& library, std::string_view type,
                                      std::string_view value, std::string_view brand);
enum class ToldTo : std::uint8_t { Staff, WhoProtects, ThePerson };
Result<std::string> profile_json(const Library& library, std::string_view id,
                                 std::string_view purpose, std::string_view brand,
                                 ToldTo whom = ToldTo::Staff);
Result<std::string> thread_json(const Library& library, std::string_view id,
                                std::string_view purpose, std::string_view brand,
                                std::uint64_t before, std::size_t limit);
Result<std::string> audiences_json(const Library& library, std::string_view brand);
Result<std::string> audience_json_of(const Library& library, std::string_view id);
Result<std::string> members_json(const Library& library, std::string_view audience,
                                 std::string_view cursor, std::size_t limit);
// Of so many days, today's the last: audience_growth.cc.
Result<std::string> growth_json(const Library& library, std::string_view audience,
                                std::uint64_t days, EventTime now);
Result<std::string> why_json(const Library& library, std::string_view audience,
                             std::string_view profile);
Result<std::string> overlap_json(const Library& library, const std::vector<std::string>& audiences);
Result<std::string> check_rule_json(const Library& library, std::string_view rule);
Result<std::string> count_rule_json(const Library& library, std::string_view rule,
                                    std::string_view purpose, std::string_view brand,
                                    query::Run& run);
Result<std::string> quarantine_json(const Library& library, std::string_view reason,
                                    std::uint64_t before, std::size_t limit, EventTime oldest);
Result<std::string> quarantined_json(const Library& library, std::uint64_t sequence);
Result<std::string> documents_json(const Library& library, RecordType type,
                                   std::string_view list_name);
Result<std::string> event_names_json(const Library& library);

// One record, copied out of the log with its sealed part opened where its key is known.
struct OpenedRecord {
    RecordType type = RecordType::Event;
    FragmentNo fragment;
    IngestTime received;
    Bytes clear;
    Bytes plain;
    bool opened = false;
};
Result<OpenedRecord> open_record(const Library& library, std::uint64_t sequence);

}  // namespace filrouge::engine

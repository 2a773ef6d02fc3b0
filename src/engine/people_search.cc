#include "engine/people_search.h"

#include <algorithm>
#include <shared_mutex>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "engine/person_asked.h"
#include "engine/person_name.h"
#include "matching/spelling.h"

namespace filrouge::engine {

namespace {

constexpr std::uint32_t kSlice = 1'024;
constexpr std::size_t kKnownTextsMax = 1 << 18;

std::vector<std::u16string> words_of(std::string_view text) {
    std::vector<std::u16string> words(1);
    for (const char16_t c : matching::spelled(matching::FieldKind::Other, text)) {
        if (c != u' ')
            words.back() += c;
        else
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

Result<std::vector<std::u16string>> words_asked(std::string_view name) {
    std::vector<std::u16string> words;
    if (name.size() <= kSearchBytesMax) words = words_of(name);
    if (name.size() > kSearchBytesMax || words.size() > kSearchWordsMax)
        return Error{"people.name_too_long",
                     "A name has at most " + std::to_string(kSearchBytesMax) + " bytes and " +
                         std::to_string(kSearchWordsMax) + " words here.",
                     "Leave out what is least telling."};
    std::size_t letters = 0;
    for (const std::u16string& word : words) letters += word.size();
    if (letters < kSearchLettersMin)
        return Error{"people.name_too_short",
                     "A name has at least " + std::to_string(kSearchLettersMin) + " letters here.",
                     "Tell more of it."};
    return words;
}

// Who may not see a part of names may not learn it by asking either.
Result<void> may_ask(const Mask& mask) {
    for (const std::string_view name : kNameTraits) {
        if (mask.hides(FieldScope::Traits, name)) return forbidden_field(name);
    }
    return {};
}

// Which of the words asked for a text has, as bits: begun, and whole.
struct Fit {
    std::uint8_t begun = 0, whole = 0;
    Fit operator|(Fit other) const {
        return {static_cast<std::uint8_t>(begun | other.begun),
                static_cast<std::uint8_t>(whole | other.whole)};
    }
};
static_assert(kSearchWordsMax <= 8);

Fit fit_of(std::string_view text, const std::vector<std::u16string>& asked) {
    Fit fit;
    for (const std::u16string& word : words_of(text)) {
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const auto bit = static_cast<std::uint8_t>(1U << i);
            if (word.starts_with(asked[i])) fit.begun |= bit;
            if (word == asked[i]) fit.whole |= bit;
        }
    }
    return fit;
}

struct Found {
    bool whole = false;
    std::string name;
    PersonNo person;
    friend bool operator<(const Found& a, const Found& b) {
        return std::tuple(!a.whole, std::string_view(a.name), a.person.value) <
               std::tuple(!b.whole, std::string_view(b.name), b.person.value);
    }
};

// The first of all that are offered, one more than are told: there are others then.
class Best {
  public:
    void offer(Found found) {
        if (best_.size() > kFoundPeopleMax) {
            if (!(found < best_.back())) return;
            best_.pop_back();
        }
        best_.insert(std::upper_bound(best_.begin(), best_.end(), found), std::move(found));
    }
    const std::vector<Found>& list() const { return best_; }

  private:
    std::vector<Found> best_;
};

// Of one search; the fold may be let go between two slices.
class Search {
  public:
    Search(const Library& library, std::vector<std::u16string> words, audience::Use use)
        : library_(library), words_(std::move(words)), use_(use) {}

    // False: there is nobody from there on. The lock must be held.
    bool look_at(std::uint32_t from) {
        Fold& fold = library_.fold;
        const std::uint32_t end = std::min(fold.end(), from + kSlice);
        PersonReader reader(fold);
        const std::vector<StringNo> keys = keys_of(fold);
        for (std::uint32_t n = from; n < end; ++n) {
            const PersonNo person{n};
            if (!fold.is_person(n) || !fold.is_known_to(person, use_.brand)) continue;
            const auto traits = reader.look_without_events(person, use_).traits;
            const Fit fit = fit_of_traits(fold, traits, keys);
            if (fit.begun != all() || !fold.may_read(person, use_)) continue;
            best_.offer({fit.whole == all(), name_told(fold, traits, nullptr).text, person});
        }
        return end < fold.end();
    }
    // Members of an object. The lock must be held: who was erased, merged or called otherwise since
    // is looked at as of now, and left out where they are not meant any more.
    void tell(JsonWriter& w) {
        const Fold& fold = library_.fold;
        PersonReader reader(library_.fold);
        const std::vector<StringNo> keys = keys_of(fold);
        known_.clear();
        const std::vector<Found>& best = best_.list();
        w.key("people").open_array();
        for (std::size_t i = 0; i < std::min(best.size(), kFoundPeopleMax); ++i) {
            const PersonNo person = best[i].person;
            if (!library_.fold.is_person(person.value) || !fold.may_read(person, use_)) continue;
            const auto traits = reader.look_without_events(person, use_).traits;
            if (fit_of_traits(fold, traits, keys).begun != all()) continue;
            w.open_object()
                .field("id", profile_id(fold, person))
                .field("name", name_told(fold, traits, nullptr).text)
                .close();
        }
        w.close().field("more", best.size() > kFoundPeopleMax);
    }

  private:
    std::uint8_t all() const { return static_cast<std::uint8_t>((1U << words_.size()) - 1); }
    // A name may be told for the first time while others are looked at.
    static std::vector<StringNo> keys_of(const Fold& fold) {
        std::vector<StringNo> keys;
        for (const std::string_view name : kNameTraits) {
            const StringNo key = fold.dictionary.find(name);
            if (!key.is_none()) keys.push_back(key);
        }
        return keys;
    }
    Fit fit_of_traits(const Fold& fold, std::span<const history::TraitRow> traits,
                      const std::vector<StringNo>& keys) {
        Fit fit;
        for (const history::TraitRow& row : traits) {
            if (row.value.kind != history::CellKind::Text ||
                std::find(keys.begin(), keys.end(), row.value.key) == keys.end())
                continue;
            if (known_.size() >= kKnownTextsMax) known_.clear();
            const auto [at, is_new] = known_.try_emplace(row.value.text.value);
            if (is_new) at->second = fit_of(fold.dictionary.text(row.value.text), words_);
            fit = fit | at->second;
        }
        return fit;
    }

    const Library& library_;
    std::vector<std::u16string> words_;
    audience::Use use_;
    std::unordered_map<std::uint32_t, Fit> known_;  // by number of a text: most names are common
    Best best_;
};

}  // namespace

Result<std::string> people_named_json(const Library& library, std::string_view name,
                                      std::string_view purpose, std::string_view brand,
                                      const Mask& mask, query::Run& run) {
    TRY(may_ask(mask));
    std::vector<std::u16string> words = TRY(words_asked(name));
    audience::Use use;
    {
        const std::shared_lock<FairLock> reading(library.lock);
        use.purpose = TRY(purpose_of(library.fold, purpose));
        use.brand = TRY(brand_meant(library.fold, brand));
        run.begin("reading people", library.fold.end());
    }
    Search search(library, std::move(words), use);
    for (std::uint32_t from = 0;; from += kSlice) {
        TRY(run.check());
        const std::shared_lock<FairLock> reading(library.lock);
        if (!search.look_at(from)) break;
        run.advance(kSlice);
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("purpose", purpose);
    const std::shared_lock<FairLock> reading(library.lock);
    search.tell(w);
    w.close();
    return out;
}

}  // namespace filrouge::engine

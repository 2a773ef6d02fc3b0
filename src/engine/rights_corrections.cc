// What persons have put right about themselves (GDPR 16): a trait's value, or that it is not
// theirs. Recipients are told that it happened (GDPR 19), not what: they read the profile anew.
#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/rights_desk_impl.h"
#include "engine/sealed_record.h"
#include "engine/speaker.h"
#include "engine/times.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using profile::CorrectionAct;
using profile::CorrectionRow;
using Reading = std::shared_lock<FairLock>;

constexpr std::size_t kTraitNameBytesMax = 256;

Result<Bytes> packed_value(const json::value& value) {
    Bytes out;
    PackedWriter w(out);
    if (value.is_bool())
        w.boolean(value.get_bool());
    else if (value.is_string())
        w.string({value.get_string().data(), value.get_string().size()});
    else if (value.is_int64())
        w.integer(value.get_int64());
    else if (value.is_number())
        w.number_text(json::serialize(value));
    if (out.empty() || out.size() > kCorrectedValueBytesMax)
        return Error{"rights.invalid_value",
                     "A value is a text, a number, true or false, of at most " +
                         std::to_string(kCorrectedValueBytesMax) + " bytes.",
                     "A list is put right by removing the trait and having it told anew."};
    return out;
}

// What is asked: exactly one of value, remove, release.
Result<Correction> read_correction(const json::object& body) {
    Correction told;
    told.trait = TRY(text_of(body, "trait", true, kTraitNameBytesMax));
    told.reason = TRY(text_of(body, "reason", true, kReasonBytesMax));
    const auto is_true = [&body](const char* key) {
        const json::value* value = body.if_contains(key);
        return value != nullptr && value->is_bool() && value->get_bool();
    };
    const json::value* value = body.if_contains("value");
    const int asked =
        (value != nullptr ? 1 : 0) + (is_true("remove") ? 1 : 0) + (is_true("release") ? 1 : 0);
    if (told.trait.empty() || asked != 1)
        return Error{"api.invalid_field",
                     "A correction names a 'trait' and one of 'value', 'remove', 'release'.",
                     "\"value\": what is right; \"remove\": true; \"release\": true, so that "
                     "sources count again."};
    if (value != nullptr)
        told.value = TRY(packed_value(*value));
    else
        told.act = is_true("remove") ? CorrectionAct::Remove : CorrectionAct::Release;
    return told;
}

// Who may see what is put right: whoever may see what sources told. A trait that nobody told is
// for all that may read the person. Who may see an answer to an offer is known by the answer, for
// as long as it is there.
PurposeSet seen_by(const Fold& fold, const std::vector<FragmentNo>& fragments,
                   std::string_view trait) {
    std::vector<history::TraitRow> rows;
    for (const FragmentNo f : fragments) fold.traits.read(f, rows);
    const StringNo key = fold.dictionary.find(trait);
    std::erase_if(rows, [key](const history::TraitRow& row) {
        return row.value.key != key || is_fitted(row.model);
    });
    if (rows.empty() || key.is_none()) return PurposeSet{~0u};
    PurposeSet allowed;
    for (const history::TraitRow& row : rows) {
        if (row.model != ModelKind::Person) allowed = allowed | row.allowed;
    }
    return allowed;
}

// A correction of answers is over when the last of them was taken back, or given anew.
void drop_those_of_gone_answers(const Fold& fold, const std::vector<FragmentNo>& fragments,
                                std::vector<CorrectionRow>& rows) {
    std::vector<history::TraitRow> told;
    for (const FragmentNo f : fragments) fold.traits.read(f, told);
    std::erase_if(rows, [&](const CorrectionRow& row) {
        return row.allowed.empty() &&
               std::none_of(told.begin(), told.end(), [&](const history::TraitRow& each) {
                   return profile::Corrections::puts_right(row, each);
               });
    });
}

std::vector<CorrectionRow> corrections_of(const Fold& fold,
                                          const std::vector<FragmentNo>& fragments) {
    std::vector<CorrectionRow> rows;
    for (const FragmentNo f : fragments) fold.corrections.read(f, rows);
    return rows;
}

void write_correction_row(JsonWriter& w, const Fold& fold, const CorrectionRow& row,
                          const std::optional<Correction>& told) {
    w.open_object()
        .field("at", iso_time(row.at))
        .field("record", row.sequence)
        .field("action", row.act == CorrectionAct::Remove ? "remove" : "correct");
    write_brand(w, fold, fold.brand_of(row.fragment));
    if (told) {
        w.field("trait", told->trait).field("by", told->by).field("reason", told->reason);
        if (!told->value.empty()) w.key("value").raw(PackedView(told->value).json());
    }
    w.close();
}

}  // namespace

Prepared RightsDeskImpl::correction_record(Correction told, FragmentNo fragment) {
    told.id = seams_.random.id<struct EventTag>();
    told.at = as_event_time(seams_.now());
    Bytes clear, plain;
    encode_correction_clear(told, clear);
    encode_correction_sealed(told, plain);
    return sealed_record(library_.keys, RecordType::Corrected, fragment, told.id, std::move(clear),
                         std::move(plain));
}

Result<std::string> RightsDeskImpl::correct(std::string_view id, std::string_view text,
                                            std::string_view by) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    Correction told = TRY(read_correction(body));
    told.by = by;
    std::vector<FragmentNo> places;
    {
        const Reading reading(library_.lock);
        const Fold& fold = library_.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        std::vector<FragmentNo> fragments;
        fold.fragments_of(*person,
                          TRY(brand_of_reading(fold, *person, TRY(text_of(body, "brand", false)))),
                          fragments);
        const StringNo key = fold.dictionary.find(told.trait);
        if (told.act == CorrectionAct::Release) {
            for (const CorrectionRow& row : corrections_of(fold, fragments)) {
                if (row.value.key == key && row.act != CorrectionAct::Release)
                    places.push_back(row.fragment);
            }
            if (places.empty()) return not_found("correction", told.trait);
        } else {
            // Whoever asks knows the person by this id. Hung on the value it puts right, it would
            // be somebody else's when two people who told the same trait are told apart.
            told.allowed = seen_by(fold, fragments, told.trait);
            places.push_back(speaker_of(fold, id, fragments));
        }
    }
    std::vector<Prepared> records;
    records.reserve(places.size());
    for (const FragmentNo place : places) records.push_back(correction_record(told, place));
    TRY(seams_.write(std::move(records)));
    return corrections(id);
}

Result<std::string> RightsDeskImpl::corrections(std::string_view id) {
    const Reading still(seams_.tables);
    std::vector<CorrectionRow> rows;
    std::string out;
    JsonWriter w(out);
    {
        const Reading reading(library_.lock);
        const Fold& fold = library_.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        w.open_object().field("profile", profile_id(fold, *person)).key("corrections").open_array();
        for (const BrandNo brand : fold.brands_of(*person)) {
            std::vector<FragmentNo> fragments;
            fold.fragments_of(*person, brand, fragments);
            std::vector<CorrectionRow> of_brand = corrections_of(fold, fragments);
            profile::Corrections::join(of_brand);
            drop_those_of_gone_answers(fold, fragments, of_brand);
            rows.insert(rows.end(), of_brand.begin(), of_brand.end());
        }
    }
    for (const CorrectionRow& row : rows) {
        const auto record = open_record(library_, row.sequence);
        Correction told;
        const bool opened = record.ok() && record.value().opened &&
                            decode_correction_clear(record.value().clear, told) &&
                            decode_correction_sealed(record.value().plain, told);
        const Reading reading(library_.lock);
        write_correction_row(w, library_.fold, row,
                             opened ? std::optional(std::move(told)) : std::nullopt);
    }
    w.close().close();
    return out;
}

}  // namespace filrouge::engine

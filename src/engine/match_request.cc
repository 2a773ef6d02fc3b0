#include "engine/match_request.h"

#include <array>
#include <boost/json.hpp>
#include <shared_mutex>

#include "engine/person_asked.h"
#include "engine/question.h"

namespace filrouge::engine {

namespace json = boost::json;

namespace {

constexpr std::size_t kTraitBytesMax = 200;
constexpr std::array<std::string_view, 3> kWrites = {"nothing", "review", "all"};

std::string kinds() {
    std::string out = "One of:";
    for (const matching::FieldKindRow& row : matching::kFieldKinds)
        out.append(" ").append(row.name);
    return out.append(".");
}

Result<matching::Field> field_of(const json::value& value) {
    const json::object* object = value.if_object();
    const json::value* trait = object == nullptr ? nullptr : object->if_contains("trait");
    const json::value* kind = object == nullptr ? nullptr : object->if_contains("kind");
    if (trait == nullptr || !trait->is_string() || trait->get_string().empty() ||
        trait->get_string().size() > kTraitBytesMax)
        return Error{"matching.fields",
                     R"(Each field is {"trait": "first_name", "kind": "given_name"}.)", kinds()};
    const auto known = kind == nullptr || !kind->is_string()
                           ? std::nullopt
                           : matching::field_kind_named(std::string_view(kind->get_string()));
    if (!known)
        return Error{"matching.unknown_kind", "A field has no kind that is known.", kinds()};
    return matching::Field{std::string(trait->get_string()), *known};
}

Result<std::vector<matching::Field>> fields_of(const json::value* value) {
    std::vector<matching::Field> out;
    if (value != nullptr && value->is_array()) {
        for (const json::value& each : value->get_array()) {
            if (out.size() > matching::kFieldsMax) break;
            out.push_back(TRY(field_of(each)));
        }
    }
    if (out.empty() || out.size() > matching::kFieldsMax)
        return Error{
            "matching.fields",
            "People are matched by 1 to " + std::to_string(matching::kFieldsMax) + " fields.",
            "Name traits that tell people apart: names, date of birth, contacts, address."};
    return out;
}

Result<MatchWrites> writes_of(const std::string& name) {
    for (std::size_t i = 0; i < kWrites.size(); ++i) {
        if (kWrites[i] == name) return static_cast<MatchWrites>(i);
    }
    return Error{"matching.unknown_write", "What should be written is not known.",
                 "One of: nothing (figures alone), review (every pair waits for somebody), all."};
}

Result<std::optional<SourceNo>> source_of(const Fold& fold, const std::string& id) {
    if (id.empty()) return std::optional<SourceNo>();
    for (const SourceInfo& source : fold.sources) {
        if (source.id == id) return std::optional(source.number);
    }
    return Error{"source_not_found", "There is no such source.", "GET /api/v1/sources lists them."};
}

}  // namespace

Result<MatchRequest> match_request(const Library& library, const json::object& body) {
    Arguments arguments(body, "");
    MatchRequest out;
    out.fields = TRY(fields_of(arguments.any("fields")));
    out.one_to_one = TRY(arguments.yes("one_to_one", out.one_to_one));
    out.households = TRY(arguments.yes("households", out.households));
    out.precision = TRY(arguments.number("precision", 0.5, 1)).value_or(out.precision);
    out.review = TRY(arguments.number("review", 0.01, 1)).value_or(out.review);
    out.writes = TRY(writes_of(TRY(arguments.text_or("write", kWrites[0]))));
    out.seed = static_cast<std::uint64_t>(TRY(arguments.whole("seed", 0, INT64_MAX)).value_or(1));
    const std::string purpose = TRY(arguments.text_or("purpose", ""));
    const std::string brand = TRY(arguments.text_or("brand", ""));
    const std::string source = TRY(arguments.text_or("source", ""));
    TRY(arguments.done());
    const std::shared_lock<FairLock> reading(library.lock);
    out.use.purpose = TRY(purpose_of(library.fold, purpose));
    out.use.brand = TRY(brand_meant(library.fold, brand));
    out.source = TRY(source_of(library.fold, source));
    return out;
}

std::vector<matching::Field> match_fields(const json::object& body) {
    auto fields = fields_of(body.if_contains("fields"));
    return fields.ok() ? std::move(fields).value() : std::vector<matching::Field>();
}

}  // namespace filrouge::engine

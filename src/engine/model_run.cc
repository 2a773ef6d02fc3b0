#include "engine/model_run.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/audience_needs.h"
#include "engine/lookalike_model.h"
#include "engine/model_teller.h"
#include "engine/times.h"
#include "engine/value_model.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using Reading = std::shared_lock<FairLock>;

constexpr double kFigureMax = 1e12;

std::int64_t fixed(double figure) {
    return std::llround(std::clamp(figure, 0.0, kFigureMax) * static_cast<double>(kFixedScale));
}

Figures values_of(const Prospect& prospect) {
    Figures out = {{std::string(kTraitAlive), fixed(prospect.alive)},
                   {std::string(kTraitPurchases), fixed(prospect.purchases)},
                   {std::string(kTraitValue), std::nullopt}};
    if (prospect.value) out.back().second = fixed(*prospect.value);
    return out;
}

// --- documents

struct ModelView {
    std::string id;
    json::object document;
};

std::vector<ModelView> models_of(const Library& library) {
    std::vector<ModelView> out;
    const Reading reading(library.lock);
    for (const DocumentView& d : library.fold.documents.of(RecordType::ModelChange)) {
        json::error_code bad;
        json::value parsed = json::parse({d.json.data(), d.json.size()}, bad);
        if (!bad && parsed.is_object())
            out.push_back({std::string(d.id), std::move(parsed.get_object())});
    }
    return out;
}

std::string text_in(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::int64_t whole_in(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

void write_model(JsonWriter& w, const ModelView& model) {
    w.open_object().field("id", model.id);
    for (const auto& member : model.document) {
        if (member.key() == "fitted_us")
            w.field("fitted_at", iso_time(EventTime{whole_in(model.document, "fitted_us")}));
        else
            w.key(member.key()).raw(json::serialize(member.value()));
    }
    w.close();
}

// Of the last run, whether its figures can be compared with those of this one.
bool measures_otherwise(const Library& library, const std::string& id, const ValueRequest& request,
                        const ValueModel& model) {
    for (const ModelView& known : models_of(library)) {
        if (known.id != id) continue;
        const json::value* fit = known.document.if_contains("fit");
        if (fit == nullptr || !fit->is_object()) return true;
        const json::value* weeks = fit->get_object().if_contains("weeks");
        json::error_code bad;
        return weeks == nullptr || weeks->to_number<double>(bad) != request.weeks ||
               text_in(fit->get_object(), "currency") != model.found.currency.text();
    }
    return true;
}

Answer answer_of(const Asking& asking, const ValueRequest& request, const ValueModel& model,
                 const ModelTeller::Told& told) {
    std::uint64_t purchases = 0;
    for (const query::Buyer& buyer : model.found.buyers) purchases += buyer.purchases;
    Answer fit;
    fit.fact("sequence", asking.view.sequence);
    fit.fact("buyers", std::uint64_t{model.found.buyers.size()});
    fit.fact("purchases", purchases);
    tell_fit(request, model, fit);
    fit.fact("profiles_written", told.written);
    fit.fact("profiles_unchanged", told.unchanged);
    return fit;
}

// What a run of every kind begins and ends with.
class ModelRun {
  public:
    ModelRun(const ModelDesk& desk, ModelKind kind, const json::object& request, EventTime at,
             query::Run& run, const Mask& mask)
        : arguments(request, ""),
          asking(desk.library, run),
          desk_(desk),
          kind_(kind),
          request_(request),
          at_(at) {
        asking.mask = mask;
    }
    // "purpose", "brand", "refit_days"; of some kinds also "last".
    Result<void> begin(bool has_period) {
        for (const char* name : {"purpose", "brand"})
            whose_[name] = TRY(arguments.text_or(name, ""));
        if (has_period) {
            if (const auto last = TRY(arguments.text("last"))) whose_["last"] = *last;
        }
        refit_days_ = TRY(arguments.whole("refit_days", 0, 365)).value_or(kRefitDaysDefault);
        Arguments common(whose_, "");
        return asking.begin(common);
    }
    PredictedFacts facts(std::int64_t weeks) const {
        PredictedFacts facts;
        facts.at = at_;
        facts.brand = asking.scope.brand;
        facts.purpose = asking.scope.purpose;
        facts.model = kind_;
        facts.weeks = weeks;
        return facts;
    }
    ModelTeller teller() const { return {desk_, {asking.scope.brand, asking.scope.purpose}}; }
    std::string id(std::string_view audience) const {
        return model_id(
            {kind_, text_in(whose_, "purpose"), text_in(whose_, "brand"), std::string(audience)});
    }
    // Writes the document and answers it.
    Result<std::string> end(const std::string& id, const Answer& fit) {
        DocumentFacts document;
        document.id = id;
        JsonWriter(document.json)
            .open_object()
            .field("kind", name_of(kind_))
            .field("fitted_us", at_.us)
            .field("refit_days", refit_days_)
            .key("request")
            .raw(json::serialize(request_))
            .key("fit")
            .raw(fit.json())
            .close();
        std::vector<Prepared> records(1);
        records[0].record.type = RecordType::ModelChange;
        encode_document(document, records[0].record.clear);
        TRY(desk_.write(std::move(records)));
        std::string out;
        JsonWriter w(out);
        write_model(w, {id, json::parse(document.json).as_object()});
        return out;
    }
    const json::object& request() const { return request_; }

    Arguments arguments;
    Asking asking;

  private:
    const ModelDesk& desk_;
    ModelKind kind_;
    const json::object& request_;
    EventTime at_;
    json::object whose_;
    std::int64_t refit_days_ = kRefitDaysDefault;
};

Result<std::string> run_value(const ModelDesk& desk, ModelRun& self, query::Run& run) {
    TRY(self.begin(false));
    const ValueRequest wanted = TRY(value_request(self.asking, self.arguments));
    TRY(self.arguments.done());
    const ValueModel model = TRY(fit_value(self.asking, wanted));
    const std::string id = self.id("");
    const auto figures = [&](std::size_t i) {
        return std::pair(model.found.buyers[i].person, values_of(model.prospects[i]));
    };
    const auto told =
        TRY(self.teller().tell(self.facts(fixed(wanted.weeks)), model.prospects.size(), figures,
                               measures_otherwise(desk.library, id, wanted, model), run));
    return self.end(id, answer_of(self.asking, wanted, model, told));
}

// A score that is learned from who is in the audience must not decide who is.
Result<void> not_of_itself(const Library& library, const std::string& audience) {
    const Reading reading(library.lock);
    const auto at = library.fold.audiences.find(audience);
    if (at == library.fold.audiences.end()) return {};
    const auto rule = audience::parse(at->second.rule_text);
    const auto* tree = std::get_if<audience::Rule>(&rule);
    if (tree == nullptr) return {};
    return refuse_circle(library.fold, audience, at->second.name, *tree, "model.of_itself");
}

// Whether the last run of that id was asked the same.
bool asked_before(const Library& library, const std::string& id, const json::object& request) {
    for (const ModelView& known : models_of(library)) {
        const json::value* before = known.document.if_contains("request");
        if (known.id == id) return before != nullptr && *before == json::value(request);
    }
    return false;
}

constexpr float kNoScore = -1;

// By person; kNoScore for who has none. Error: query.too_large.
Result<std::vector<float>> by_person(const Library& library, const std::vector<PersonNo>& people,
                                     const std::vector<float>& scores, query::Run& run) {
    std::size_t persons = 0;
    {
        const Reading reading(library.lock);
        persons = library.fold.graph.fragments();
    }
    run.take_memory(persons * sizeof(float));
    TRY(run.check());
    std::vector<float> out(persons, kNoScore);
    for (std::size_t i = 0; i < people.size(); ++i) out.at(people[i].value) = scores[i];
    return out;
}

Result<std::string> run_lookalike(const ModelDesk& desk, ModelRun& self, query::Run& run) {
    TRY(self.begin(true));
    const auto audience = TRY(self.arguments.text("audience"));
    if (!audience) return self.arguments.wrong("audience", "an audience's id");
    const std::string trait = std::string(kTraitLookalike).append(*audience);
    const auto members = TRY(self.asking.people({}, audience));
    TRY(not_of_itself(desk.library, *audience));
    Features features(self.asking);
    const LookalikeRequest wanted = TRY(lookalike_request(features, self.arguments));
    TRY(self.arguments.done());
    LookalikeFit fit = TRY(fit_lookalike(self.asking, features, members, wanted));
    const auto scores = TRY(score_everybody(self.asking, features, fit));
    const auto score_of = TRY(by_person(desk.library, fit.counts.people, scores, run));
    const auto figures = [&](std::size_t i) {
        Figures one = {{trait, std::nullopt}};
        if (score_of[i] != kNoScore) one[0].second = fixed(double{score_of[i]});
        return std::pair(PersonNo{static_cast<std::uint32_t>(i)}, std::move(one));
    };
    const std::string id = self.id(*audience);
    const bool afresh = !asked_before(desk.library, id, self.request());
    const auto told = TRY(self.teller().tell(self.facts(0), score_of.size(), figures, afresh, run));
    Answer answer;
    answer.fact("sequence", self.asking.view.sequence);
    answer.fact("trait", trait);
    tell_lookalike(features, fit, answer);
    answer.fact("profiles_written", told.written);
    answer.fact("profiles_unchanged", told.unchanged);
    return self.end(id, answer);
}

}  // namespace

Result<std::string> run_model(const ModelDesk& desk, ModelKind kind, const json::object& request,
                              EventTime at, query::Run& run, const Mask& mask) {
    ASSERT(is_fitted(kind));
    ModelRun self(desk, kind, request, at, run, mask);
    return kind == ModelKind::Value ? run_value(desk, self, run) : run_lookalike(desk, self, run);
}

Error model_under_way() {
    return {"question.overloaded", "A model is being fitted; one at a time.",
            "Ask again when it is done: GET /api/v1/questions lists what runs."};
}

Result<std::string> model_removal(const Library& library, std::string_view id, bool removed) {
    const Reading reading(library.lock);
    const auto documents = library.fold.documents.of(RecordType::ModelChange);
    const auto known = std::find_if(documents.begin(), documents.end(),
                                    [id](const DocumentView& d) { return d.id == id; });
    const auto name = known == documents.end() ? std::nullopt : read_model_name(known->json);
    if (!name)
        return Error{"model_not_found", "There is no model of this id.",
                     "GET /api/v1/models lists them."};
    const auto brand = library.fold.brand_named(name->brand);
    const auto purpose = library.fold.purposes.bit_of(name->purpose);
    const std::vector<std::string> traits = traits_of(*name);
    if (brand && purpose) {
        const auto askers = who_ask_for(library.fold, traits, {*brand, *purpose});
        if (!askers.empty())
            return Error{"model_in_use",
                         "Audiences ask for its scores: " + quoted_list(askers) + ".",
                         "Delete those first, or leave the model with refit_days 0."};
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("id", id).field("deleted", removed).key("follows").open_array();
    w.value("It is not fitted again.");
    w.value("Taken back from everybody: the traits " + quoted_list(traits) + ".");
    w.close();
    if (!removed) w.field("confirm", "Send the same request with ?confirm=true.");
    w.close();
    return out;
}

Result<std::string> models_json(const Library& library, std::string_view brand) {
    {
        const Reading reading(library.lock);
        TRY(brand_asked(library.fold, brand));
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().key("models").open_array();
    for (const ModelView& model : models_of(library)) {
        const json::value* request = model.document.if_contains("request");
        if (!brand.empty() && (request == nullptr || !request->is_object() ||
                               text_in(request->get_object(), "brand") != brand))
            continue;
        write_model(w, model);
    }
    w.close().close();
    return out;
}

std::vector<DueModel> models_due(const Library& library, EventTime now) {
    std::vector<DueModel> out;
    for (ModelView& model : models_of(library)) {
        const std::int64_t every = whole_in(model.document, "refit_days");
        const std::int64_t last = whole_in(model.document, "fitted_us");
        json::value* request = model.document.if_contains("request");
        if (every > 0 && now.us >= last + days(every).us && request != nullptr &&
            request->is_object()) {
            const bool value = text_in(model.document, "kind") == name_of(ModelKind::Value);
            out.push_back({value ? ModelKind::Value : ModelKind::Lookalike,
                           std::move(request->get_object())});
        }
    }
    return out;
}

}  // namespace filrouge::engine

#include "engine/model_run.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/times.h"
#include "engine/value_model.h"
#include "storage/seal.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using Reading = std::shared_lock<FairLock>;
using Values = std::vector<std::pair<std::string, std::optional<std::int64_t>>>;

constexpr double kFigureMax = 1e12;

std::int64_t fixed(double figure) {
    return std::llround(std::clamp(figure, 0.0, kFigureMax) * static_cast<double>(kFixedScale));
}

Values values_of(const Prospect& prospect, bool has_value) {
    Values out = {{std::string(kTraitAlive), fixed(prospect.alive)},
                  {std::string(kTraitPurchases), fixed(prospect.purchases)},
                  {std::string(kTraitValue), std::nullopt}};
    if (has_value) out.back().second = fixed(prospect.value);
    return out;
}

bool moved(std::int64_t from, std::int64_t to) {
    return std::abs(to - from) > std::max(kPredictionStep, std::abs(from) / 100);
}

// Says whom the log must be told about, and writes it in batches.
class Teller {
  public:
    Teller(const ModelDesk& desk, audience::Use use, const ValueModel& model)
        : desk_(desk), use_(use), model_(model), reader_(desk.library.fold) {}

    struct Told {
        std::uint64_t written = 0, unchanged = 0;
    };
    // `afresh`: also what did not move, for it means something else now.
    Result<Told> tell(const PredictedFacts& common, bool afresh, query::Run& run) {
        Told told;
        const std::size_t end = model_.prospects.size();
        run.begin("predictions", end);
        for (std::size_t from = 0; from < end; from += kPredictionBatch) {
            TRY(run.check());
            const std::size_t to = std::min(end, from + kPredictionBatch);
            std::vector<Prepared> records;
            for (News& news : news_of(from, to, afresh, told)) seal_into(records, common, news);
            told.written += records.size();
            if (!records.empty()) TRY(desk_.write(std::move(records)));
            run.advance(to - from);
        }
        return told;
    }

  private:
    struct News {
        std::vector<FragmentNo> fragments;  // the person's, ascending
        Values values;
    };

    // Who has merged or said no since the fit is left out.
    std::vector<News> news_of(std::size_t from, std::size_t to, bool afresh, Told& told) {
        std::vector<News> out;
        const Reading reading(desk_.library.lock);
        Fold& fold = desk_.library.fold;
        for (std::size_t i = from; i < to; ++i) {
            const PersonNo person = model_.found.buyers[i].person;
            if (!fold.is_person(person.value) || !fold.may_use(person, use_)) continue;
            News news;
            news.values = values_of(model_.prospects[i], model_.has_value);
            if (!afresh && !is_news(news.values, person)) {
                ++told.unchanged;
                continue;
            }
            fold.fragments_of(person, use_.brand, news.fragments);
            std::sort(news.fragments.begin(), news.fragments.end());
            out.push_back(std::move(news));
        }
        return out;
    }

    bool is_news(const Values& values, PersonNo person) {
        const auto traits = reader_.look_without_events(person, use_).traits;
        return std::any_of(values.begin(), values.end(), [&](const auto& value) {
            const StringNo key = desk_.library.fold.dictionary.find(value.first);
            const auto known =
                std::find_if(traits.begin(), traits.end(), [&](const history::TraitRow& row) {
                    return row.value.key == key && row.model == ModelKind::Value;
                });
            if (known == traits.end()) return value.second.has_value();
            return !value.second || moved(known->value.number, *value.second);
        });
    }

    // Under the first fragment that has events of its own, and so a key.
    void seal_into(std::vector<Prepared>& records, PredictedFacts facts, News& news) {
        for (const FragmentNo fragment : news.fragments) {
            const auto key = desk_.library.keys.find(fragment);
            if (!key) continue;
            facts.id = desk_.new_id();
            facts.values = std::move(news.values);
            Prepared& p = records.emplace_back();
            p.record.type = RecordType::Predicted;
            p.record.fragment = fragment;
            encode_predicted_clear(facts, p.record.clear);
            encode_predicted_sealed(facts, p.plain);
            seal(*key, nonce_of(facts.id), p.record.clear, p.plain, p.record.sealed);
            return;
        }
    }

    const ModelDesk& desk_;
    audience::Use use_;
    const ValueModel& model_;
    PersonReader reader_;
};

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
                 const Teller::Told& told) {
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

}  // namespace

std::string model_id(ModelKind kind, std::string_view purpose, std::string_view brand) {
    std::string id(name_of(kind));
    id.append(".").append(purpose);
    if (!brand.empty()) id.append(".").append(brand);
    return id;
}

Result<std::string> run_value_model(const ModelDesk& desk, const json::object& request,
                                    EventTime at, query::Run& run) {
    Arguments arguments(request, "");
    json::object whose;
    whose["purpose"] = TRY(arguments.text_or("purpose", ""));
    whose["brand"] = TRY(arguments.text_or("brand", ""));
    const std::int64_t refit_days =
        TRY(arguments.whole("refit_days", 0, 365)).value_or(kRefitDaysDefault);
    Asking asking(desk.library, run);
    Arguments common(whose, "");
    TRY(asking.begin(common));
    const ValueRequest wanted = TRY(value_request(asking, arguments));
    TRY(arguments.done());
    const ValueModel model = TRY(fit_value(asking, wanted));

    const std::string id =
        model_id(ModelKind::Value, text_in(whose, "purpose"), text_in(whose, "brand"));
    PredictedFacts facts;
    facts.at = at;
    facts.brand = asking.scope.brand;
    facts.purpose = asking.scope.purpose;
    facts.weeks = fixed(wanted.weeks);
    const bool afresh = measures_otherwise(desk.library, id, wanted, model);
    const Teller::Told told = TRY(
        Teller(desk, {asking.scope.brand, asking.scope.purpose}, model).tell(facts, afresh, run));

    DocumentFacts document;
    document.id = id;
    JsonWriter(document.json)
        .open_object()
        .field("kind", name_of(ModelKind::Value))
        .field("fitted_us", at.us)
        .field("refit_days", refit_days)
        .key("request")
        .raw(json::serialize(request))
        .key("fit")
        .raw(answer_of(asking, wanted, model, told).json())
        .close();
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::ModelChange;
    encode_document(document, records[0].record.clear);
    TRY(desk.write(std::move(records)));
    std::string out;
    JsonWriter w(out);
    write_model(w, {id, json::parse(document.json).as_object()});
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

std::vector<json::object> models_due(const Library& library, EventTime now) {
    std::vector<json::object> out;
    for (ModelView& model : models_of(library)) {
        const std::int64_t every = whole_in(model.document, "refit_days");
        const std::int64_t last = whole_in(model.document, "fitted_us");
        json::value* request = model.document.if_contains("request");
        if (every > 0 && now.us >= last + days(every).us && request != nullptr &&
            request->is_object())
            out.push_back(std::move(request->get_object()));
    }
    return out;
}

}  // namespace filrouge::engine

#include "engine/model_teller.h"

#include <algorithm>
#include <cmath>
#include <shared_mutex>

#include "storage/seal.h"

namespace filrouge::engine {
namespace {

bool moved(std::int64_t from, std::int64_t to) {
    return std::abs(to - from) > std::max(kPredictionStep, std::abs(from) / 100);
}

bool says_something(const Figures& figures) {
    return std::any_of(figures.begin(), figures.end(),
                       [](const auto& figure) { return figure.second.has_value(); });
}

}  // namespace

Result<ModelTeller::Told> ModelTeller::tell(const PredictedFacts& common, std::size_t persons,
                                            const FiguresOf& of, bool afresh, query::Run& run) {
    Told told;
    run.begin("predictions", persons);
    for (std::size_t from = 0; from < persons; from += kPredictionBatch) {
        TRY(run.check());
        const std::size_t to = std::min(persons, from + kPredictionBatch);
        std::vector<News> news;
        {
            const std::shared_lock<FairLock> reading(desk_.library.lock);
            for (std::size_t i = from; i < to; ++i) {
                auto [person, figures] = of(i);
                auto one = news_of(person, std::move(figures), common.model, afresh, told);
                if (one) news.push_back(std::move(*one));
            }
        }
        std::vector<Prepared> records;
        for (News& one : news) seal_into(records, common, one);
        told.written += records.size();
        if (!records.empty()) TRY(desk_.write(std::move(records)));
        run.advance(to - from);
    }
    return told;
}

// Who has merged or said no since the fit is left out.
std::optional<ModelTeller::News> ModelTeller::news_of(PersonNo person, Figures figures,
                                                      ModelKind model, bool afresh, Told& told) {
    Fold& fold = desk_.library.fold;
    if (!fold.is_person(person.value) || !fold.may_use(person, use_)) return {};
    const bool says = says_something(figures);
    if (!(afresh && says) && !is_news(figures, person, model)) {
        told.unchanged += says ? 1 : 0;
        return {};
    }
    News news;
    news.figures = std::move(figures);
    fold.fragments_of(person, use_.brand, news.fragments);
    std::sort(news.fragments.begin(), news.fragments.end());
    return news;
}

bool ModelTeller::is_news(const Figures& figures, PersonNo person, ModelKind model) {
    const auto traits = reader_.look_without_events(person, use_).traits;
    return std::any_of(figures.begin(), figures.end(), [&](const auto& figure) {
        const StringNo key = desk_.library.fold.dictionary.find(figure.first);
        const auto known = std::find_if(traits.begin(), traits.end(), [&](const auto& row) {
            return row.value.key == key && row.model == model;
        });
        if (known == traits.end()) return figure.second.has_value();
        return !figure.second || moved(known->value.number, *figure.second);
    });
}

// Under the first fragment that has events of its own, and so a key.
void ModelTeller::seal_into(std::vector<Prepared>& records, PredictedFacts facts, News& news) {
    for (const FragmentNo fragment : news.fragments) {
        const auto key = desk_.library.keys.find(fragment);
        if (!key) continue;
        facts.id = desk_.new_id();
        facts.values = std::move(news.figures);
        Prepared& p = records.emplace_back();
        p.record.type = RecordType::Predicted;
        p.record.fragment = fragment;
        encode_predicted_clear(facts, p.record.clear);
        encode_predicted_sealed(facts, p.plain);
        seal(*key, nonce_of(facts.id), p.record.clear, p.plain, p.record.sealed);
        return;
    }
}

}  // namespace filrouge::engine

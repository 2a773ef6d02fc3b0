#include "engine/question_events.h"

#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/event_record.h"
#include "engine/event_told.h"
#include "engine/person_asked.h"
#include "engine/question_figures.h"
#include "engine/question_periods.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kPageDefault = 50;

struct Wanted {
    std::optional<std::string> at;  // of the cell
    std::vector<std::string> by;    // its splits, in their order
    Figure::TracePage page;
};

Result<Wanted> wanted_of(Arguments& arguments) {
    Wanted out;
    if (auto cell = TRY(arguments.object("cell"))) {
        out.at = TRY(cell->text("at"));
        out.by = TRY(cell->texts("by", 2));
        TRY(cell->done());
    }
    const std::string figure = TRY(arguments.text_or("figure", "of"));
    if (figure != "of" && figure != "over") return arguments.wrong("figure", "of or over");
    out.page.measure = figure == "of" ? 0 : 1;
    out.page.after =
        static_cast<std::uint64_t>(TRY(arguments.whole("after", 0, INT64_MAX)).value_or(0));
    const auto most = static_cast<std::int64_t>(kTracedPageMax);
    out.page.limit =
        static_cast<std::size_t>(TRY(arguments.whole("limit", 1, most)).value_or(kPageDefault));
    return out;
}

// What the question "metric" takes beside its figure makes no difference to a cell's events.
Result<void> pass_over(Arguments& own) {
    TRY(own.yes("compare", false));
    TRY(own.yes("trace", false));
    TRY(own.whole("limit", 1, INT64_MAX));
    return own.done();
}

class Cells {
  public:
    Cells(const Asking& asking, const Figure& figure, const Wanted& wanted,
          std::optional<Grain> grain, const Periods& periods)
        : asking_(asking), figure_(figure), wanted_(wanted), grain_(grain), periods_(periods) {}

    bool is_meant(const query::CellKey& key) const {
        if (grain_ && *wanted_.at != period_name(asking_, *grain_, periods_.edges[key.bucket]))
            return false;
        for (std::size_t s = 0; s < figure_.by().size(); ++s) {
            if (figure_.group_name(key, s) != wanted_.by[s]) return false;
        }
        return true;
    }
    Result<void> check(const Arguments& arguments) const {
        if (wanted_.at.has_value() != grain_.has_value())
            return arguments.wrong("cell", "told with \"at\" where the figure has a grain");
        if (wanted_.by.size() != figure_.by().size())
            return arguments.wrong("cell", "told with one value in \"by\" for each split");
        return {};
    }

  private:
    const Asking& asking_;
    const Figure& figure_;
    const Wanted& wanted_;
    const std::optional<Grain> grain_;
    const Periods& periods_;
};

// Whose event it is now, as the fold has it; none: nobody's. The lock must be held.
PersonNo person_of_event(Fold& fold, const Event& event) {
    if (event.fragment.is_none()) return {};
    if (!is_shared_thing(fold.graph.type_of(event.fragment)))
        return fold.graph.person_of(event.fragment);
    const PersonNo holder = fold.graph.bound_to(event.fragment, event.at);
    return !holder.is_none() && fold.is_person(holder.value) ? holder : PersonNo{};
}

class Teller {
  public:
    Teller(const Asking& asking, JsonWriter& w) : asking_(asking), w_(w) {}

    void tell(std::uint64_t sequence) {
        const auto record = open_record(asking_.library, sequence);
        Event event;
        const bool read = record.ok() && record.value().type == RecordType::Event &&
                          record.value().opened &&
                          decode_event(record.value().clear, record.value().plain, event);
        // The clear part names nobody: whose the event is stands in the record's frame.
        if (read) event.fragment = record.value().fragment;
        EventWords words;
        if (!read || !may_tell(event, words)) {
            ++withheld_;
            return;
        }
        history::EventRow row;
        row.sequence = sequence;
        row.at = event.at;
        row.channel = event.channel;
        row.flags = event.flags;
        row.has_value = event.has_value;
        row.value = event.value;
        write_event(w_, asking_.library, row, words);
    }
    std::uint64_t withheld() const { return withheld_; }

  private:
    // A consent may have been taken back since the figure was counted.
    bool may_tell(const Event& event, EventWords& words) const {
        const query::Scope& scope = asking_.scope;
        const std::shared_lock reading(asking_.library.lock);
        Fold& fold = asking_.library.fold;
        if (event.brand != scope.brand || !event.allowed.has(scope.purpose)) return false;
        const PersonNo person = person_of_event(fold, event);
        const audience::Use use{scope.brand, scope.purpose};
        if (!person.is_none()) {
            if (!fold.may_use(person, use) || !fold.may_read(person, use)) return false;
            words.profile = profile_id(fold, person);
        }
        words.name = history_name(event);
        words.source = source_id(fold, event.source);
        return true;
    }

    const Asking& asking_;
    JsonWriter& w_;
    std::uint64_t withheld_ = 0;
};

Error no_such_cell() {
    return {"question.no_such_cell", "The figure has no such cell, or no event in it.",
            "Send the row's \"at\" and its splits as the answer has them."};
}

std::string page_json(const Asking& asking, const query::MetricRow& row, const Wanted& wanted,
                      std::vector<std::uint64_t> sequences) {
    const bool more = sequences.size() > wanted.page.limit;
    if (more) sequences.pop_back();
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("count", row.cells[wanted.page.measure].events)
        .field("sequence", asking.view.sequence);
    if (more) w.field("next_after", sequences.back());
    w.key("events").open_array();
    Teller teller(asking, w);
    for (const std::uint64_t sequence : sequences) teller.tell(sequence);
    w.close().field("withheld", teller.withheld()).close();
    return out;
}

}  // namespace

Result<std::string> question_events_json(const Library& library, const boost::json::object& json,
                                         query::Run& run, const Mask& mask) {
    Arguments arguments(json, "");
    auto own = TRY(arguments.object("metric"));
    if (!own) return arguments.wrong("metric", "the figure's question");
    Wanted wanted = TRY(wanted_of(arguments));
    Asking asking(library, run);
    asking.mask = mask;
    TRY(asking.begin(arguments));
    TRY(arguments.done());
    Figure figure(asking);
    TRY(figure.read(*own, "count(*)"));
    TRY(figure.split(TRY(own->texts("by", 2))));
    const std::optional<Grain> grain = TRY(grain_of(*own, "grain"));
    TRY(pass_over(*own));
    if (wanted.page.measure >= figure.measures())
        return arguments.wrong("figure", "of, where the figure is no ratio");
    Periods periods;
    if (grain) periods = TRY(periods_of(asking, *grain, query::kMetricBucketsMax));
    const Cells cells(asking, figure, wanted, grain, periods);
    TRY(cells.check(arguments));
    const query::Metric metric = TRY(figure.compute(asking.scope, periods.edges));
    const auto row =
        std::find_if(metric.rows.begin(), metric.rows.end(),
                     [&](const query::MetricRow& each) { return cells.is_meant(each.key); });
    if (row == metric.rows.end()) return no_such_cell();
    // Of a figure that a role is not told, nor are the events: they would say whose it is.
    if (mask.hides_count(figure.persons(*row))) return no_such_cell();
    Figure::TracePage page = wanted.page;
    ++page.limit;  // one more says whether there is another page
    return page_json(asking, *row, wanted, TRY(figure.trace(asking.scope, row->key, page)));
}

}  // namespace filrouge::engine

#include "engine/question.h"

#include <algorithm>
#include <bit>
#include <shared_mutex>
#include <thread>

#include "audience/evaluate.h"
#include "audience/window.h"
#include "base/text.h"
#include "engine/times.h"
#include "query/members.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

Error invalid_rule(const audience::RuleError& wrong) {
    return {"rule.invalid", wrong.message, wrong.hint};
}

// A part of a question in the language of rules, read by putting it into a rule that has it.
Result<audience::Rule> rule_around(std::string_view before, std::string_view text,
                                   std::string_view after) {
    std::string whole(before);
    whole.append(text).append(after);
    auto parsed = audience::parse(whole);
    if (const auto* wrong = std::get_if<audience::RuleError>(&parsed)) return invalid_rule(*wrong);
    return std::get<audience::Rule>(std::move(parsed));
}

Error not_an_event(std::string_view text) {
    return {"question.invalid", "'" + std::string(text.substr(0, 80)) + "' is not an event.",
            "Write its name, and what its properties must be: Product Viewed where category = "
            "\"Coats\"; or * for every event."};
}

// What a text made of the rule around it: nothing but this.
bool is_of_any(const audience::Node& root, audience::WindowKind window) {
    return root.kind == audience::NodeKind::Aggregate && root.function == audience::Function::Any &&
           root.event.any && root.event.where.empty() && root.window.kind == window && !root.bots;
}

Result<audience::Rule> rule_within(std::string_view text) {
    audience::Rule rule = TRY(rule_around("a then b within ", text, ""));
    const audience::Node& root = rule.root;
    const bool plain = root.kind == audience::NodeKind::Sequence && root.steps.size() == 2 &&
                       root.window.kind == audience::WindowKind::Ever && !root.bots &&
                       root.steps[1].without.empty() && root.steps[1].event.where.empty();
    if (plain) return rule;
    return Error{"question.invalid", "'" + std::string(text.substr(0, 40)) + "' is no length.",
                 "Write it as: 30 minutes, 24 hours, 7 days."};
}

}  // namespace

// --- arguments

Error Arguments::wrong(std::string_view name, std::string_view wanted) const {
    return {"question.invalid",
            path_ + (path_.empty() ? "" : ".") + std::string(name) + " should be " +
                std::string(wanted) + ".",
            "docs/questions.md has the arguments of every kind."};
}

const boost::json::value* Arguments::any(std::string_view name) {
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) asked_.emplace_back(name);
    return object_.if_contains(name);
}

Result<std::optional<std::string>> Arguments::text(std::string_view name) {
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return std::optional<std::string>();
    if (!value->is_string()) return wrong(name, "a text");
    return std::optional(std::string(value->get_string()));
}

Result<std::string> Arguments::text_or(std::string_view name, std::string_view otherwise) {
    auto told = TRY(text(name));
    return told ? std::move(*told) : std::string(otherwise);
}

Result<std::optional<double>> Arguments::number(std::string_view name, double low, double high) {
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return std::optional<double>();
    boost::system::error_code bad;
    const double n = value->to_number<double>(bad);
    if (bad || !(n >= low && n <= high))
        return wrong(name, "a number from " + fixed_text(*fixed_from_double(low)) + " to " +
                               fixed_text(*fixed_from_double(high)));
    return std::optional(n);
}

Result<std::optional<std::int64_t>> Arguments::whole(std::string_view name, std::int64_t low,
                                                     std::int64_t high) {
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
    boost::system::error_code bad;
    const auto n = value->to_number<std::int64_t>(bad);
    if (bad || n < low || n > high)
        return wrong(name,
                     "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::optional(n);
}

Result<bool> Arguments::yes(std::string_view name, bool otherwise) {
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return otherwise;
    if (!value->is_bool()) return wrong(name, "true or false");
    return value->get_bool();
}

Result<std::vector<std::string>> Arguments::texts(std::string_view name, std::size_t most) {
    std::vector<std::string> out;
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return out;
    if (value->is_string()) {
        out.emplace_back(value->get_string());
        return out;
    }
    if (!value->is_array() || value->get_array().size() > most)
        return wrong(name, "a list of at most " + std::to_string(most) + " texts");
    for (const boost::json::value& each : value->get_array()) {
        if (!each.is_string()) return wrong(name, "a list of texts");
        out.emplace_back(each.get_string());
    }
    return out;
}

Result<std::optional<Arguments>> Arguments::object(std::string_view name) {
    const auto* value = any(name);
    if (value == nullptr || value->is_null()) return std::optional<Arguments>();
    if (!value->is_object()) return wrong(name, "an object");
    return std::optional(
        Arguments(value->get_object(), path_ + (path_.empty() ? "" : ".") + std::string(name)));
}

Result<void> Arguments::done() const {
    for (const auto& member : object_) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
        std::string known;
        for (const std::string& each : asked_) known += (known.empty() ? "" : ", ") + each;
        return Error{"question.unknown_argument",
                     "There is no argument '" + path_ + (path_.empty() ? "" : ".") +
                         std::string(name.substr(0, 64)) + "'.",
                     "Here may stand: " + known + "."};
    }
    return {};
}

// --- names

StringNo SharedNames::number(std::string_view text) {
    const Reading reading(library_.lock);
    return library_.fold.dictionary.find(text);
}
std::string_view SharedNames::text(StringNo number) const {
    const Reading reading(library_.lock);
    return library_.fold.dictionary.text(number);
}
std::optional<std::uint8_t> SharedNames::purpose(std::string_view name) const {
    const Reading reading(library_.lock);
    return library_.fold.purposes.bit_of(name);
}
std::optional<audience::AudienceNo> SharedNames::audience(std::string_view name) const {
    const Reading reading(library_.lock);
    return library_.fold.audience(name);
}
std::vector<audience::AudienceNo> SharedNames::needs(audience::AudienceNo slot) const {
    const Reading reading(library_.lock);
    return library_.fold.needs(slot);
}

// --- asking

Result<void> Asking::begin(Arguments& arguments) {
    const auto purpose = TRY(arguments.text("purpose"));
    const auto brand = TRY(arguments.text("brand"));
    scope.bots = TRY(arguments.yes("bots", false));
    {
        const Reading reading(library.lock);
        const auto known = library.fold.purposes.bit_of(purpose.value_or(""));
        if (!known)
            return Error{"api.unknown_purpose", "The purpose is missing or not declared.",
                         "GET /api/v1/purposes lists them."};
        scope.brand = TRY(brand_meant(library.fold, brand.value_or("")));
        scope.purpose = *known;
        now = library.fold.now();
        zone = library.fold.brands[scope.brand].zone.get();
    }
    const auto from = TRY(arguments.text("from"));
    const auto to = TRY(arguments.text("to"));
    const auto last = TRY(arguments.text("last"));
    if (last && (from || to)) return arguments.wrong("last", "alone, without from and to");
    if (from) scope.from = TRY(instant(*from));
    if (to) scope.to = TRY(instant(*to));
    has_to = to.has_value();
    if (last) {
        const audience::Rule rule = TRY(rule_around("any(*, last ", *last, ")"));
        if (!is_of_any(rule.root, audience::WindowKind::Last))
            return arguments.wrong("last", "a length, as 7 days or 6 months");
        const audience::Compiled* compiled = TRY(compile(rule));
        scope.from = audience::bounds(compiled->aggregates.at(0).window, now, zone).from;
        last_text = *last;
    }
    view = TRY(library.columns.view(run));
    return restrict_to(arguments);
}

Result<void> Asking::restrict_to(Arguments& arguments) {
    const auto who = TRY(arguments.text("who"));
    const auto audience_id = TRY(arguments.text("audience"));
    if (who && audience_id) return arguments.wrong("who", "alone, without audience");
    if (!who && !audience_id) return {};
    who_ = TRY(people(who, audience_id));
    scope.who = who_;
    return {};
}

Result<std::vector<std::uint64_t>> Asking::people(const std::optional<std::string>& rule_text,
                                                  const std::optional<std::string>& audience_id) {
    std::vector<std::uint64_t> out;
    if (audience_id) {
        const Reading reading(library.lock);
        const auto at = library.fold.audiences.find(*audience_id);
        if (at == library.fold.audiences.end() || at->second.use.brand != scope.brand)
            return Error{"audience_not_found", "There is no such audience of this brand.",
                         "GET /api/v1/audiences lists them."};
        // A purpose must not learn who is in what another one may see.
        if (at->second.use.purpose != scope.purpose)
            return Error{"question.other_purpose", "The audience is of another purpose.",
                         "Ask for the audience's own purpose."};
        const auto words = library.fold.live.words(at->second.slot);
        out.assign(words.begin(), words.end());
    } else {
        const audience::Rule rule = TRY(rule_around("", rule_text.value_or(""), ""));
        const audience::Compiled* compiled = TRY(compile(rule));
        {
            const Reading reading(library.lock);
            TRY(only_of_use(library.fold, *compiled, {scope.brand, scope.purpose}));
        }
        out = TRY(count_rule(library, *compiled, {scope.brand, scope.purpose}, run)).in;
    }
    // Nobody at all is not the same as no restriction.
    if (out.empty()) out.push_back(0);
    return out;
}

Result<const audience::Compiled*> Asking::compile(const audience::Rule& rule) {
    TRY(check_fields(rule, mask));
    auto made = audience::compile(rule, names);
    if (const auto* wrong = std::get_if<audience::RuleError>(&made)) return invalid_rule(*wrong);
    compiled_.push_back(std::get<audience::Compiled>(std::move(made)));
    return &compiled_.back();
}

Result<Asking::EventSpec> Asking::event(std::string_view text) {
    const audience::Rule rule = TRY(rule_around("any(", text, ")"));
    const audience::Node& root = rule.root;
    if (root.kind != audience::NodeKind::Aggregate || root.function != audience::Function::Any ||
        root.window.kind != audience::WindowKind::Ever || root.bots)
        return not_an_event(text);
    EventSpec spec;
    spec.compiled = TRY(compile(rule));
    spec.event = spec.compiled->aggregates.at(0).event;
    spec.match = root.event;
    return spec;
}

std::optional<audience::Window> Asking::window_of_period() const {
    const bool open_period = scope.from == INT64_MIN && scope.to == INT64_MAX;
    if (!open_period && (last_text.empty() || has_to)) return {};
    if (scope.bots || !scope.who.empty()) return {};
    if (open_period) return audience::Window{};
    const auto rule = audience::parse("any(*, last " + last_text + ")");
    return std::get<audience::Rule>(rule).root.window;
}

Result<Currency> Asking::currency(Arguments& arguments) const {
    const auto told = TRY(arguments.text("currency"));
    if (!told) return Currency{};
    const auto known = Currency::parse(*told);
    if (!known) return arguments.wrong("currency", "a currency of three letters");
    return *known;
}

Result<audience::Length> Asking::told_length(std::string_view text) {
    return TRY(rule_within(text)).root.steps[1].within;
}

Result<std::int64_t> Asking::length(std::string_view text) {
    return TRY(compile(TRY(rule_within(text))))->steps.at(1).within_us;
}

Result<std::int64_t> Asking::instant(std::string_view text) const {
    auto rule = rule_around("any(*, since ", text, ")");
    SharedNames own(library);
    if (rule.ok() && is_of_any(rule.value().root, audience::WindowKind::Since)) {
        auto made = audience::compile(rule.value(), own);
        if (auto* compiled = std::get_if<audience::Compiled>(&made))
            return audience::bounds(compiled->aggregates.at(0).window, now, zone).from;
    }
    return Error{"question.invalid", "'" + std::string(text.substr(0, 40)) + "' is no date.",
                 "Write it as 2026-03-01, or 2026-03-01T08:30."};
}

std::string Asking::local_date(std::int64_t at) const {
    const std::int64_t local = zone == nullptr ? at : zone->local_from_utc_us(at);
    return iso_time(EventTime{local}).substr(0, 10);
}

query::DimensionKind Asking::kind_of_dimension(std::string_view text) const {
    using query::DimensionKind;
    if (text == "channel") return DimensionKind::Channel;
    if (text == "event") return DimensionKind::Name;
    if (text == "source") return DimensionKind::Source;
    if (text == "product") return DimensionKind::Product;
    if (text == "place") return DimensionKind::Place;
    return DimensionKind::Property;
}

Result<query::Dimension> Asking::dimension(std::string_view text, query::Groups& groups) {
    if (text.empty() || text.size() > history::kDictionaryTextMax)
        return Error{"question.invalid",
                     "A split is by channel, event, source, product, place or a property.", ""};
    const query::DimensionKind kind = kind_of_dimension(text);
    const bool of_property = kind == query::DimensionKind::Property;
    if (of_property && mask.hides(FieldScope::Properties, text)) return forbidden_field(text);
    const StringNo property = of_property ? names.number(text) : StringNo{};
    return query::Dimension(kind, property, groups);
}

std::string Asking::group_name(const query::Groups::Key& key, query::DimensionKind kind) {
    using history::CellKind;
    if (key.kind == CellKind::Missing) return "(none)";
    if (key.kind == CellKind::Text)
        return std::string(names.text(StringNo{static_cast<std::uint32_t>(key.value)}));
    if (kind == query::DimensionKind::Channel)
        return std::string(name_of(static_cast<Channel>(key.value)));
    if (kind == query::DimensionKind::Source) {
        const Reading reading(library.lock);
        const auto number = static_cast<std::size_t>(key.value);
        return number < library.fold.sources.size() ? library.fold.sources[number].id : "(none)";
    }
    if (key.kind == CellKind::Bool) return key.value != 0 ? "true" : "false";
    return fixed_text(key.value);
}

audience::Rates& Asking::rates() {
    if (rates_ != nullptr) return *rates_;
    rates_space_ = std::make_unique<TableSpace>();
    rates_ = std::make_unique<audience::Rates>(*rates_space_, std::uint16_t{1});
    const Reading reading(library.lock);
    for (std::uint32_t i = 0; i < library.fold.rates.size(); ++i)
        rates_->set(library.fold.rates.at(i));
    return *rates_;
}

// --- counting a rule

std::uint64_t RuleCount::members() const {
    std::uint64_t n = 0;
    for (const std::uint64_t word : in) n += static_cast<std::uint64_t>(std::popcount(word));
    return n;
}

namespace {

// Persons that the columns leave open, or do not hold, under the lock in slices.
class Rest {
  public:
    Rest(const Library& library, const audience::Compiled& rule, audience::Use use,
         const query::Members& known, RuleCount& out)
        : library_(library),
          names_(library.fold),
          rule_(rule),
          use_(use),
          known_(known),
          out_(out) {
        rule_.names = &names_;
        open_.resize(known.seen.size());
        for (const PersonNo person : known.open)
            open_[person.value / 64] |= 1ull << (person.value % 64);
    }
    void run(query::Run& run) {
        std::uint32_t end = 0;
        {
            const Reading reading(library_.lock);
            end = library_.fold.graph.fragments();
        }
        out_.in.resize((end + 63) / 64);
        run.begin("persons", end);
        std::atomic<std::uint32_t> next{0};
        const auto work = [&] {
            PersonReader reader(library_.fold);
            for (;;) {
                const std::uint32_t from = next.fetch_add(kSlice);
                if (from >= end || run.cancelled()) return;
                slice(reader, from, std::min(end, from + kSlice));
                run.advance(kSlice);
            }
        };
        {
            std::jthread other(work);
            work();
        }
        out_.persons = persons_;
        out_.allowed = allowed_;
        out_.without_rate = without_rate_;
    }

  private:
    // A multiple of 64, so that no two threads meet in a word.
    static constexpr std::uint32_t kSlice = 64 * 256;
    static constexpr std::uint32_t kHold = 128;

    void slice(PersonReader& reader, std::uint32_t from, std::uint32_t end) {
        std::vector<std::uint32_t> to_ask;
        std::uint64_t known = 0;
        for (std::uint32_t word = from / 64; word * 64 < end; ++word) {
            const std::uint64_t seen = word_of(known_.seen, word);
            const std::uint64_t settled = seen & ~word_of(open_, word);
            known += static_cast<std::uint64_t>(std::popcount(settled));
            for (std::uint64_t rest = ~settled; rest != 0; rest &= rest - 1) {
                const auto i = word * 64 + static_cast<std::uint32_t>(std::countr_zero(rest));
                if (i < end) to_ask.push_back(i);
            }
        }
        persons_ += known;
        allowed_ += known;
        for (std::size_t i = 0; i < to_ask.size(); i += kHold) {
            const Reading reading(library_.lock);
            for (std::size_t k = i; k < std::min(to_ask.size(), i + kHold); ++k)
                ask(reader, PersonNo{to_ask[k]});
        }
    }
    void ask(PersonReader& reader, PersonNo person) {
        Fold& fold = library_.fold;
        if (!fold.is_person(person.value) || !fold.is_known_to(person, use_.brand)) return;
        ++persons_;
        if (!fold.may_use(person, use_)) return;
        ++allowed_;
        const std::uint64_t bit = 1ull << (person.value % 64);
        std::uint64_t& in = out_.in[person.value / 64];
        const bool seen = (word_of(known_.seen, person.value / 64) & bit) != 0;
        if (!seen && known_.without_events) {
            if (*known_.without_events) in |= bit;
            return;
        }
        const audience::PersonView view = reader.look(person, use_);
        if (audience::evaluate(rule_, view).in) in |= bit;
        without_rate_ += audience::amounts_without_rate(rule_, view);
    }
    static std::uint64_t word_of(const std::vector<std::uint64_t>& words, std::size_t i) {
        return i < words.size() ? words[i] : 0;
    }

    const Library& library_;
    // Asked with the lock held: names that take it once more would wait for a writer who waits for
    // us.
    DraftNames names_;
    audience::Compiled rule_;
    audience::Use use_;
    const query::Members& known_;
    std::vector<std::uint64_t> open_;  // known_.open, bit by person
    RuleCount& out_;
    std::atomic<std::uint64_t> persons_{0}, allowed_{0}, without_rate_{0};
};

}  // namespace

Result<RuleCount> count_rule(const Library& library, const audience::Compiled& rule,
                             audience::Use use, query::Run& run) {
    const history::View view = TRY(library.columns.view(run));
    query::MembersQuestion question;
    question.compiled = &rule;
    {
        const Reading reading(library.lock);
        question.now = library.fold.now();
        // Where nobody has told a zone, everybody lives by the brand's.
        if (library.fold.dictionary.find(kTimeZoneTrait).is_none())
            question.zone = library.fold.brands[use.brand].zone.get();
    }
    query::Scope scope;
    scope.brand = use.brand;
    scope.purpose = use.purpose;
    const query::Members known = TRY(query::members(view, scope, question, run));
    RuleCount out;
    out.in = known.in;
    Rest(library, rule, use, known, out).run(run);
    TRY(run.check());
    return out;
}

}  // namespace filrouge::engine

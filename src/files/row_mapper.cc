#include "files/row_mapper.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "collect/event_names.h"
#include "collect/fit.h"
#include "collect/moment.h"
#include "collect/normalise.h"
#include "collect/refused_names.h"
#include "model/packed.h"

namespace filrouge::files {
namespace {

RowFault fault(std::string code, std::string message) {
    return {std::move(code), std::move(message)};
}

std::optional<bool> read_bool(std::string_view text) {
    for (const std::string_view yes : {"true", "1", "yes", "y", "t", "on"}) {
        if (ascii_equal_ignoring_case(text, yes)) return true;
    }
    for (const std::string_view no : {"false", "0", "no", "n", "f", "off"}) {
        if (ascii_equal_ignoring_case(text, no)) return false;
    }
    return std::nullopt;
}

bool one_of(const std::vector<std::string>& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

void Members::pack_into(Bytes& out) const {
    if (count == 0) return;
    out.reserve(out.size() + bytes.size() + 8);
    PackedWriter writer(out);
    const std::size_t mark = writer.begin_object(count);
    out += bytes;
    writer.end(mark);
}

Result<TextField> TextField::compile(RowLayout& layout, const TextSpec& spec) {
    TextField field;
    field.spec_ = spec;
    if (!spec.column.empty()) {
        field.slot_ = TRY(layout.slot(spec.column, spec.line));
        field.has_slot_ = true;
    }
    field.plain_ =
        spec.prefix.empty() && spec.values.empty() && spec.starts.empty() && spec.nulls.empty();
    return field;
}

std::string_view TextField::bare(const Row& row) const {
    if (!has_slot_) return spec_.constant;
    const std::string_view text = row[slot_];
    return !spec_.nulls.empty() && one_of(spec_.nulls, text) ? std::string_view{} : text;
}

bool TextField::read(const Row& row, std::string_view& out) {
    out = bare(row);
    if (plain_ || out.empty()) return true;
    if (!spec_.values.empty() || !spec_.starts.empty()) {
        const std::string* found = nullptr;
        for (const auto& [from, to] : spec_.values) {
            if (from == out) found = &to;
        }
        for (const auto& [from, to] : spec_.starts) {
            if (found == nullptr && out.starts_with(from)) found = &to;
        }
        if (found == nullptr && !spec_.otherwise) return false;
        out = found != nullptr ? *found : *spec_.otherwise;
    }
    if (spec_.prefix.empty() || out.empty()) return true;
    scratch_.assign(spec_.prefix).append(out);
    out = scratch_;
    return true;
}

Result<FilterSet> FilterSet::compile(RowLayout& layout, const std::vector<Filter>& filters) {
    FilterSet set;
    set.decimal_comma = layout.input().decimal_comma;
    for (const Filter& filter : filters) {
        const Slot slot = TRY(layout.slot(filter.column, filter.line));
        set.filters.emplace_back(filter, slot);
    }
    return set;
}

bool FilterSet::passes(const Row& row, const Filter** unread) const {
    for (const auto& [filter, slot] : filters) {
        const std::string_view text = row[slot];
        bool fits = false;
        switch (filter.kind) {
            case Filter::Kind::Is: fits = one_of(filter.texts, text); break;
            case Filter::Kind::Not: fits = !one_of(filter.texts, text); break;
            case Filter::Kind::Empty: fits = text.empty() == filter.flag; break;
            case Filter::Kind::Starts:
                for (const std::string& start : filter.texts)
                    fits = fits || text.starts_with(start);
                break;
            case Filter::Kind::Above:
            case Filter::Kind::Below: {
                const auto number = number_of(row[slot], decimal_comma);
                if (number) {
                    fits = filter.kind == Filter::Kind::Above ? *number > filter.number
                                                              : *number < filter.number;
                } else if (unread != nullptr && !trim(text).empty()) {
                    *unread = &filter;
                    fits = true;
                }
                break;
            }
        }
        if (!fits) return false;
    }
    return true;
}

Result<std::vector<RowMapper::Property>> RowMapper::compile_properties(
    RowLayout& layout, const std::vector<PropertySpec>& specs,
    std::vector<std::pair<std::string, Expression>>* sums) {
    std::vector<Property> out;
    for (const PropertySpec& spec : specs) {
        if (spec.sum && sums != nullptr) {
            sums->emplace_back(spec.name, TRY(layout.expression(spec.expression, spec.text.line)));
            continue;
        }
        Property property;
        property.spec = spec;
        if (!spec.expression.empty()) {
            property.expression = TRY(layout.expression(spec.expression, spec.text.line));
        } else {
            property.text = TRY(TextField::compile(layout, spec.text));
        }
        if (spec.type == ValueType::Date)
            property.format = TRY(TimeFormat::parse(spec.time_format));
        out.push_back(std::move(property));
    }
    return out;
}

Result<void> RowMapper::compile_time(RowLayout& layout) {
    const TimeSpec& spec = input_->time;
    zone_ = TRY(Zone::open(spec.zone));
    if (spec.kind == TimeSpec::Kind::Column) {
        format_ = TRY(TimeFormat::parse(spec.format));
        TextSpec text = spec.text;
        text.line = spec.line;
        time_text_ = TRY(TextField::compile(layout, text));
        return {};
    }
    if (spec.kind == TimeSpec::Kind::Now) {
        start_us_ = now_us_;
        return {};
    }
    const auto told = TRY(TimeFormat::parse("iso")).read(spec.start);
    ASSERT(told.has_value());  // the map was checked
    start_us_ = told->utc ? told->us : zone_->utc_from_local_us(told->us);
    return {};
}

Result<void> RowMapper::compile_people(RowLayout& layout) {
    for (const IdentifierSpec& spec : input_->identifiers) {
        who_.push_back(
            {spec.type, TRY(TextField::compile(layout, spec.text)), spec.fallback, spec.any_value});
    }
    std::stable_sort(who_.begin(), who_.end(), [](const Who& a, const Who& b) {
        return row_of(a.type)->priority < row_of(b.type)->priority;
    });
    for (const ConsentSpec& spec : input_->consents) {
        Consent consent{spec, 0};
        if (!spec.column.empty()) consent.slot = TRY(layout.slot(spec.column, spec.line));
        consents_.push_back(std::move(consent));
    }
    return {};
}

Result<RowMapper> RowMapper::compile(RowLayout& layout, std::int64_t now_us) {
    RowMapper mapper;
    mapper.input_ = &layout.input();
    mapper.calling_code_ = layout.map().calling_code;
    mapper.now_us_ = now_us;
    const InputMap& input = *mapper.input_;
    mapper.where_ = TRY(FilterSet::compile(layout, input.where));
    mapper.event_ = TRY(TextField::compile(layout, input.event));
    mapper.channel_ = TRY(TextField::compile(layout, input.channel));
    mapper.product_ = TRY(TextField::compile(layout, input.product));
    mapper.place_ = TRY(TextField::compile(layout, input.place));
    mapper.currency_ = TRY(TextField::compile(layout, input.value.currency));
    TRY(mapper.compile_time(layout));
    TRY(mapper.compile_people(layout));
    if (!input.value.expression.empty()) {
        mapper.value_ = TRY(layout.expression(input.value.expression, input.value.line));
    }
    if (!input.quantity.empty())
        mapper.quantity_ = TRY(layout.expression(input.quantity, input.line));
    mapper.properties_ =
        TRY(compile_properties(layout, input.properties, input.group ? &mapper.sums_ : nullptr));
    mapper.traits_ = TRY(compile_properties(layout, input.traits, nullptr));
    if (input.group) mapper.line_ = TRY(compile_properties(layout, input.group->line, nullptr));
    return mapper;
}

// A row that every other filter takes is not left out because of a number that cannot be read:
// nobody would learn of it.
std::optional<RowFault> RowMapper::filter(const Row& row, bool& taken) const {
    const Filter* unread = nullptr;
    taken = where_.passes(row, &unread);
    if (!taken || unread == nullptr) return std::nullopt;
    return fault("files.bad_number",
                 "the column " + unread->column + " of where holds no number that fits");
}

std::optional<RowFault> RowMapper::time(const Row& row, std::uint64_t row_number,
                                        std::uint64_t position, Event& out) {
    const TimeSpec& spec = input_->time;
    if (spec.kind != TimeSpec::Kind::Column) {
        out.flags |= kEventSyntheticTime;
        const __int128 us = start_us_ + static_cast<__int128>(row_number - 1) * spec.per_row_us +
                            static_cast<__int128>(position) * spec.per_item_us;
        out.at.us = static_cast<std::int64_t>(std::min<__int128>(us, INT64_MAX));
        clamp(out);
        return std::nullopt;
    }
    std::string_view text;
    time_text_.read(row, text);
    if (text.empty())
        return fault("files.no_time", "the column " + spec.text.column + " holds no time");
    const auto told = format_->read(text);
    if (!told) {
        return fault("files.bad_time", "the column " + spec.text.column +
                                           " holds no time of the form " + spec.format);
    }
    out.at.us = told->us + (told->date_only ? spec.date_at_us : 0);
    if (!told->utc) out.at.us = zone_->utc_from_local_us(out.at.us);
    clamp(out);
    return std::nullopt;
}

void RowMapper::clamp(Event& out) const {
    if (out.at < collect::kEarliestTime) {
        out.at = collect::kEarliestTime;
        out.flags |= kEventTimeClamped;
    } else if (now_us_ != 0 && out.at.us > now_us_) {
        out.at.us = now_us_;
        out.flags |= kEventTimeClamped;
    }
}

std::optional<RowFault> RowMapper::add_identifier(Who& who, const Row& row,
                                                  collect::Incoming& out) {
    const std::string_view bare = trim(who.text.bare(row));
    if (bare.empty()) return std::nullopt;
    auto value = collect::normalise(who.type, bare, calling_code_);
    if (!value) ++out.refused_identifiers;
    // What names nobody is no identifier; the row may still have another.
    if (!value || (!who.any_value && collect::is_blocked(who.type, *value, {})))
        return std::nullopt;
    if (!who.text.prefix().empty()) value->insert(0, who.text.prefix());
    if (value->size() > kIdentifierBytesMax) {
        return fault("files.identifier_too_long",
                     "the column " + who.text.column() + " holds an identifier of more than " +
                         std::to_string(kIdentifierBytesMax) + " bytes");
    }
    out.event.identifiers.push_back({who.type, std::move(*value), {}});
    return std::nullopt;
}

std::optional<RowFault> RowMapper::identify(const Row& row, collect::Incoming& out) {
    out.event.identifiers.reserve(who_.size());
    for (Who& who : who_) {
        if (who.fallback) continue;
        if (auto f = add_identifier(who, row, out)) return f;
    }
    for (Who& who : who_) {
        if (!who.fallback || !out.event.identifiers.empty()) continue;
        if (auto f = add_identifier(who, row, out)) return f;
    }
    if (!out.event.identifiers.empty()) return std::nullopt;
    return fault("files.no_identifier", "no identifier of the map has a value that names somebody");
}

void RowMapper::who_text(const Row& row, std::string& out) const {
    out.clear();
    for (const Who& who : who_) out.append(who.text.bare(row)).push_back('\x1f');
}

bool RowMapper::names_another(const Row& row, const Event& event) {
    collect::Incoming line;
    if (identify(row, line)) return false;  // nobody
    bool another = false;
    for (const Identifier& of_line : line.event.identifiers) {
        for (const Identifier& known : event.identifiers) {
            if (of_line.type != known.type) continue;
            if (of_line.value == known.value) return false;
            another = true;
        }
    }
    return another;
}

std::optional<RowFault> RowMapper::name_event(const Row& row, Event& out) {
    std::string_view name;
    if (!event_.read(row, name)) {
        return fault("files.unknown_value", "the column " + event_.column() +
                                                " holds a text that the map gives no event for");
    }
    if (name.empty() && out.kind == EventKind::Track) {
        return fault("files.no_event", "the column " + event_.column() + " names no event");
    }
    if (name.size() > collect::kEventNameBytesMax) {
        return fault("files.event_name_too_long",
                     "the name of the event is longer than the limit of " +
                         std::to_string(collect::kEventNameBytesMax) + " bytes");
    }
    out.name = canonical_names_.of(name, [&](std::string_view told) {
        return std::string(out.kind == EventKind::Track ? collect::canonical_name(told).canonical
                                                        : told);
    });
    return std::nullopt;
}

std::optional<RowFault> RowMapper::place_event(const Row& row, Event& out, Members& properties) {
    std::string_view text;
    if (!channel_.read(row, text)) {
        return fault("files.unknown_value", "the column " + channel_.column() +
                                                " holds a text that the map gives no channel for");
    }
    out.channel = channels_.of(text, [](std::string_view told) {
        return channel_named(ascii_lower(told)).value_or(Channel::Other);
    });
    struct Short {
        TextField& field;
        std::string& out;
        std::string_view name;
        std::size_t bytes_max;
    };
    for (const Short& one : {Short{product_, out.product, "product_id", collect::kProductBytesMax},
                             Short{place_, out.place, "place", collect::kPlaceBytesMax}}) {
        if (!one.field.read(row, text)) {
            return fault("files.unknown_value", "the column " + one.field.column() +
                                                    " holds a text that the map gives nothing for");
        }
        if (text.size() <= one.bytes_max) {
            one.out = text;
            continue;
        }
        PackedWriter writer(properties.bytes);
        writer.key(one.name);
        writer.string(text);
        ++properties.count;
    }
    return std::nullopt;
}

std::optional<RowFault> RowMapper::pack_one(Property& property, const Cell& cell, Members& out) {
    const std::string_view text = cell;
    PackedWriter writer(out.bytes);
    const auto unreadable = [&](const char* what) {
        return fault("files.bad_value",
                     "the column " + property.text.column() + " holds no " + what);
    };
    const std::size_t before = out.bytes.size();
    writer.key(property.spec.name);
    switch (property.spec.type) {
        case ValueType::Text: writer.string(text); break;
        case ValueType::Number: {
            const auto number = number_of(cell, input_->decimal_comma);
            if (!number) return unreadable("number");
            writer.fixed(*number);
            break;
        }
        case ValueType::Bool: {
            const auto yes = read_bool(trim(text));
            if (!yes) return unreadable("yes or no");
            writer.boolean(*yes);
            break;
        }
        case ValueType::Date: {
            const auto told = property.format->read(text);
            if (!told) return unreadable("date");
            if (told->date_only)
                writer.string(local_text(told->us).substr(0, 10));
            else
                writer.string(
                    iso_utc_text(told->utc ? told->us : zone_->utc_from_local_us(told->us)));
            break;
        }
        case ValueType::Json:
            if (!pack_json(text, out.bytes)) return unreadable("JSON");
            break;
    }
    ASSERT(out.bytes.size() > before);
    ++out.count;
    return std::nullopt;
}

std::optional<RowFault> RowMapper::pack(std::vector<Property>& properties, const Row& row,
                                        Members& out) {
    for (Property& property : properties) {
        if (property.expression) {
            const auto value = property.expression->evaluate(row);
            if (value.outcome == Expression::Outcome::Bad) {
                return fault("files.bad_value",
                             "the property " + property.spec.name + " is no number that fits");
            }
            if (value.outcome == Expression::Outcome::Empty) continue;
            PackedWriter writer(out.bytes);
            writer.key(property.spec.name);
            writer.fixed(value.fixed);
            ++out.count;
            continue;
        }
        std::string_view text;
        if (!property.text.read(row, text)) {
            return fault("files.unknown_value", "the column " + property.text.column() +
                                                    " holds a text that the map gives nothing for");
        }
        if (text.empty() || collect::is_refused(property.spec.name, text)) continue;
        const auto cut = collect::cut_address(property.spec.name, text);
        if (cut && cut->empty()) continue;
        Cell cell = cut ? std::string_view(*cut) : text;
        cell.is_number = property.text.is_number(row);
        if (auto f = pack_one(property, cell, out)) return f;
    }
    return std::nullopt;
}

// A text that the map does not know is never passed over: it may be a refusal, and whoever refused
// would go on being contacted.
std::optional<RowFault> RowMapper::choices(const Row& row,
                                           std::vector<collect::NamedConsent>& out) const {
    for (const Consent& consent : consents_) {
        if (consent.spec.column.empty()) {
            out.push_back({consent.spec.purpose, consent.spec.constant});
            continue;
        }
        const ConsentSpec& spec = consent.spec;
        const std::string text = choice_text(row[consent.slot]);
        if (one_of(spec.granted, text)) {
            out.push_back({spec.purpose, true});
        } else if (one_of(spec.refused, text)) {
            out.push_back({spec.purpose, false});
        } else if (!text.empty() && !spec.otherwise_nothing && !one_of(spec.nulls, text)) {
            return fault(
                "files.unknown_value",
                "the column " + spec.column + " holds a text that the map gives no choice for");
        }
    }
    return std::nullopt;
}

std::optional<RowFault> RowMapper::head(const Row& row, std::uint64_t row_number,
                                        std::uint64_t position, collect::Incoming& out,
                                        Members& properties) {
    Event& event = out.event;
    event.kind = input_->kind;
    event.basis = input_->basis;
    event.flags = kEventImported;
    out.consent_change = input_->consent_change;
    if (auto f = time(row, row_number, position, event)) return f;
    if (auto f = identify(row, out)) return f;
    if (auto f = name_event(row, event)) return f;
    if (auto f = place_event(row, event, properties)) return f;
    if (auto f = pack(properties_, row, properties)) return f;
    if (!traits_.empty()) {
        scratch_.clear();
        if (auto f = pack(traits_, row, scratch_)) return f;
        scratch_.pack_into(event.traits);
    }
    return choices(row, out.consents);
}

std::optional<RowFault> RowMapper::currency(const Row& row, Currency& out) {
    std::string_view text;
    if (!currency_.read(row, text)) text = {};
    const auto parsed = Currency::parse(trim(text));
    if (!parsed)
        return fault("files.bad_currency",
                     "the column " + currency_.column() + " holds no currency of three letters");
    out = *parsed;
    return std::nullopt;
}

std::optional<RowFault> RowMapper::amounts(const Row& row, Amounts& out) {
    out.has_value = false;
    out.value = out.quantity = 0;
    out.sums.clear();
    if (value_) {
        const auto value = value_->evaluate(row);
        if (value.outcome == Expression::Outcome::Bad)
            return fault("files.bad_number", "value is no number that fits");
        out.has_value = value.outcome == Expression::Outcome::Number &&
                        !(input_->value.zero_is_none && value.fixed == 0);
        out.value = value.fixed;
    }
    if (quantity_) {
        const auto quantity = quantity_->evaluate(row);
        if (quantity.outcome == Expression::Outcome::Bad)
            return fault("files.bad_number", "quantity is no number that fits");
        out.quantity = quantity.fixed;
    }
    for (const auto& [name, expression] : sums_) {
        const auto sum = expression.evaluate(row);
        if (sum.outcome == Expression::Outcome::Bad)
            return fault("files.bad_number", name + " is no number that fits");
        out.sums.push_back(sum.fixed);
    }
    return std::nullopt;
}

std::optional<RowFault> RowMapper::line(const Row& row, Bytes& out) {
    scratch_.clear();
    if (auto f = pack(line_, row, scratch_)) return f;
    PackedWriter writer(out);
    const std::size_t mark = writer.begin_object(scratch_.count);
    out += scratch_.bytes;
    writer.end(mark);
    return std::nullopt;
}

}  // namespace filrouge::files

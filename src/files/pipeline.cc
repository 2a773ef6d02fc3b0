#include "files/pipeline.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "files/grouper.h"
#include "files/occurrence.h"

namespace filrouge::files {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::uint64_t kRowsBetweenLooks = 256;
constexpr double kProgressSeconds = 0.1;
constexpr char kSeparator = '\x1f';
// Rows that are read on while the set of those seen is fetched for one: it lies outside every
// cache.
constexpr std::size_t kWaitingMax = 32;

// The columns that a map names for a file of JSON lines, which has no heading.
std::vector<std::string> named_columns(const ImportMap& map, const InputMap& input) {
    if (!input.csv.columns.empty()) return input.csv.columns;
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (name.empty() || name.front() == '$') return;
        for (const JoinSpec& join : input.joins) {
            if (name.starts_with(join.lookup + ".")) return;
        }
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    const auto add_all = [&](const std::vector<std::string>& all) {
        std::for_each(all.begin(), all.end(), add);
    };
    const auto add_properties = [&](const std::vector<PropertySpec>& all) {
        for (const PropertySpec& p : all) {
            add(p.text.column);
            add_all(columns_of_expression(p.expression));
        }
    };
    const auto add_filters = [&](const std::vector<Filter>& all) {
        for (const Filter& f : all) add(f.column);
    };
    for (const TextSpec* text : {&input.event, &input.channel, &input.product, &input.place,
                                 &input.time.text, &input.value.currency}) {
        add(text->column);
    }
    for (const IdentifierSpec& who : input.identifiers) add(who.text.column);
    for (const ConsentSpec& consent : input.consents) add(consent.column);
    for (const JoinSpec& join : input.joins) add(join.on);
    add_all(input.key);
    add_all(columns_of_expression(input.value.expression));
    add_all(columns_of_expression(input.quantity));
    add_properties(input.properties);
    add_properties(input.traits);
    add_filters(input.where);
    if (input.group) {
        add_all(input.group->by);
        add_properties(input.group->line);
    }
    for (const CheckSpec& check : map.checks) {
        if (std::find(check.inputs.begin(), check.inputs.end(), input.name) == check.inputs.end())
            continue;
        add_all(check.columns);
        add_all(columns_of_expression(check.expression));
        add_filters(check.where);
    }
    return names;
}

class Pipeline {
  public:
    Pipeline(const ImportMap& map, std::int64_t now_us,
             const std::function<void(const Progress&)>& progress, RowListener& listener)
        : map_(map),
          now_us_(now_us),
          tell_(progress),
          listener_(listener),
          began_(SteadyClock::now()) {}

    Result<PipelineFigures> run(const Plan& plan) {
        progress_.bytes_total = plan.bytes_total;
        for (const Plan::One& one : plan.lookups) {
            lookups_.push_back(TRY(Lookup::load(map_, map_.lookups[one.index], one.path)));
            figures_.unfit_lookup_rows += lookups_.back().unfit_rows();
        }
        for (const Plan::One& one : plan.inputs) TRY(run_file(map_.inputs[one.index], one.path));
        figures_.seconds = seconds();
        progress_.file.clear();
        if (tell_) tell(0);
        return figures_;
    }

  private:
    // What belongs to the file at hand.
    struct File {
        const InputMap* input = nullptr;
        std::string name;  // as errors name it
        RowLayout* layout = nullptr;
        RowMapper* mapper = nullptr;
        Grouper* grouper = nullptr;
        RecordReader* reader = nullptr;
        std::vector<Slot> key;
        std::string id_prefix;  // "source:input:"
    };

    // An event that is understood and has no id yet: how often its key was seen is being fetched.
    struct Waiting {
        collect::Item item;
        std::uint64_t key = 0;
    };

    // The items of one line have one number among them, and their position behind it.
    bool items_share_number() const { return file_.input->explode && file_.key.empty(); }
    double seconds() const {
        return std::chrono::duration<double>(SteadyClock::now() - began_).count();
    }
    void tell(std::uint64_t bytes_of_file) {
        progress_.bytes_read = bytes_done_ + bytes_of_file;
        progress_.rows = figures_.rows;
        progress_.items = figures_.items;
        progress_.bad_rows = figures_.unfit_rows;
        progress_.seconds = seconds();
        tell_(progress_);
    }

    Result<void> run_file(const InputMap& input, const std::string& path);
    Result<void> read_rows();
    Result<void> take(Record& record);
    Result<void> take_row(const Record& record, Row& row, const RowPlace& place);
    Result<void> take_alone(const Record& record, const Row& row, const RowPlace& place);
    Result<void> refuse(const Record& record, std::uint64_t hash, RowFault fault);
    Result<void> wait_for_number(std::uint64_t key);
    Result<void> number_oldest();
    Result<void> number_all();
    collect::Item& next_waiting() {
        return waiting_[(waiting_first_ + waiting_count_) % kWaitingMax].item;
    }
    Result<void> hand_on(const collect::Item& item);
    Result<void> hand_on_group(collect::Item&& item, std::uint64_t key, std::uint64_t part);
    std::uint64_t key_of(const Row& row, const RowPlace& place);
    std::string id_of(std::uint64_t hash, std::uint32_t occurrence, const RowPlace& place) const;

    const ImportMap& map_;
    std::int64_t now_us_;
    const std::function<void(const Progress&)>& tell_;
    RowListener& listener_;
    SteadyClock::time_point began_;
    double told_at_ = 0;
    PipelineFigures figures_;
    Progress progress_;
    std::uint64_t bytes_done_ = 0;
    std::vector<Lookup> lookups_;
    OccurrenceCounter occurrences_;
    File file_;
    Row items_row_;
    RowMapper::Amounts amounts_;
    Members members_;
    std::string key_text_;
    std::uint32_t line_occurrence_ = 0, group_occurrence_ = 0;
    std::array<Waiting, kWaitingMax> waiting_;  // a ring; there is always room for one more
    std::size_t waiting_first_ = 0, waiting_count_ = 0;
};

// "shop:orders:0123456789abcdef#1", and ".3" behind it for the third part or item after the first.
std::string Pipeline::id_of(std::uint64_t hash, std::uint32_t occurrence,
                            const RowPlace& place) const {
    constexpr char kHex[] = "0123456789abcdef";
    std::array<char, 48> tail;  // NOLINT: filled below
    char* at = tail.data();
    for (int shift = 60; shift >= 0; shift -= 4) *at++ = kHex[hash >> shift & 15];
    *at++ = '#';
    at = std::to_chars(at, tail.data() + tail.size(), occurrence).ptr;
    if (place.position != 0) {
        *at++ = '.';
        at = std::to_chars(at, tail.data() + tail.size(), place.position).ptr;
    }
    std::string id;
    id.reserve(file_.id_prefix.size() + static_cast<std::size_t>(at - tail.data()));
    id.append(file_.id_prefix).append(tail.data(), at);
    return id;
}

std::uint64_t Pipeline::key_of(const Row& row, const RowPlace& place) {
    if (file_.key.empty()) return place.hash;
    key_text_.clear();
    for (const Slot slot : file_.key) {
        key_text_ += row[slot];
        key_text_ += kSeparator;
    }
    return siphash(kImportHashKey, key_text_);
}

Result<void> Pipeline::refuse(const Record& record, std::uint64_t hash, RowFault fault) {
    ++figures_.unfit_rows;
    listener_.unfit();
    if (figures_.unfit_rows > map_.unfit_rows_max) {
        return Error{
            "files.too_many_unfit_rows",
            file_.name + ":" + std::to_string(record.line) + ": more than " +
                std::to_string(map_.unfit_rows_max) + " rows are unfit; this one: " + fault.message,
            "Correct the map; or raise unfit_rows_max in [source] if the file is that bad."};
    }
    if (!file_.input->import) return {};
    TRY(number_all());  // items are handed on in the order of their rows
    collect::Unfit unfit;
    unfit.code = std::move(fault.code);
    unfit.message = file_.name + ":" + std::to_string(record.line) + ": " + fault.message;
    unfit.raw = record.raw.substr(0, kEventBytesMax);
    // A hash of its own: an unfit row does not take the number of a sound one.
    const std::uint64_t unfit_hash = mix64(hash ^ 0x756e666974u);
    unfit.message_id = id_of(unfit_hash, TRY(occurrences_.count(unfit_hash)), {});
    return listener_.item(*file_.input, std::move(unfit));
}

Result<void> Pipeline::hand_on(const collect::Item& item) {
    ++figures_.items;
    return listener_.item(*file_.input, item);
}

// The event at next_waiting() is complete but for its id.
Result<void> Pipeline::wait_for_number(std::uint64_t key) {
    occurrences_.prefetch(key);
    waiting_[(waiting_first_ + waiting_count_) % kWaitingMax].key = key;
    ++waiting_count_;
    return waiting_count_ == kWaitingMax ? number_oldest() : Result<void>{};
}

Result<void> Pipeline::number_oldest() {
    Waiting& oldest = waiting_[waiting_first_];
    waiting_first_ = (waiting_first_ + 1) % kWaitingMax;
    --waiting_count_;
    const std::uint32_t occurrence = TRY(occurrences_.count(oldest.key));
    std::get<collect::Incoming>(oldest.item).event.message_id = id_of(oldest.key, occurrence, {});
    return hand_on(oldest.item);
}

Result<void> Pipeline::number_all() {
    while (waiting_count_ != 0) TRY(number_oldest());
    return {};
}

Result<void> Pipeline::hand_on_group(collect::Item&& item, std::uint64_t key, std::uint64_t part) {
    Event& event = std::get<collect::Incoming>(item).event;
    event.message_id = id_of(key, group_occurrence_, {0, part, 0});
    if (bytes_of_item(item) <= kEventBytesMax) return hand_on(item);
    collect::Unfit unfit;
    unfit.code = "files.event_too_large";
    unfit.message = file_.name + ": a group of more than " + std::to_string(kEventBytesMax) +
                    " bytes beside its lines";
    unfit.message_id = std::move(event.message_id);
    ++figures_.unfit_rows;
    listener_.unfit();
    return listener_.item(*file_.input, std::move(unfit));
}

Result<void> Pipeline::take_alone(const Record& record, const Row& row, const RowPlace& place) {
    const std::uint64_t key = key_of(row, place);
    // Made in the place it waits in: an event is half a kilobyte to move.
    collect::Item& item = next_waiting();
    collect::Incoming& out = item.emplace<collect::Incoming>();
    members_.clear();
    std::optional<RowFault> fault =
        file_.mapper->head(row, place.number, place.position, out, members_);
    if (!fault) fault = file_.mapper->amounts(row, amounts_);
    if (!fault && amounts_.has_value) fault = file_.mapper->currency(row, out.event.value.currency);
    if (fault) return refuse(record, place.hash + place.position, std::move(*fault));
    Event& event = out.event;
    event.has_value = amounts_.has_value;
    if (amounts_.has_value) event.value.amount = amounts_.value;
    event.quantity = amounts_.quantity;
    members_.pack_into(event.properties);
    if (bytes_of_item(item) > kEventBytesMax) {
        return refuse(record, place.hash + place.position,
                      {"files.event_too_large",
                       "an event of more than " + std::to_string(kEventBytesMax) + " bytes"});
    }
    event.body_check = static_cast<std::uint32_t>(mix64(place.hash + place.position));
    if (!items_share_number()) return wait_for_number(key);
    event.message_id = id_of(key, line_occurrence_, place);
    return hand_on(item);
}

Result<void> Pipeline::take_row(const Record& record, Row& row, const RowPlace& place) {
    ++figures_.rows;
    listener_.row(row, place);
    if (file_.mapper == nullptr) return {};
    bool taken = false;
    if (auto fault = file_.mapper->filter(row, taken))
        return refuse(record, place.hash + place.position, std::move(*fault));
    if (!taken) {
        ++figures_.skipped_rows;
        return {};
    }
    if (file_.grouper == nullptr) return take_alone(record, row, place);
    auto fault = TRY(file_.grouper->add(row, file_.grouper->key_of(row), place.number, place.hash));
    if (fault) return refuse(record, place.hash, std::move(*fault));
    return {};
}

Result<void> Pipeline::take(Record& record) {
    if (!file_.input->explode) {
        file_.layout->complete(record, record.fields);
        return take_row(record, record.fields, {record.row, 0, record.hash});
    }
    if (items_share_number() && file_.mapper != nullptr)
        line_occurrence_ = TRY(occurrences_.count(record.hash));
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        file_.layout->explode(record, i, items_row_);
        TRY(take_row(record, items_row_, {record.row, i, record.hash}));
    }
    return {};
}

Result<void> Pipeline::read_rows() {
    Record record;
    for (std::uint64_t n = 1;; ++n) {
        const Read read = TRY(file_.reader->next(record));
        if (read == Read::End) return {};
        if (read == Read::Record) {
            TRY(take(record));
        } else {
            ++figures_.rows;
            TRY(refuse(record, record.hash, {record.code, record.message}));
        }
        if (!tell_ || n % kRowsBetweenLooks != 0) continue;
        const double now = seconds();
        if (now - told_at_ < kProgressSeconds) continue;
        told_at_ = now;
        tell(file_.reader->file_bytes_read());
    }
}

Result<void> Pipeline::run_file(const InputMap& input, const std::string& path) {
    auto bytes = TRY(ByteStream::open(path));
    auto reader = input.format == FileFormat::Csv
                      ? open_csv(std::move(bytes), input.csv)
                      : open_json_lines(std::move(bytes), named_columns(map_, input));
    if (!reader.ok())
        return Error{reader.error().code, path + ": " + reader.error().message,
                     reader.error().hint};
    RowLayout layout(map_, input, lookups_,
                     input.explode ? std::vector<std::string>{} : reader.value()->columns(),
                     plain_file_name(path));
    TRY(layout.join());
    file_ = {};
    file_.input = &input;
    file_.name = path.substr(path.find_last_of('/') + 1);
    file_.layout = &layout;
    file_.reader = reader.value().get();
    file_.id_prefix = map_.source + ":" + input.name + ":";
    occurrences_.clear();
    std::optional<RowMapper> mapper;
    std::optional<Grouper> grouper;
    if (input.import) {
        mapper.emplace(TRY(RowMapper::compile(layout, now_us_)));
        file_.mapper = &*mapper;
        for (const std::string& column : input.key)
            file_.key.push_back(TRY(layout.slot(column, input.line)));
    }
    if (input.import && input.group) {
        const auto emit = [this](collect::Incoming event, std::uint64_t key,
                                 std::uint64_t part) -> Result<void> {
            if (part == 0) group_occurrence_ = TRY(occurrences_.count(key));
            if (part == 0 && group_occurrence_ > 1) ++figures_.reopened_groups;
            return hand_on_group(std::move(event), key, part);
        };
        grouper.emplace(TRY(Grouper::compile(layout, *mapper, emit)));
        file_.grouper = &*grouper;
    }
    progress_.file = file_.name;
    TRY(listener_.begin(layout, file_.mapper));
    const Result<void> read = read_rows();
    TRY(number_all());  // what was read before an error is sound
    TRY(read);
    if (grouper) TRY(grouper->finish());
    TRY(listener_.end());
    bytes_done_ += file_.reader->file_bytes_read();
    return {};
}

}  // namespace

Result<PipelineFigures> run_pipeline(const ImportMap& map, const Plan& plan, std::int64_t now_us,
                                     const std::function<void(const Progress&)>& progress,
                                     RowListener& listener) {
    return Pipeline(map, now_us, progress, listener).run(plan);
}

}  // namespace filrouge::files

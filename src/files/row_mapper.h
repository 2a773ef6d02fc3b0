// Turns rows of one file into events, by the map. It knows nothing of files and ids.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "collect/incoming.h"
#include "files/expression.h"
#include "files/layout.h"
#include "files/map.h"
#include "files/zone.h"

namespace filrouge::files {

// Why a row is unfit. The message names the column, never what stood in it.
struct RowFault {
    std::string code, message;
};

// The members of a packed object, before their number is known.
struct Members {
    Bytes bytes;
    std::uint64_t count = 0;
    void clear() {
        bytes.clear();
        count = 0;
    }
    void pack_into(Bytes& out) const;  // nothing when there are none
};

// A TextSpec whose column has been found.
class TextField {
  public:
    TextField() = default;
    static Result<TextField> compile(RowLayout& layout, const TextSpec& spec);
    // Empty: nothing here. False: no value of the map fits. The view is good until the next call.
    bool read(const Row& row, std::string_view& out);
    bool given() const { return has_slot_ || !spec_.constant.empty(); }
    const std::string& column() const { return spec_.column; }
    bool is_constant() const { return !has_slot_; }
    const std::string& prefix() const { return spec_.prefix; }
    std::string_view bare(const Row& row) const;  // without prefix and values
    // Whether what read() gives is a number of JSON, and no text of the file or the map.
    bool is_number(const Row& row) const {
        return has_slot_ && spec_.prefix.empty() && spec_.values.empty() && spec_.starts.empty() &&
               row[slot_].is_number;
    }

  private:
    TextSpec spec_;
    Slot slot_ = 0;
    bool has_slot_ = false;
    bool plain_ = true;
    std::string scratch_;
};

// What a column's last texts came to: most columns say the same few things again and again.
template <class Value>
class Remembered {
  public:
    template <class Make>
    const Value& of(std::string_view text, Make make) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (known_[i].text == text) return known_[i].value;
        }
        Known& known = known_[count_ < known_.size() ? count_++ : next_++ % known_.size()];
        known = {std::string(text), make(text)};
        return known.value;
    }

  private:
    struct Known {
        std::string text;
        Value value{};
    };
    std::array<Known, 8> known_;
    std::size_t count_ = 0, next_ = 0;
};

struct FilterSet {
    static Result<FilterSet> compile(RowLayout& layout, const std::vector<Filter>& filters);
    // A text that should be a number and is none does not pass; with `unread` it does, and the
    // filter that could not read it is named there.
    bool passes(const Row& row, const Filter** unread = nullptr) const;
    std::vector<std::pair<Filter, Slot>> filters;
    bool decimal_comma = false;
};

class RowMapper {
  public:
    static Result<RowMapper> compile(RowLayout& layout, std::int64_t now_us);

    // Whether the input's filter takes the row; a fault where it cannot tell.
    std::optional<RowFault> filter(const Row& row, bool& taken) const;
    // Everything of an event that is not in the number of its lines: who, when, where, what.
    std::optional<RowFault> head(const Row& row, std::uint64_t row_number, std::uint64_t position,
                                 collect::Incoming& out, Members& properties);
    // Value and quantity of the row.
    struct Amounts {
        bool has_value = false;
        std::int64_t value = 0, quantity = 0;
        std::vector<std::int64_t> sums;  // of the summed properties, in their order
    };
    std::optional<RowFault> amounts(const Row& row, Amounts& out);
    std::optional<RowFault> line(const Row& row, Bytes& out);  // packed object of a group's line
    std::optional<RowFault> currency(const Row& row, Currency& out);
    // The texts of the columns that name the person, and whether by them the row names somebody
    // else than the event: none of its identifiers is one of the event's, and one is of a type that
    // the event has, too.
    void who_text(const Row& row, std::string& out) const;
    bool names_another(const Row& row, const Event& event);
    // What the row states of consents.
    std::optional<RowFault> choices(const Row& row, std::vector<collect::NamedConsent>& out) const;
    // The time alone, for checks.
    std::optional<RowFault> time(const Row& row, std::uint64_t row_number, std::uint64_t position,
                                 Event& out);
    const std::string& sum_name(std::size_t i) const { return sums_[i].first; }
    std::size_t sum_count() const { return sums_.size(); }
    Zone& zone() { return *zone_; }

  private:
    struct Property {
        PropertySpec spec;
        TextField text;
        std::optional<Expression> expression;
        std::optional<TimeFormat> format;
    };
    struct Who {
        IdentifierType type;
        TextField text;
        bool fallback, any_value;
    };
    struct Consent {
        ConsentSpec spec;
        Slot slot = 0;
    };
    RowMapper() = default;
    static Result<std::vector<Property>> compile_properties(
        RowLayout& layout, const std::vector<PropertySpec>& specs,
        std::vector<std::pair<std::string, Expression>>* sums);
    Result<void> compile_time(RowLayout& layout);
    Result<void> compile_people(RowLayout& layout);
    std::optional<RowFault> identify(const Row& row, collect::Incoming& out);
    std::optional<RowFault> name_event(const Row& row, Event& out);
    std::optional<RowFault> place_event(const Row& row, Event& out, Members& properties);
    std::optional<RowFault> pack(std::vector<Property>& properties, const Row& row, Members& out);
    std::optional<RowFault> pack_one(Property& property, const Cell& cell, Members& out);
    std::optional<RowFault> add_identifier(Who& who, const Row& row, collect::Incoming& out);
    void clamp(Event& out) const;  // to the times that may be

    const InputMap* input_ = nullptr;
    std::string calling_code_;
    std::int64_t now_us_ = 0;
    FilterSet where_;
    TextField event_, channel_, product_, place_, currency_, time_text_;
    std::optional<TimeFormat> format_;
    std::optional<Zone> zone_;
    std::int64_t start_us_ = 0;  // of synthetic times, UTC
    std::vector<Who> who_;       // strongest first
    std::vector<Consent> consents_;
    std::optional<Expression> value_, quantity_;
    std::vector<Property> properties_, traits_, line_;
    std::vector<std::pair<std::string, Expression>> sums_;
    Members scratch_;
    Remembered<std::string> canonical_names_;
    Remembered<Channel> channels_;
};

// Packs JSON text; false when it is none or nests too deep.
bool pack_json(std::string_view json, Bytes& out);

}  // namespace filrouge::files

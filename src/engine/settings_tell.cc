// The settings as text: the table of 'filrouge settings', and the commented file of a first start.
#include <span>

#include "engine/settings_record.h"
#include "engine/settings_rows.h"

namespace filrouge::engine {

namespace {

using namespace declared;

std::string list_text(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts)
        list.append(list.empty() ? "\"" : ", \"").append(text).append("\"");
    return "[" + list + "]";
}

template <class T>
std::string default_text(const Row<T>& row) {
    static const T fresh;
    return std::visit(
        [](auto field) -> std::string {
            const auto& value = fresh.*field;
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string>)
                return "\"" + value + "\"";
            else if constexpr (std::is_same_v<Value, bool>)
                return value ? "true" : "false";
            else if constexpr (std::is_same_v<Value, std::vector<std::string>>)
                return list_text(value);
            else if constexpr (std::is_same_v<Value, LegalBasis>) {
                return "\"" + std::string(name_of(value)) + "\"";
            } else
                return std::to_string(value);
        },
        row.field);
}

template <class T>
std::string limit_text(const Row<T>& row) {
    if (row.most != 0) return std::to_string(row.least) + " to " + std::to_string(row.most);
    return row.check == nullptr ? "true or false" : std::string(wanted_by(row.check));
}

template <class T>
void append_rows(std::string& out, std::span<const Row<T>> rows, std::string_view before) {
    constexpr std::size_t kNameColumn = 32;
    constexpr std::size_t kDefaultColumn = 20;
    constexpr std::size_t kLimitColumn = 34;
    const auto padded = [](std::string text, std::size_t width) {
        text.append(text.size() < width ? width - text.size() : 1, ' ');
        return text;
    };
    for (const Row<T>& row : rows) {
        out += padded(std::string(before) + std::string(row.section) + "." + std::string(row.name),
                      kNameColumn) +
               padded(default_text(row), kDefaultColumn) + padded(limit_text(row), kLimitColumn);
        out.append(row.why).push_back('\n');
    }
}

// Commented out, as they would stand in a file.
template <class T>
void append_defaults(std::string& out, std::span<const Row<T>> rows) {
    std::string_view section;
    for (const Row<T>& row : rows) {
        if (row.section != section) {
            section = row.section;
            out.append("\n[").append(section).append("]\n");
        }
        out.append("# ").append(row.why).append("\n# ").append(row.name).append(" = ");
        out.append(default_text(row)).append("\n");
    }
}

}  // namespace

std::string settings_table() {
    std::string out =
        "setting                         default             limit                             "
        "why\n";
    append_rows<S>(out, kSettings, "");
    out += "\n[brand], or one [[brand]] for each shop of a group\n";
    append_rows<B>(out, kBrandRows, "");
    out += "\n[[purpose]]: built in are";
    const Settings settings = default_settings();
    for (const P& purpose : settings.purposes) out += " " + purpose.name;
    out += "; one of the same name takes its place.\n";
    append_rows<P>(out, kPurposeRows, "");
    out += "\n[[source]]: more are made with 'filrouge source create'.\n";
    append_rows<O>(out, kSourceRows, "");
    out += "\n[[identity]]\n";
    append_rows<I>(out, kIdentityRows, "");
    out += "\n[[retention.persons]], [[retention.events]]\n";
    append_rows<PersonTerm>(out, kPersonTermRows, "");
    append_rows<EventTermSetting>(out, kEventTermRows, "");
    return out;
}

std::string default_settings_file() {
    std::string out =
        "# Settings of Filrouge. What is commented out is the default; a change needs a restart.\n"
        "# 'filrouge settings' prints every setting with its limit and its reason.\n";
    append_defaults<S>(out, kSettings);
    append_defaults<B>(out, std::span(kBrandRows).subspan(2));  // id and name are of [[brand]]
    out +=
        "\n# [[source]]\n# id = \"web-shop\"\n# name = \"Web shop\"\n# channel = \"web\"\n"
        "\n# [[purpose]]\n# name = \"research\"\n# basis = \"consent\"\n"
        "# categories = [\"Research\"]\n"
        "\n# [[identity]]\n# type = \"email\"\n# blocked = [\"@shop.example\"]\n"
        "\n# [[retention.persons]]\n# who = \"customer\"\n# days = 1825\n"
        "\n# [[retention.events]]\n# names = [\"Page Viewed\"]\n# days = 760\n";
    return out;
}

}  // namespace filrouge::engine

#include "engine/settings_checks.h"

#include <array>

#include "base/text.h"
#include "collect/phone.h"
#include "consent/contact_channel.h"
#include "consent/contact_rules.h"
#include "engine/settings_record.h"
#include "model/channel.h"
#include "model/identifier.h"
#include "model/money.h"

namespace filrouge::engine {

namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";

bool only(std::string_view text, std::string_view first, std::string_view second) {
    for (const char c : text) {
        if (first.find(c) == first.npos && second.find(c) == second.npos) return false;
    }
    return true;
}

std::string_view unless(bool fits, std::string_view complaint) {
    return fits ? std::string_view() : complaint;
}

bool is_printable(std::string_view text, std::size_t bytes_max) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return text.size() <= bytes_max;
}

}  // namespace

std::string_view check_address(std::string_view text) {
    return unless(!text.empty() && only(text, kLower, ".:") && text.size() <= 45,
                  "must be an IP address");
}
std::string_view check_path(std::string_view text) {
    return unless(is_printable(text, 4'096), "must be the path of a file");
}
std::string_view check_zone(std::string_view text) {
    return unless(!text.empty() && is_printable(text, 64) && text.find(' ') == text.npos,
                  "must be a zone such as Europe/Paris");
}
std::string_view check_currency(std::string_view text) {
    return unless(Currency::parse(text).has_value(), "must be three letters such as EUR");
}
std::string_view check_calling_code(std::string_view text) {
    return unless(collect::is_calling_code(text), "must be a calling code without +, such as 33");
}
std::string_view check_purpose_name(std::string_view text) {
    return unless(!text.empty() && text.size() <= 64 && only(text, kLower, "._-"),
                  "must be 1 to 64 of a-z, 0-9, '.', '_', '-'");
}
std::string_view check_basis(std::string_view text) {
    return unless(basis_named(text).has_value(),
                  "must be consent, contract, legal_obligation or legitimate_interest");
}
std::string_view check_category(std::string_view text) {
    return unless(!text.empty() && is_printable(text, 128), "must be texts of 1 to 128 bytes");
}
std::string_view check_id(std::string_view text) {
    return unless(!text.empty() && text.size() <= 64 && only(text, kLower, "_-"),
                  "must be 1 to 64 of a-z, 0-9, '_', '-'");
}
std::string_view check_name(std::string_view text) {
    return unless(!text.empty() && is_printable(text, 100), "must be a text of 1 to 100 bytes");
}
std::string_view check_write_key(std::string_view text) {
    constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    return unless(text.empty() || (text.size() <= 128 && only(text, kLower, kUpper)),
                  "must be up to 128 letters, digits, '_', '-'");
}
std::string_view check_channel(std::string_view text) {
    return unless(channel_named(text).has_value(), "must be a channel such as web, app or store");
}
std::string_view check_contact_channel(std::string_view text) {
    return unless(consent::contact_channel_named(text).has_value(),
                  "must be all, email, sms, push, phone, post or onsite");
}
std::string_view check_hours(std::string_view text) {
    return unless(consent::parse_window(text).has_value(), "must be hours such as 08:00-20:30");
}
std::string_view check_region(std::string_view text) {
    return unless(consent::region_named(text).has_value(),
                  "must be mainland, alsace-moselle, guadeloupe, martinique, guyane, reunion, "
                  "mayotte, saint-martin or saint-barthelemy");
}
std::string_view check_identifier_type(std::string_view text) {
    return unless(identifier_type_named(text).has_value(),
                  "must be an identifier type such as email or loyalty_card");
}
std::string_view check_field(std::string_view text) {
    const std::size_t letters = text.find_first_not_of('*');
    return unless(letters != text.npos && is_printable(text, 100),
                  "must be names of fields of 1 to 100 bytes");
}
std::string_view check_blocked(std::string_view text) {
    return unless(!text.empty() && is_printable(text, kIdentifierBytesMax),
                  "must be texts of 1 to 256 bytes");
}

std::optional<int> minute_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = parse_int(text.substr(0, 2)), minute = parse_int(text.substr(3));
    if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59)
        return std::nullopt;
    return static_cast<int>(*hour * 60 + *minute);
}
std::string_view check_time_of_day(std::string_view text) {
    return unless(text.empty() || minute_of_day(text).has_value(),
                  "must be a time of the day such as 03:30, or nothing");
}
std::string_view check_kind_of_person(std::string_view text) {
    return unless(text == "customer" || text == "prospect", "must be customer or prospect");
}

std::string_view wanted_by(TextCheck check) {
    constexpr std::string_view kMustBe = "must be ";
    // No text with a control character fits any of them, so the complaint comes.
    std::string_view complaint = check("\x01");
    if (complaint.starts_with(kMustBe)) complaint.remove_prefix(kMustBe.size());
    return complaint;
}

}  // namespace filrouge::engine

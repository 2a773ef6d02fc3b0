// What the text of a setting must look like. A check answers its complaint ("must be ..."), or
// nothing when the text fits.
#pragma once

#include <optional>
#include <string_view>

namespace filrouge::engine {

using TextCheck = std::string_view (*)(std::string_view text);

std::string_view check_address(std::string_view text);
std::string_view check_path(std::string_view text);
std::string_view check_zone(std::string_view text);
std::string_view check_currency(std::string_view text);
std::string_view check_calling_code(std::string_view text);
std::string_view check_purpose_name(std::string_view text);
std::string_view check_basis(std::string_view text);
std::string_view check_category(std::string_view text);
std::string_view check_id(std::string_view text);
std::string_view check_name(std::string_view text);
std::string_view check_write_key(std::string_view text);
std::string_view check_channel(std::string_view text);
std::string_view check_contact_channel(std::string_view text);
std::string_view check_hours(std::string_view text);
std::string_view check_region(std::string_view text);
std::string_view check_identifier_type(std::string_view text);
std::string_view check_field(std::string_view text);
std::string_view check_blocked(std::string_view text);

std::string_view check_time_of_day(std::string_view text);
std::string_view check_kind_of_person(std::string_view text);

// Of "03:30"; nothing where it is no time of a day.
std::optional<int> minute_of_day(std::string_view text);

// The complaint without "must be ", for the table of settings.
std::string_view wanted_by(TextCheck check);

}  // namespace filrouge::engine

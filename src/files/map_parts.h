// The small tables of an import map: texts, properties, times, filters.
#pragma once

#include "files/map.h"
#include "files/map_table.h"

namespace filrouge::files {

// Where a bare text stands, `bare_is_constant` says whether it is the text itself or a column.
TextSpec read_text_spec(MapTable& table, std::string_view key, bool bare_is_constant);
std::vector<PropertySpec> read_properties(MapTable& table, std::string_view key, bool may_sum);
std::vector<IdentifierSpec> read_identifiers(MapTable& table);
TimeSpec read_time(MapTable& table, const std::string& zone);
MoneySpec read_money(MapTable& table, const std::string& currency);
std::vector<ConsentSpec> read_consents(MapTable& table);
std::vector<Filter> read_filters(MapTable& table);

}  // namespace filrouge::files

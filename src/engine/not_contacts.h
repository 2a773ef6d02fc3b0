// Which events the settings call no contact of the person's own, as a Settings record tells them to
// the fold: of an event that leaves no row nothing else remembers later what it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace filrouge::engine {

// Ascending. A record that names none is of the default.
std::vector<std::string> not_contacts_told(std::string_view settings_json);

}  // namespace filrouge::engine

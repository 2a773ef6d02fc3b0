// A time zone by its IANA name, from the machine's tables.
#pragma once

#include <memory>
#include <string>

#include "audience/person.h"

namespace filrouge::engine {

// Nothing when the machine has no such zone.
std::unique_ptr<audience::Zone> find_zone(const std::string& name);

// Which tables they are: "2025b", or a digest of them where the machine does not tell.
std::string zone_tables_version();

}  // namespace filrouge::engine

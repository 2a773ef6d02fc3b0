// A person's export (docs/formats/export.md) as a page that stands alone: no script, no address to
// load anything from, every word of it escaped.
#pragma once

#include <string>

#include "seam/listener.h"

namespace filrouge::http {

HttpResponse export_page(const std::string& json, bool french);

}  // namespace filrouge::http

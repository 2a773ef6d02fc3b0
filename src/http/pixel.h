// The answer of a tracking pixel: a transparent GIF of one pixel, whatever happened.
#pragma once

#include "seam/listener.h"

namespace filrouge::http {

HttpResponse pixel_response();

}  // namespace filrouge::http

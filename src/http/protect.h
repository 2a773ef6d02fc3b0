// What every page of ours tells the browser: nothing but what this server serves, no inline script
// or style, in no frame, and no address of ours told to others.
#pragma once

#include "seam/listener.h"

namespace filrouge::http {

inline void protect(HttpResponse& response) {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'self'; object-src 'none'; frame-ancestors 'none'; "
                                  "base-uri 'none'; form-action 'self'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    // Not "no-referrer": under it a browser sends our own forms with "Origin: null", which is
    // refused.
    response.headers.emplace_back("Referrer-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace filrouge::http

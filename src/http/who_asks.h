// Who sends a request: by a bearer token, a user of Basic, or a browser's session cookie.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/access_desk.h"
#include "seam/listener.h"

namespace filrouge::engine {
class Runtime;
}

namespace filrouge::http {

// A page that refreshes itself says so by this header: "1". Such a request keeps no session alive.
constexpr std::string_view kBackgroundHeader = "x-filrouge-background";

struct Asker {
    engine::SignedIn in;     // the id is empty where no session asks
    bool by_cookie = false;  // then a change must come from our own page
};

// Errors: http.no_credential, http.unknown_token.
Result<Asker> who_asks(engine::Runtime& runtime, const HttpRequest& request, engine::Use use);

}  // namespace filrouge::http

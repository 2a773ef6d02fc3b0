// What every handler of the customer's own door does: whose session it is, in which language the
// answer is, and where a form leads back to.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/call.h"
#include "http/protect.h"

namespace filrouge::http {

constexpr std::string_view kMeCookie = "__Host-filrouge-me";

bool speaks_french(const Call& call);
// Never kept by a browser or a proxy: it is one person's.
void send_page(const Call& call, std::string body, int status = 200);
// After a form: the page again, so that a reload sends nothing twice. `said` is what it tells.
void send_back(const Call& call, std::string_view said, std::string_view cookie_now = {});
// Whose session this request has. Answers the request itself when there is none, when a form was
// not sent from our own page, or when who reads cannot be written down; a withdrawal goes on then.
std::optional<std::string> signed_in(Call& call);
// For what goes through the whole log, before it waits for a thread. Answers the request itself
// when there is no session, or when what its person asked for before is still under way. The
// handler gives call.turn back before it answers, so that the next may be asked for at once.
bool take_me_turn(Call& call);
std::string form_value(const Call& call, std::string_view name);
// For pool threads: returns once the command has answered.
Result<std::string> wait_for(const std::function<void(engine::Reply)>& command);

}  // namespace filrouge::http

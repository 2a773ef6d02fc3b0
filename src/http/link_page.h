// What a link in a mail leads to: a page with a sentence and perhaps a button, in English or
// French, without script or style. Following such a link changes nothing, for what scans mails
// follows links and presses nothing.
#pragma once

#include <string_view>

#include "http/call.h"

namespace filrouge::http {

bool wants_french(const Call& call);

struct LinkPage {
    int status = 200;
    std::string_view title;
    std::string_view text;    // below it; may be empty
    std::string_view button;  // to the same address; empty: none
    // What the button sends, name and value; may be empty.
    std::string_view field, value;
};
void reply_link_page(const Call& call, const LinkPage& page);

}  // namespace filrouge::http

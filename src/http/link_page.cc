#include "http/link_page.h"

#include "http/html.h"

namespace filrouge::http {

bool wants_french(const Call& call) {
    return call.request.header("accept-language").substr(0, 2) == "fr";
}

void reply_link_page(const Call& call, const LinkPage& told) {
    HttpResponse page;
    page.status = told.status;
    page.headers = {{"Content-Type", "text/html; charset=utf-8"},
                    {"Cache-Control", "no-store"},
                    {"Referrer-Policy", "no-referrer"},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Content-Security-Policy",
                     "default-src 'none'; form-action 'self'; frame-ancestors 'none'"}};
    if (told.status >= 500) page.headers.emplace_back("Retry-After", kDiskFullRetry);
    std::string& out = page.body;
    out.append("<!doctype html><html lang=\"").append(wants_french(call) ? "fr" : "en");
    out.append("\"><meta name=\"viewport\" content=\"width=device-width\"><title>");
    out.append(told.title).append("</title><main><h1>").append(told.title).append("</h1>");
    if (!told.text.empty()) out.append("<p>").append(told.text).append("</p>");
    if (!told.button.empty()) {  // to the same address
        out.append("<form method=\"post\">");
        if (!told.field.empty())
            out.append("<input type=\"hidden\" name=\"")
                .append(told.field)
                .append("\" value=\"")
                .append(told.value)
                .append("\">");
        out.append("<button>").append(told.button).append("</button></form>");
    }
    out.append("</main></html>");
    call.reply(std::move(page));
}

}  // namespace filrouge::http

// The files that browsers fetch: the console's, the banner's, and the API's document.
#include "http/call.h"
#include "http/handlers.h"
#include "http/protect.h"
#include "http/static_file.h"

namespace filrouge::http {

namespace {

void send(const Call& call, std::optional<HttpResponse> file) {
    if (!file)
        return call.reply_text(404, "This build has no such file: './dev console' builds them.");
    protect(*file);
    call.reply(*std::move(file));
}

void send_file(const Call& call, std::string_view name, std::string_view caching) {
    send(call, static_file(call.request, name, caching));
}

}  // namespace

void openapi(const CallPtr& call) { send_file(*call, "api.json", "no-cache"); }

void page_style(const CallPtr& call) { send_file(*call, "style.css", "no-cache"); }

void console_licences(const CallPtr& call) { send_file(*call, "licences.txt", "no-cache"); }

// Never kept: it names the files of the build that serves it.
void console_index(const CallPtr& call) { send_file(*call, "index.html", "no-store"); }

// A file's name changes with its content, so it can be kept for ever.
void console_asset(const CallPtr& call) {
    send_file(*call, "assets/" + call->values.at(0), kKeptForEver);
}

// For pages of other sites, which may check it by its hash (crossorigin and integrity).
void banner_script(const CallPtr& call) {
    auto file =
        static_file(call->request, "banner/" + call->values.at(0) + "/banner.js", kKeptForEver);
    if (file) {
        file->headers.emplace_back("Access-Control-Allow-Origin", "*");
        file->headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
    }
    send(*call, std::move(file));
}

}  // namespace filrouge::http

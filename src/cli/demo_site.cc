#include "cli/demo_site.h"

#include <array>
#include <fstream>

#include "base/text.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/credentials.h"
#include "http/static_file.h"

namespace filrouge::cli {
namespace {

constexpr std::uint64_t kBodyBytesMax = 4 * 1024;
constexpr std::size_t kIdBytesMax = 64;
constexpr unsigned kThreads = 2;
constexpr std::size_t kQueueMax = 16;

struct Page {
    std::string_view path, file;
};
constexpr std::array<Page, 5> kPages = {{
    {"/", "index.html"},
    {"/tour", "index.html"},
    {"/shop", "shop.html"},
    {"/till", "till.html"},
    {"/kiosk", "kiosk.html"},
}};

// Nothing but its own files and what it asks Filrouge; /my-data leads there.
void protect(HttpResponse& response, const std::string& server) {
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'self'; script-src 'self' " + server + "; connect-src 'self' " + server +
            "; form-action 'self' " + server +
            "; object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "same-origin");
}

HttpResponse redirect(int status, std::string to) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Location", std::move(to));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse json_response(std::string body) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

HttpResponse failed(const Error& error) {
    if (error.code == "demo.no_visitor")
        return http::text_response(404, error.message + " " + error.hint);
    return http::text_response(502, error.message);
}

// What a page may be told in: an id, a card or a time, which all end up in addresses of the API.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= kIdBytesMax &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789-_:.") == std::string_view::npos;
}

HttpResponse tour_state(const DemoOffice& office, std::string_view body) {
    const auto object = http::read_object(body);
    if (!object.ok()) return http::problem_response(400, object.error());
    const auto text = [&object](const char* name) {
        return http::text_of(object.value(), name).value_or("");
    };
    const DemoTourAsk ask{text("anonymous_id"), text("card"), text("since"), text("read_since")};
    for (const std::string* part : {&ask.anonymous_id, &ask.card, &ask.since, &ask.read_since}) {
        if (!is_plain(*part)) return http::problem_response(422, http::missing_field("card"));
    }
    const Result<std::string> state = office.tour_state(ask);
    return state.ok() ? json_response(state.value()) : failed(state.error());
}

HttpResponse tour_card(const DemoOffice& office, std::string_view body) {
    const auto object = http::read_object(body);
    if (!object.ok()) return http::problem_response(400, object.error());
    const std::string card = http::text_of(object.value(), "card").value_or("");
    if (!DemoOffice::is_card(card)) return http::problem_response(422, http::missing_field("card"));
    const Result<void> issued = office.issue_card(card);
    return issued.ok() ? json_response("{}") : failed(issued.error());
}

HttpResponse my_data(const DemoOffice& office, std::string_view form) {
    const std::string id = http::query_value(form, "anonymous_id").value_or("");
    const Result<std::string> link =
        is_plain(id) ? office.my_data(id)
                     : Result<std::string>(Error{"demo.no_visitor", "Nothing is known of you.",
                                                 "Allow measurement in the shop first."});
    return link.ok() ? redirect(303, link.value()) : failed(link.error());
}

}  // namespace

DemoSite::DemoSite(DemoSiteOptions options, DemoOffice office)
    : options_(std::move(options)), office_(std::move(office)), pool_(kThreads, kQueueMax) {}

std::unique_ptr<HttpResponse> DemoSite::refuse(const HttpRequest& head, const Arrival& arrival) {
    // A name of somebody else that leads to this machine would make its page one of ours.
    const std::string port = ":" + std::to_string(options_.port);
    const std::string_view host = head.header("host");
    if (host != "127.0.0.1" + port && host != "localhost" + port)
        return std::make_unique<HttpResponse>(
            http::text_response(421, "This is http://127.0.0.1" + port + "/ of this machine."));
    if (arrival.content_length > kBodyBytesMax)
        return std::make_unique<HttpResponse>(http::text_response(413, "Too large."));
    return nullptr;
}

std::string DemoSite::site_json() const {
    const auto key = [this](DemoDoor door) {
        const auto at = options_.keys.find(door);
        return at == options_.keys.end() ? std::string() : at->second;
    };
    return json_object([&](JsonWriter& j) {
        j.field("server", options_.server).key("keys").open_object();
        j.field("web", key(DemoDoor::Web)).field("till", key(DemoDoor::Till));
        j.field("kiosk", key(DemoDoor::Kiosk)).close();
    });
}

HttpResponse DemoSite::file(const HttpRequest& request, const std::string& name) const {
    const bool is_page = name.ends_with(".html");
    auto found =
        http::static_file(request, "shop/" + name, is_page ? "no-store" : http::kKeptForEver);
    if (!found)
        return http::text_response(404, "There is nothing here. './dev console' builds the pages.");
    protect(*found, options_.server);
    return *std::move(found);
}

// As an administrator: by the link of the first start, while nobody has used it; then by the cookie
// that it left.
HttpResponse DemoSite::console(const HttpRequest& request) const {
    const std::string person = http::query_value(request.query, "person").value_or("");
    const bool somebody = is_plain(person);
    std::ifstream link(options_.data + "/secrets/admin-link");
    std::string secret;
    if (std::getline(link, secret) && !secret.empty())
        return redirect(302, options_.server + "/admin?secret=" + secret +
                                 (somebody ? "&person=" + person : std::string()));
    return redirect(302, options_.server + (somebody ? "/#/people/" + person : std::string("/")));
}

HttpResponse DemoSite::get(const HttpRequest& request) const {
    for (const Page& page : kPages) {
        if (request.path == page.path) return file(request, std::string(page.file));
    }
    if (request.path == "/site.json") return json_response(site_json());
    if (request.path == "/console") return console(request);
    if (request.path.starts_with("/assets/")) return file(request, request.path.substr(1));
    return http::text_response(404, "There is nothing here.");
}

HttpResponse DemoSite::post(const HttpRequest& request) const {
    if (request.path == "/tour/state") return tour_state(office_, request.body);
    if (request.path == "/tour/card") return tour_card(office_, request.body);
    if (request.path == "/my-data") return my_data(office_, request.body);
    return http::text_response(404, "There is nothing here.");
}

void DemoSite::handle(HttpRequest request, Responder responder) {
    if (request.method == "GET" || request.method == "HEAD") return responder->reply(get(request));
    const bool ours = request.method == "POST" && request.body.size() <= kBodyBytesMax &&
                      http::comes_from_own_page(request);
    if (!ours) return responder->reply(http::text_response(403, "Only this site's own pages may."));
    const bool taken = pool_.run(
        [this, request = std::move(request), responder] { responder->reply(post(request)); });
    if (!taken) responder->reply(http::text_response(503, "Ask again in a moment."));
}

}  // namespace filrouge::cli

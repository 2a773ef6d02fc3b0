#include "http/export_page.h"

#include <boost/json.hpp>

#include "http/person_page.h"

namespace filrouge::http {

HttpResponse export_page(const std::string& text, bool french) {
    PersonPage page(french);
    page.paragraph({"Made on your request. Times are UTC.",
                    "Établi à votre demande. Les heures sont en UTC."});
    add_person(page, boost::json::parse(text));
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; "
                                  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"filrouge.html\"");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.body = page.finished({"What we know about you", "Ce que nous savons de vous"});
    return response;
}

}  // namespace filrouge::http

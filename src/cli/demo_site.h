// The pages of the demonstration: the tour, the shop, a till and a kiosk, on a port beside the
// server's. They are another site than Filrouge's, as a shop's are, and reach it as any shop does.
#pragma once

#include <memory>
#include <string>

#include "cli/demo_office.h"
#include "http/blocking_pool.h"
#include "seam/listener.h"

namespace filrouge::cli {

struct DemoSiteOptions {
    std::string server;      // "http://127.0.0.1:8180", as browsers reach Filrouge
    std::uint16_t port = 0;  // its own
    std::string data;        // folder of the server, whose sign-in link is passed on
    DemoKeys keys;           // public: a page shows them to everybody
};

// For this machine alone: it signs its visitor in as the demonstration's administrator, so it
// answers only to the names of this machine, and changes something only for its own pages.
class DemoSite final : public HttpHandler {
  public:
    DemoSite(DemoSiteOptions options, DemoOffice office);
    std::unique_ptr<HttpResponse> refuse(const HttpRequest& head, const Arrival& arrival) override;
    bool goes_first(const HttpRequest&) override { return true; }
    void handle(HttpRequest request, Responder responder) override;

  private:
    HttpResponse get(const HttpRequest& request) const;
    HttpResponse post(const HttpRequest& request) const;  // blocks
    HttpResponse file(const HttpRequest& request, const std::string& name) const;
    HttpResponse console(const HttpRequest& request) const;
    std::string site_json() const;
    const DemoSiteOptions options_;
    const DemoOffice office_;
    http::BlockingPool pool_;  // last: its threads use the others
};

}  // namespace filrouge::cli

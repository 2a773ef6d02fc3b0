// What the back office of the demonstration's shop does for its pages, through the API, as the
// systems of a real shop would: it issues cards, makes links for customers, and looks up how far a
// visitor's tour got.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/demo_setup.h"
#include "seam/clock.h"
#include "seam/http_client.h"

namespace filrouge::cli {

struct DemoTourAsk {
    std::string anonymous_id;  // of the visitor's browser
    std::string card;
    std::string since;       // ISO 8601: when the tour began
    std::string read_since;  // ISO 8601: reads of the profile from then on count
};

// Any thread may call; each call has a connection of its own and blocks. Errors:
// "demo.unreachable", "demo.refused", "demo.no_visitor".
class DemoOffice {
  public:
    DemoOffice(std::string url, std::string token, std::string till_key,
               std::function<std::unique_ptr<HttpClient>()> http, Clock& clock);
    // "CAM" and ten hexadecimal digits, as the pages draw them.
    static bool is_card(std::string_view card);
    // A card of a customer of the stores: filled in on paper 40 days ago, used once since.
    Result<void> issue_card(std::string_view card) const;
    // {"web": id or null, "card": id or null, "till_sale", "looked", "member"}: the last three
    // whether the card was used at a till, somebody read the profile, and it is in the audience of
    // step 4.
    Result<std::string> tour_state(const DemoTourAsk& ask) const;
    // The address of /me that signs this browser's visitor in, once.
    Result<std::string> my_data(std::string_view anonymous_id) const;

  private:
    Result<HttpReply> ask(std::string_view method, std::string_view path, std::string body) const;
    Result<std::optional<std::string>> find(std::string_view type, std::string_view value) const;
    Result<bool> used_at_till(const std::string& profile, std::string_view since) const;
    Result<bool> was_read(const std::string& profile, const std::string& since) const;
    Result<bool> is_member(const std::string& profile) const;
    std::string url_, token_, till_key_;
    std::function<std::unique_ptr<HttpClient>()> http_;
    Clock& clock_;
};

}  // namespace filrouge::cli

// Makes what the demonstration needs through the API, as an administrator would: its sources and a
// few audiences. What is there already is left as it is.
#pragma once

#include <array>
#include <map>
#include <string>

#include "base/result.h"
#include "cli/demo_event.h"
#include "seam/http_client.h"

namespace filrouge::cli {

struct DemoAudience {
    std::string_view name, purpose, rule;
};
constexpr std::array<DemoAudience, 6> kDemoAudiences = {{
    {"Left a basket", "measurement", "Product Added then not Order Completed within 3 minutes"},
    {"Looked online, bought in store", "measurement",
     "any(Product Viewed where channel in (web, app)) and any(Order Completed where channel = "
     "store)"},
    {"Hesitates over a coat", "measurement",
     "count(Product Viewed where category = \"Manteaux\", last 7 days) >= 3 and not any(Order "
     "Completed where products.category = \"Manteaux\", last 90 days)"},
    {"Good customers who like letters", "marketing.email",
     "sum(Order Completed.revenue, last 365 days) > 300 EUR and consent(marketing.email)"},
    {"On several channels today", "measurement", "distinct(*.channel, today) >= 2"},
    {"Two orders in 90 days", "measurement", "count(Order Completed, last 90 days) >= 2"},
}};

// What the shop's banner and its account page ask by: docs/banner.md.
struct DemoWords {
    std::string_view purpose, fr, en;
};
constexpr std::array<DemoWords, 4> kDemoWords = {{
    {"measurement",
     "Mesurer l’usage de nos pages\nNous comptons ce qui est regardé et acheté, pour tenir nos "
     "rayons et voir ce qui vous relie à nos magasins.",
     "Measure how our pages are used\nWe count what is looked at and bought, to keep our shelves "
     "and to see what ties you to our stores."},
    {"personalisation", "Adapter la boutique à vos goûts\nMontrer d’abord ce qui vous ressemble.",
     "Adapt the shop to you\nShow first what is like you."},
    {"profiling", "Vous montrer nos annonces ailleurs\nChoisies d’après ce que vous regardez ici.",
     "Show you our advertisements elsewhere\nChosen by what you look at here."},
    {"marketing.email", "Oui, écrivez-moi au sujet des nouveautés et des offres.",
     "Yes, write to me about new pieces and offers."},
}};

using DemoKeys = std::map<DemoDoor, std::string>;  // write keys

// Errors: "demo.unreachable" (nobody answers, or not yet) and "demo.refused" with what was said.
Result<DemoKeys> set_up_demo(HttpClient& http, const std::string& url, const std::string& token);

}  // namespace filrouge::cli

// docs/tracking.md does not lie: each of its json blocks is sent by the route it names, and fits,
// is quarantined or is refused as it says. Every code of fit.h stands in the page.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "collect/fit.h"
#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

std::string page() {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    std::ifstream in(root / "docs/tracking.md");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string outcome(Door& door, std::string_view route_name, const std::string& body) {
    const Route route = route_name == "batch"      ? Route::Batch
                        : route_name == "identify" ? Route::Identify
                                                   : Route::Track;
    const auto parsed = door.parse(route, body);
    if (!parsed.ok()) return "error " + parsed.error().code;
    for (const Item& item : parsed.value().items) {
        if (const auto* unfit = std::get_if<Unfit>(&item)) return "unfit " + unfit->code;
    }
    return "fits";
}

TEST(TrackingPage, ItsExamplesAreTrue) {
    Door door;
    const std::string text = page();
    std::size_t examples = 0;
    for (std::size_t at = text.find("```json "); at != std::string::npos;
         at = text.find("```json ", at)) {
        const std::size_t line_end = text.find('\n', at);
        const std::string heading = text.substr(at + 8, line_end - at - 8);
        const std::size_t end = text.find("```", line_end);
        ASSERT_NE(end, std::string::npos);
        const std::string route = heading.substr(0, heading.find(' '));
        EXPECT_EQ(outcome(door, route, text.substr(line_end + 1, end - line_end - 1)),
                  heading.substr(route.size() + 1));
        ++examples;
        at = end + 3;
    }
    EXPECT_GE(examples, 14u);
}

TEST(TrackingPage, NamesEveryReasonForQuarantine) {
    const std::string text = page();
    for (const FitRow& row : kFitRows) {
        if (row.fit == Fit::Ok) continue;
        EXPECT_NE(text.find(std::string(row.code)), std::string::npos) << row.code;
        EXPECT_EQ(&row_of(row.fit), &row);
    }
}

}  // namespace
}  // namespace filrouge::collect

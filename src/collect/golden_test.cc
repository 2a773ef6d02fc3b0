// Bodies as the four SDKs send them (test/golden/tracking/x.json), and what we make of each
// (x.txt, for people to read). FILROUGE_GOLDEN_UPDATE=1 writes the .txt files anew: read the
// difference before committing it.
//
// segment_node, segment_browser and rudder_node were captured from @segment/analytics-node 3.1.0,
// @segment/analytics-next 1.84.3 and @rudderstack/rudder-sdk-node 3.0.13 running against a small
// server; rudder_browser is composed from the published protocol of @rudderstack/analytics-js
// 3.34.1. The people in them do not exist.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder =
    fs::path(__FILE__).parent_path().parent_path().parent_path() / "test/golden/tracking";

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Route route_of(const std::string& name) {
    for (const auto& [part, route] :
         {std::pair{"_batch", Route::Batch}, std::pair{"_identify", Route::Identify},
          std::pair{"_page", Route::Page}, std::pair{"_screen", Route::Screen},
          std::pair{"_group", Route::Group}, std::pair{"_alias", Route::Alias}}) {
        if (name.find(part) != std::string::npos) return route;
    }
    return Route::Track;
}

std::string describe(const Item& item) {
    std::ostringstream out;
    if (const auto* unfit = std::get_if<Unfit>(&item)) {
        out << "unfit " << unfit->code << "\n";
        return out.str();
    }
    const auto& in = std::get<Incoming>(item);
    static constexpr const char* kKinds[] = {"track",  "identify", "page",
                                             "screen", "group",    "alias"};
    const Event& event = in.event;
    out << kKinds[static_cast<int>(event.kind)] << " " << event.name << "\n";
    out << "  message    " << event.message_id << "\n";
    out << "  at         " << (event.at - kReceived).us / 1'000 << " ms after it was received\n";
    out << "  channel    " << name_of(event.channel) << "\n";
    out << "  who        " << identifiers(in) << "\n";
    if (event.has_value) out << "  value      " << event.value.text() << "\n";
    if (event.quantity != 0) out << "  quantity   " << fixed_text(event.quantity) << "\n";
    if (!event.product.empty()) out << "  product    " << event.product << "\n";
    for (const NamedConsent& consent : in.consents) {
        out << "  consent    " << consent.name << (consent.granted ? " granted" : " refused")
            << "\n";
    }
    out << "  bot        " << static_cast<int>(in.bot) << ", flags " << int{event.flags} << "\n";
    out << "  properties " << properties(in) << "\n";
    out << "  traits     " << traits(in) << "\n";
    out << "  context    " << context(in) << "\n";
    return out.str();
}

TEST(Golden, EverySdkIsUnderstoodAsItSends) {
    const bool update = std::getenv("FILROUGE_GOLDEN_UPDATE") != nullptr;
    std::vector<fs::path> bodies;
    for (const auto& entry : fs::directory_iterator(kFolder)) {
        if (entry.path().extension() == ".json") bodies.push_back(entry.path());
    }
    std::sort(bodies.begin(), bodies.end());
    ASSERT_GE(bodies.size(), 12u);
    for (const fs::path& body : bodies) {
        Door door;
        const auto parsed = door.parse(route_of(body.stem().string()), read_file(body));
        ASSERT_TRUE(parsed.ok()) << body;
        std::string text;
        for (const Item& item : parsed.value().items) text += describe(item);
        fs::path expected = body;
        expected.replace_extension(".txt");
        if (update) std::ofstream(expected, std::ios::binary) << text;
        EXPECT_EQ(text, read_file(expected)) << body;
    }
}

}  // namespace
}  // namespace filrouge::collect

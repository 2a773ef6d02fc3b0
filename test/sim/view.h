// What the shop's staff are shown, asked of the routes as the console asks them.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model.h"
#include "sim/world.h"

namespace filrouge::sim {

std::string user_of(std::uint32_t person);
std::string device_name(std::uint32_t person);
std::string text_of(const SentEvent& event);  // as an SDK sends it

class View {
  public:
    View(Scheduler& scheduler, World& world, std::vector<std::string>& faults)
        : scheduler_(scheduler), world_(world), faults_(faults) {}

    boost::json::value ask(std::string_view target);  // null: no answer, or another than 200
    Model::Threads show_all(std::uint32_t persons);
    // Once it is filled; nothing when the life is over first.
    std::optional<std::set<std::string>> members(const std::string& audience);
    std::int64_t now();  // the log's, as the answers go by it
    std::optional<HttpResponse> find(ThreadKey key);
    static std::string id_of(const HttpResponse& found);
    std::optional<std::string> profile_of(ThreadKey key);
    const std::map<ThreadKey, std::string>& profiles() const { return profiles_; }

    Shown show(ThreadKey key);

  private:
    void read_thread(ThreadKey key, bool of_views, Shown& shown);

    Scheduler& scheduler_;
    World& world_;
    std::vector<std::string>& faults_;
    std::map<ThreadKey, std::string> profiles_;  // ids, as last shown
    std::set<std::int64_t> sequences_;           // of the events of one round
};

}  // namespace filrouge::sim

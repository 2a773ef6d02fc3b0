#include "sim/parting.h"

#include <boost/json.hpp>

namespace filrouge::sim {

namespace json = boost::json;

std::optional<bool> Parting::decide(std::uint32_t person) {
    const auto id = view_.profile_of(person);
    if (!id) return std::nullopt;
    const json::value graph = view_.ask("/api/v1/profiles/" + *id + "/graph");
    if (!graph.is_object() || graph.at("edges").as_array().empty()) return std::nullopt;
    const json::array& edges = graph.at("edges").as_array();
    const json::value& evidence = edges[scheduler_.below(edges.size())];
    const bool parts = evidence.at("state").as_string() == "accepted";
    const json::value asked = {{"action", parts ? "withdraw" : "restore"},
                               {"a", evidence.at("a")},
                               {"b", evidence.at("b")},
                               {"reason", "A borrowed phone."}};
    model_.begin_decision(person, parts);
    const auto answer = world_.send("POST", "/api/v1/identity/decisions", json::serialize(asked),
                                    world_.operator_token());
    if (!answer) return false;
    const bool done = answer->status == 200 || answer->status == 201;
    model_.end_decision(person, done);
    if (done) ++decided_;
    if (answer->status >= 400 && answer->status < 500 && answer->status != 429)
        faults_.push_back("a decision on evidence that is shown was answered " +
                          std::to_string(answer->status) + " " + answer->body);
    if (done && parts) check_parted(person);
    return done;
}

// At once, while others go on: whatever they send of both does not join them again.
void Parting::check_parted(std::uint32_t person) {
    const auto account = view_.profile_of(person), device = view_.profile_of(device_of(person));
    if (world_.over() || !account || !device) return;
    if (*account == *device)
        faults_.push_back("person " + std::to_string(person) +
                          " and their device are one after their evidence was taken back");
}

}  // namespace filrouge::sim

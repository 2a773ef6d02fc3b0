// Decisions of staff on the evidence that ties an account to its device: taken back, and put back,
// as the console does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model.h"
#include "sim/view.h"
#include "sim/world.h"

namespace filrouge::sim {

class Parting {
  public:
    Parting(Scheduler& scheduler, World& world, View& view, Model& model,
            std::vector<std::string>& faults)
        : scheduler_(scheduler), world_(world), view_(view), model_(model), faults_(faults) {}

    // One decision, the contrary of what holds now. Nothing: there is no evidence to decide on.
    // False: it has no answer, or one that does not say that it is done. The caller lets nobody
    // else decide on the person, or erase them, meanwhile.
    std::optional<bool> decide(std::uint32_t person);
    std::uint32_t decided() const { return decided_; }

  private:
    void check_parted(std::uint32_t person);

    Scheduler& scheduler_;
    World& world_;
    View& view_;
    Model& model_;
    std::vector<std::string>& faults_;
    std::uint32_t decided_ = 0;
};

}  // namespace filrouge::sim

// The public name of a person: 128 bits that nobody can guess or walk, made of the fragment number
// by AES-256 under a process key (a pseudo-random permutation of one block: number, then zeros).
// Nothing is stored, no table is looked up, and a forged name does not decode. docs/decisions/0003.
#pragma once

#include <optional>

#include "model/identifier.h"
#include "storage/seal.h"

namespace filrouge::engine {

class ProfileNames {
  public:
    explicit ProfileNames(const DataKey& key) : key_(key) {}
    ProfileId name_of(FragmentNo fragment) const;
    std::optional<FragmentNo> fragment_of(const ProfileId& id) const;

  private:
    DataKey key_;
};

}  // namespace filrouge::engine

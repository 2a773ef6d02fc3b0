// One long answer at a time for each person at their own door, however many sessions they have:
// what reads the whole log has a few threads, and the shop's questions wait for them, too.
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace filrouge::http {

class MeTurns {
  public:
    // Nothing while the person has one. It is given back with its last copy, which this outlives.
    std::shared_ptr<void> take(const std::string& profile);

  private:
    std::mutex mutex_;
    std::set<std::string> taken_;  // guarded by mutex_
};

}  // namespace filrouge::http

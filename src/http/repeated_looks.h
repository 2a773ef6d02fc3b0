// Which looks a page that refreshes itself repeats, so that the audit tells of who looked and is
// not filled by a window left open. The first is always told, and the next past a quarter of an
// hour.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace filrouge::http {

constexpr Duration kSameLook = minutes(15);
// Past it all are forgotten, and told once more when they come again.
constexpr std::size_t kLooksKeptMax = 4'096;

// Thread-safe. In memory alone: after a start everything is told anew.
class RepeatedLooks {
  public:
    // `look` names a session, an address and its answer. Whether the same one was told within
    // kSameLook; if not, it is told now.
    bool is_repeated(const std::string& look, IngestTime now);

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, IngestTime> told_;  // when each was told last
};

}  // namespace filrouge::http

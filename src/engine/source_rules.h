// The reading rules of each source, made from settings once and shared by its requests: those by
// which the doors read, and by which quarantine reads again.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "collect/rules.h"
#include "engine/runtime.h"
#include "engine/settings.h"

namespace filrouge::engine {

class SourceRules {
  public:
    explicit SourceRules(const Settings& settings);
    std::shared_ptr<const collect::Rules> of(const SourceInfo& source, bool import) const;
    std::shared_ptr<const collect::Rules> common() const { return common_; }

  private:
    std::vector<collect::Blocked> blocked_by(std::string_view calling_code) const;

    std::vector<IdentityLimit> identity_;
    std::shared_ptr<const collect::Rules> common_;
    std::map<std::string, std::string, std::less<>> calling_codes_;  // by brand
    mutable std::mutex mutex_;
    // Guarded by mutex_; few differ in brand, currency, strictness and late limit.
    mutable std::vector<std::shared_ptr<const collect::Rules>> made_;
};

}  // namespace filrouge::engine

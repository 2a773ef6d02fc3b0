// Reads the entries of the audit, oldest first: the newest of them from memory, once they were read
// from the log, so that neither the list of all nor "who looked" of one person reads it again.
// Thread-safe: one question at a time, in the order they come.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/audit_places.h"
#include "engine/rights_desk.h"
#include "storage/log.h"

namespace filrouge::engine {

constexpr std::size_t kAuditHeldMax = 500'000;  // entries, of 48 bytes

class AuditReader {
  public:
    // `held_max`: 0 holds nothing, and every question reads the log.
    explicit AuditReader(Log& log, std::size_t held_max = kAuditHeldMax)
        : log_(log), held_max_(held_max) {}
    // Beforehand, so many stretches at most; answers whether all that is known of is read.
    Result<bool> read_ahead(const AuditStretches& where, std::size_t stretches);
    // Calls `each` with number and entry, for all that were noted between the two times and for
    // others: who asks looks at the time.
    using Each = std::function<void(std::uint64_t number, const AuditEntry& entry)>;
    Result<void> read(const AuditStretches& where, IngestTime from, IngestTime to,
                      const Each& each);

  private:
    struct Held {
        std::uint64_t number = 0;
        std::int64_t at_us = 0;
        ProfileId profile;
        std::uint32_t actor = 0, route = 0;  // in names_
        std::uint16_t status = 0;
        Role role = Role::None;
    };
    std::uint32_t number_of(const std::string& name);
    Result<bool> read_on(const AuditStretches& where, std::size_t stretches);
    void let_go();

    Log& log_;
    const std::size_t held_max_;
    std::mutex mutex_;  // guards all below
    std::vector<Held> held_;
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::uint64_t held_from_ = 1;  // the audit of this sequence and later is held
    std::uint64_t read_to_ = 0;    // up to this one
};

}  // namespace filrouge::engine

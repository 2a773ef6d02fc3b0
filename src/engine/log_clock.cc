#include "engine/log_clock.h"

#include <cstdlib>

namespace filrouge::engine {

namespace {

void raise_to(std::atomic<std::int64_t>& value, std::int64_t to) {
    std::int64_t known = value.load();
    while (known < to && !value.compare_exchange_weak(known, to)) {
    }
}

}  // namespace

void LogClock::raise(IngestTime to) {
    raise_to(latest_us_, to.us);
    raise_to(offset_us_, to.us - machine_.monotonic().us);
}

// The wall clock is read first: whoever is kept waiting between the two looks takes it for behind,
// and never for ahead.
std::int64_t LogClock::believed_us() {
    const std::int64_t wall = machine_.now().us;
    const std::int64_t monotonic = machine_.monotonic().us;
    const std::int64_t offset = wall - monotonic, known = offset_us_.load();
    if (offset - known > kLeapUs) return while_leapt(wall, monotonic);
    if (offset > known) raise_to(offset_us_, offset);
    if (held_us_.load() != 0) {
        const std::lock_guard lock(mutex_);
        leap_.reset();  // it was put right
        held_us_ = 0;
    }
    return wall;
}

std::int64_t LogClock::while_leapt(std::int64_t wall_us, std::int64_t monotonic_us) {
    const std::lock_guard lock(mutex_);
    const std::int64_t by = wall_us - monotonic_us - offset_us_.load();
    if (by <= kLeapUs) return wall_us;  // another thread has believed it meanwhile
    if (!leap_ || std::abs(by - leap_->by_us) > kSameLeapUs) leap_ = Leap{monotonic_us, by};
    const bool settles = monotonic_us < settled_at_us_;
    if (!settles && monotonic_us - leap_->since_us < held_for({by}).us) {
        held_us_ = by;
        return monotonic_us + offset_us_.load();
    }
    raise_to(offset_us_, wall_us - monotonic_us);
    leap_.reset();
    held_us_ = 0;
    return wall_us;
}

}  // namespace filrouge::engine

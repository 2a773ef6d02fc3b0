#include "engine/zone.h"

#include <date/tz.h>

namespace filrouge::engine {
namespace {

using LocalUs = date::local_time<std::chrono::microseconds>;
using SysUs = date::sys_time<std::chrono::microseconds>;

class TzZone final : public audience::Zone {
  public:
    explicit TzZone(const date::time_zone* zone) : zone_(zone) {}
    std::int64_t local_from_utc_us(std::int64_t utc_us) const override {
        return zone_->to_local(SysUs{std::chrono::microseconds{utc_us}}).time_since_epoch().count();
    }
    std::int64_t utc_from_local_us(std::int64_t local_us) const override {
        const LocalUs local{std::chrono::microseconds{local_us}};
        const date::local_info info = zone_->get_info(local);
        // In a gap the clock jumps over the moment: the first instant after it. When it happens
        // twice: the first.
        if (info.result == date::local_info::nonexistent) {
            return std::chrono::duration_cast<std::chrono::microseconds>(
                       info.second.begin.time_since_epoch())
                .count();
        }
        return local_us - std::chrono::microseconds(info.first.offset).count();
    }

  private:
    const date::time_zone* zone_;
};

}  // namespace

std::unique_ptr<audience::Zone> find_zone(const std::string& name) {
    try {
        return std::make_unique<TzZone>(date::locate_zone(name));
    } catch (const std::exception&) {
        return nullptr;
    }
}

}  // namespace filrouge::engine

#include <uasync/device/ramp.hpp>

#include <algorithm>

namespace uasync::detail {

Ramp::Ramp(std::chrono::microseconds duration, std::chrono::microseconds step) noexcept
    : begin_{to_us(Clock::now().time_since_epoch())}, total_{std::max<std::int64_t>(duration.count(), 0)} {
    // At most 2^15 steps, so that the products in between() fit: longer changes have longer steps.
    steps_ = static_cast<std::int32_t>(std::clamp<std::int64_t>(total_ / step.count(), 1, 32'767));
}

}  // namespace uasync::detail

#pragma once
// Implementation detail of Led, RgbLed and Servo: a change in small steps.

#include <chrono>
#include <cstdint>

#include <uasync/time/sleep.hpp>

namespace uasync::detail {

/// A change from one number to another in equal steps, each at its time since the change began: late steps do not add up.
class Ramp {
public:
    /// Begins it. @param duration how long it takes; what is below zero counts as zero @param step how long a step is
    Ramp(std::chrono::microseconds duration, std::chrono::microseconds step) noexcept;
    /// Goes on to the next step. @return whether there is one
    bool next() noexcept { return ++step_ <= steps_; }
    /// Waits until the step's time. @return an awaitable; `co_await` gives nothing
    SleepUntilAwaiter due() const noexcept {
        return SleepUntilAwaiter{begin_ + (step_ == steps_ ? total_ : total_ / steps_ * step_)};
    }
    /// The number at this step. @param from the number at the beginning @param to that at the end, which differs by at most 65535
    std::int32_t between(std::int32_t from, std::int32_t to) const noexcept { return from + (to - from) * step_ / steps_; }

private:
    std::int64_t begin_;
    std::int64_t total_;
    std::int32_t steps_;
    std::int32_t step_ = 0;
};

}  // namespace uasync::detail

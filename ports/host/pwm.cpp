// The pulse-width modulators: numbers that a test reads, and timers for the ends of periods.

#include <algorithm>
#include <cmath>

#include <uasync/board/pwm_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/pwm.hpp>

namespace uasync {
namespace port {
namespace {

/// A modulator. The timer is on while it is armed.
struct Slice : LoopTimer {
    Slice() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Slice&>(timer).wrap(); }} {}
    void wrap() noexcept {
        has_ended = true;
        detail::pwm_interrupt();
    }
    double period_us() const noexcept {
        return count.divider_16 / 16.0 * count.steps * (count.phase_correct ? 2 : 1) * 1e6 / pwm_clock_hz();
    }
    /// When the period that is under way ends.
    Time next_wrap() const noexcept {
        const double periods = static_cast<double>(now() - begin) / period_us();
        return begin + static_cast<Time>(std::llround((std::floor(periods) + 1) * period_us()));
    }

    PwmCount count{16, 65535, false};
    Time begin = 0;  ///< of a period
    bool has_ended = false;
};

struct Output {
    bool is_open = false;
    bool is_inverted = false;
    std::uint32_t level = 0;
};

Slice slices[8];
Output outputs[30];

}  // namespace

std::uint32_t pwm_clock_hz() noexcept { return 125'000'000; }
unsigned pwm_slice(unsigned pin) noexcept { return pin / 2 % 8; }

void pwm_open(unsigned pin, bool inverted) noexcept {
    outputs[pin].is_open = true;
    outputs[pin].is_inverted = inverted;
}
void pwm_close(unsigned pin) noexcept { outputs[pin] = {}; }

void pwm_count(unsigned pin, const PwmCount& count) noexcept {
    Slice& slice = slices[pwm_slice(pin)];
    slice.count = count;
    slice.begin = now();
    if (slice.running()) pwm_arm(pwm_slice(pin));
}
void pwm_level(unsigned pin, std::uint32_t level) noexcept { outputs[pin].level = level; }

void pwm_arm(unsigned slice) noexcept {
    Slice& armed = slices[slice];
    armed.has_ended = false;
    armed.stop();
    armed.start(std::max(armed.next_wrap(), now() + 1));
}
std::uint32_t pwm_take() noexcept {
    std::uint32_t ended = 0;
    for (unsigned number = 0; number < 8; ++number) {
        if (slices[number].has_ended) ended |= 1U << number;
        slices[number].has_ended = false;
    }
    return ended;
}
void pwm_disarm(unsigned slice) noexcept { slices[slice].stop(); }

}  // namespace port

sim::Pulses sim::pwm(unsigned pin) noexcept {
    const port::Output& output = port::outputs[pin];
    if (!output.is_open) return {};
    const port::Slice& slice = port::slices[port::pwm_slice(pin)];
    const double period_us = slice.period_us();
    return {1e6 / period_us, period_us * output.level / slice.count.steps, output.is_inverted};
}

}  // namespace uasync

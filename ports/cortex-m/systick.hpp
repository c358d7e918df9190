#pragma once
// SysTick as counter and alarm in one, for chips where no other timer is to be used.

#include "cortex_m.hpp"

namespace uasync::cortex_m {

/// The handler is `uasync_systick`. SysTick counts the processor's clock in 24 bits, downwards, and interrupts at zero, after which it begins
/// anew at LOAD. What has been counted before the current period is kept here, and an alarm is a period of its length. To cut a period
/// short loses the moment between reading the counter and clearing it, for which `lost_ticks` makes up: it is right to a tick or two each time,
/// so the clock drifts a little. Use a timer with a compare register where time has to be exact.
template <std::uint32_t Hertz>
struct SysTick {
    static constexpr std::uint32_t hertz = Hertz;
    static constexpr unsigned bits = 32;

    static void start() noexcept {
        Word& priorities = at(shpr3);
        priorities = (priorities & 0x00ffffff) | static_cast<std::uint32_t>(UASYNC_CORTEX_M_PRIORITY) << 24;
        at(load) = longest - 1;
        at(value) = 0;
        at(control) = 7;  // the processor's clock, interrupts, enabled
        counted_ = 0;
        period_ = longest;
    }

    /// In a critical section.
    static std::uint32_t read() noexcept {
        const std::uint32_t left = at(value);
        // PENDSTSET: it has turned, and the interrupt has not run. What was read may be of the period before; the new one is the longest.
        if ((at(icsr) & 1U << 26) != 0) return counted_ + period_ + counted_in(longest, at(value));
        return counted_ + counted_in(period_, left);
    }

    /// In a critical section, or in the interrupt.
    static void arm(std::uint32_t ticks) noexcept {
        std::uint32_t left;
        do left = at(value);
        while (left == 0);  // until it has begun the period
        if ((at(icsr) & 1U << 26) != 0) return;      // it has turned: its interrupt comes, and asks again
        if (left < margin || ticks >= left) return;  // the period ends first, and its interrupt asks again
        if (ticks < margin) ticks = margin;
        at(load) = ticks - 1;
        at(value) = 0;
        counted_ += period_ - left + lost_ticks;
        period_ = ticks;
        while (at(value) == 0) {  // until it has taken LOAD
        }
        at(load) = longest - 1;  // for the period after
    }

    static void acknowledge() noexcept {
        counted_ += period_;
        period_ = longest;
    }

private:
    static constexpr std::uintptr_t control = 0xe000e010;
    static constexpr std::uintptr_t load = 0xe000e014;
    static constexpr std::uintptr_t value = 0xe000e018;
    static constexpr std::uint32_t longest = 0x1000000;
    static constexpr std::uint32_t margin = 64;     // a period shorter than this could end while it is being set
    static constexpr std::uint32_t lost_ticks = 4;  // a load, a comparison, two stores

    /// It interrupts as it gets to zero, where it stays for a tick before it begins at LOAD: until then nothing of the new period is counted.
    static std::uint32_t counted_in(std::uint32_t period, std::uint32_t left) noexcept { return left == 0 ? 0 : period - left; }

    static inline std::uint32_t counted_ = 0;
    static inline std::uint32_t period_ = longest;
};

}  // namespace uasync::cortex_m

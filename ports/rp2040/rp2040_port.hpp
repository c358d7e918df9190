#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#include "rp2040.hpp"

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

namespace uasync::port {

// Not the latching pair TIMEHR/TIMELR: an interrupt between its two reads would latch again (4.6.2).
[[gnu::always_inline]] inline Time now() noexcept {
    rp2040::Timer& timer = rp2040::timer();
    while (true) {
        const std::uint32_t high = timer.raw_high;
        const std::uint32_t low = timer.raw_low;
        if (timer.raw_high == high) return Time{high} << 32 | low;
    }
}

/// The loop that the alarm signals: the one that runs, or null, because an alarm that is still set must not signal a loop that
/// is gone.
extern PortLoop* attached;
inline void attach(PortLoop& loop) noexcept { attached = &loop; }
inline void detach(PortLoop&) noexcept { attached = nullptr; }

/// An interrupt that signals has already ended the sleep, and a task that signals is not asleep. A second core would need SEV here.
inline void wake(PortLoop&) noexcept {}

[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept {
    std::uint32_t primask;
    asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

[[gnu::always_inline]] inline void leave_critical(std::uint32_t primask) noexcept {
    asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

}  // namespace uasync::port

#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#include "rp2040.hpp"

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

namespace uasync {
class TaskLoop;
}

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

#if UASYNC_LOOPS

// Several loops: one on each core, and up to two that an interrupt runs. Each has an alarm of the timer. cores.cpp has the rest.

void attach(PortLoop& loop) noexcept;
void detach(PortLoop& loop) noexcept;
void wake(PortLoop& loop) noexcept;

/// The loop that runs on this core, or the one whose interrupt it is.
extern TaskLoop* running_loops[2];
[[gnu::always_inline]] inline TaskLoop*& running_loop_of_core() noexcept { return running_loops[rp2040::sio().cpuid]; }
#define UASYNC_PORT_LOOP ::uasync::port::running_loop_of_core

/// Which core it is, and which interrupt: what cannot run at the same time as itself.
[[gnu::always_inline]] inline std::uintptr_t context() noexcept {
    std::uint32_t interrupt;
    asm volatile("mrs %0, ipsr" : "=r"(interrupt));
    return interrupt << 1 | rp2040::sio().cpuid;
}
#define UASYNC_PORT_CONTEXT ::uasync::port::context

std::uint32_t enter_critical() noexcept;
void leave_critical(std::uint32_t primask) noexcept;

#else

/// The loop that the alarm signals: the one that runs, or null, because an alarm that is still set must not signal a loop that
/// is gone.
extern PortLoop* attached;
inline void attach(PortLoop& loop) noexcept { attached = &loop; }
inline void detach(PortLoop&) noexcept { attached = nullptr; }

/// An interrupt that signals has already ended the sleep, and a task that signals is not asleep.
inline void wake(PortLoop&) noexcept {}

[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept {
    std::uint32_t primask;
    asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

[[gnu::always_inline]] inline void leave_critical(std::uint32_t primask) noexcept {
    asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

#endif

}  // namespace uasync::port

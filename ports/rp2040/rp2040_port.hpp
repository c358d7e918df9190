#pragma once
// The parts of the port that cost less than a call to them. uasync/kernel/port.hpp includes this where UASYNC_PORT_HEADER names it.

namespace uasync::port {

/// Whom the alarm signals: the loop that runs, or null, as an alarm that is still set must not signal a loop that is gone.
extern Loop* attached;
inline void attach(Loop& loop) noexcept { attached = &loop; }
inline void detach(Loop&) noexcept { attached = nullptr; }

/// The interrupt that signals has ended the sleep already, and a task that signals is not asleep. A second core would need SEV here.
inline void wake(Loop&) noexcept {}

[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept {
    std::uint32_t primask;
    asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

[[gnu::always_inline]] inline void leave_critical(std::uint32_t primask) noexcept {
    asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

}  // namespace uasync::port

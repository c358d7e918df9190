#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

namespace uasync::port {

/// An interrupt that signals has ended the sleep already, and a task that signals is not asleep.
inline void wake(PortLoop&) noexcept {}

/// MIE is bit 3 of mstatus (The RISC-V Instruction Set Manual II, 3.1.6.1).
[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept {
    std::uint32_t before;
    asm volatile("csrrci %0, mstatus, 8" : "=r"(before)::"memory");
    return before & 8U;
}
[[gnu::always_inline]] inline void leave_critical(std::uint32_t before) noexcept {
    asm volatile("csrs mstatus, %0" ::"r"(before) : "memory");
}

}  // namespace uasync::port

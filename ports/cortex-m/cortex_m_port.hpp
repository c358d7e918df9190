#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

#ifndef UASYNC_CORTEX_M_PRIORITY
/// The most urgent priority, as a byte, of interrupts that call uasync: 0 to 255, of which the processor looks at the upper bits. A critical
/// section masks these interrupts and all that are less urgent, through BASEPRI; more urgent ones are never held up, and must not call uasync.
/// With 0, the default, it masks all, through PRIMASK. ARMv6-M and ARMv8-M Baseline have no BASEPRI.
#define UASYNC_CORTEX_M_PRIORITY 0
#endif
#if UASYNC_CORTEX_M_PRIORITY && (defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__))
#error "UASYNC_CORTEX_M_PRIORITY must be 0: this processor has no BASEPRI"
#endif

namespace uasync::port {

/// An interrupt that signals has ended the sleep already, and a task that signals is not asleep.
inline void wake(PortLoop&) noexcept {}

[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept {
    std::uint32_t before;
#if UASYNC_CORTEX_M_PRIORITY
    // BASEPRI_MAX changes BASEPRI only if that masks more. The barrier: the mask holds from the next instruction on.
    asm volatile("mrs %0, basepri\n\tmsr basepri_max, %1\n\tisb" : "=&r"(before) : "r"(UASYNC_CORTEX_M_PRIORITY) : "memory");
#else
    asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
#endif
    return before;
}

[[gnu::always_inline]] inline void leave_critical(std::uint32_t before) noexcept {
#if UASYNC_CORTEX_M_PRIORITY
    asm volatile("msr basepri, %0" ::"r"(before) : "memory");
#else
    asm volatile("msr primask, %0" ::"r"(before) : "memory");
#endif
}

}  // namespace uasync::port

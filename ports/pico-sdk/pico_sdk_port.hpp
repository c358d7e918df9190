#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#include <hardware/sync.h>
#include <hardware/timer.h>

#include "pico_sdk_namesakes.hpp"

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

namespace uasync::port {

/// Brings up the SDK's stdio, unless the program has. A loop does this when it begins, and the first text before that.
void open_console() noexcept;

inline Time now() noexcept { return ::time_us_64(); }

#if LIB_FREERTOS_KERNEL

#if UASYNC_ONE_CORE
#error "FreeRTOS may run tasks on both cores: do not set UASYNC_ONE_CORE"
#endif

#elif UASYNC_ONE_CORE

#if !UASYNC_LOOPS
/// An interrupt that signals has already ended the sleep, and a task that signals is not asleep.
inline void wake(PortLoop&) noexcept {}
#endif
inline std::uint32_t enter_critical() noexcept { return ::save_and_disable_interrupts(); }
inline void leave_critical(std::uint32_t state) noexcept { ::restore_interrupts_from_disabled(state); }

#elif !UASYNC_LOOPS

/// The other core may sleep in its loop. The event comes after the stores that it is to see.
inline void wake(PortLoop&) noexcept {
    __dmb();
    __sev();
}

#endif

}  // namespace uasync::port

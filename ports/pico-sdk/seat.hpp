#pragma once
// What the port keeps for a loop that runs.

#include <uasync/kernel/port_loop.hpp>

#if LIB_FREERTOS_KERNEL
#include <FreeRTOS.h>
#include <task.h>
#endif

namespace uasync::port {

/// `loop.port_state` of a loop that runs; a loop that something else drives has none.
struct Seat {
    PortLoop* loop = nullptr;
#if LIB_FREERTOS_KERNEL
    TaskHandle_t task = nullptr;   // in which the loop runs
    volatile bool asleep = false;  // it waits for its notification, or is about to
#endif
};

inline Seat& seat_of(const PortLoop& loop) noexcept { return *static_cast<Seat*>(loop.port_state); }

/// A seat for a loop that begins here. With FreeRTOS, it stops the program if this is no task.
#if LIB_FREERTOS_KERNEL
Seat sit() noexcept;
#else
inline Seat sit() noexcept { return {}; }
#endif

}  // namespace uasync::port

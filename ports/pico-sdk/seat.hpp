#pragma once
// What the port keeps for a loop that runs.

#include <uasync/kernel/port_loop.hpp>

#if LIB_FREERTOS_KERNEL
#include <FreeRTOS.h>
#include <task.h>
#endif

namespace uasync::port {

/// `loop.port_state` of a loop that runs; a loop that something else drives has none. There is one for each hardware alarm.
struct Seat {
    PortLoop* loop = nullptr;
#if LIB_FREERTOS_KERNEL
    TaskHandle_t task = nullptr;   // in which the loop runs
    volatile bool asleep = false;  // it waits for its notification, or is about to
#elif UASYNC_LOOPS
    void (*run)(PortLoop&) noexcept = nullptr;  // of a loop that an interrupt runs
    std::uint8_t line = 0;                      // its interrupt
    std::uint8_t core = 0;                      // which has that interrupt
#endif
};

inline Seat& seat_of(const PortLoop& loop) noexcept { return *static_cast<Seat*>(loop.port_state); }

/// Gives a loop a seat, with a hardware alarm that signals it on this core.
/// @param loop the loop
/// @param seat what the port keeps for it
/// @return false if no alarm is free
bool take_seat(PortLoop& loop, const Seat& seat) noexcept;
/// Gives the seat and its alarm back, on the same core. @param loop the loop
void leave_seat(PortLoop& loop) noexcept;
/// The hardware alarm of a seat. @param seat one that is taken @return its number
unsigned alarm_of(const Seat& seat) noexcept;

/// A seat for a loop that begins here. With FreeRTOS, it stops the program if this is no task.
#if LIB_FREERTOS_KERNEL
Seat sit() noexcept;
/// Whether a loop runs in a task. @param task its handle @return whether it has a seat
bool has_seat(TaskHandle_t task) noexcept;
#if UASYNC_LOOPS
/// A task that may have run a loop is gone. @param task its handle
void give_place(TaskHandle_t task) noexcept;
#endif
#else
inline Seat sit() noexcept { return {}; }
#endif

/// This core has told why it stops: lets go of what it holds, and stops with the other core or alone.
#if LIB_FREERTOS_KERNEL || (UASYNC_LOOPS && LIB_PICO_MULTICORE)
void core_stops() noexcept;
#else
inline void core_stops() noexcept {}
#endif

#if UASYNC_LOOPS && !LIB_FREERTOS_KERNEL
/// Stops the program if the stack of this core was too small.
void check_this_stack() noexcept;
#if LIB_PICO_MULTICORE
/// Lets go of the critical section, if this core is in one.
void drop_section() noexcept;
#endif
#endif

}  // namespace uasync::port

#pragma once
// Port functions that cost less than a call to them. uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it.

#include <hardware/sync.h>
#include <hardware/timer.h>

#include "pico_sdk_namesakes.hpp"

#if !UASYNC_BOARD
#error \
    "this port is a board's: compile it, and whatever includes it, with UASYNC_BOARD=1, or they see a loop otherwise than the runtime"
#endif

namespace uasync {
class TaskLoop;
}

namespace uasync::port {

/// Brings up the SDK's stdio, unless the program has. A loop does this when it begins, and the first text before that.
void open_console() noexcept;

inline Time now() noexcept { return ::time_us_64(); }

#if LIB_FREERTOS_KERNEL

#if UASYNC_ONE_CORE
#error "FreeRTOS may run tasks on both cores: do not set UASYNC_ONE_CORE"
#endif

#if UASYNC_LOOPS
/// Where the loop that runs in the calling FreeRTOS task is kept; null: none.
TaskLoop*& loop_of_task() noexcept;
#define UASYNC_PORT_LOOP ::uasync::port::loop_of_task
#endif

#else

// The SDK defines LIB_PICO_MULTICORE in a program that links pico_multicore. In others core 1 is off, and masking interrupts is enough.
#if !LIB_PICO_MULTICORE
[[gnu::always_inline]] inline std::uint32_t enter_critical() noexcept { return ::save_and_disable_interrupts(); }
[[gnu::always_inline]] inline void leave_critical(std::uint32_t state) noexcept { ::restore_interrupts_from_disabled(state); }
#endif

#if UASYNC_LOOPS

// Several loops: one on each core, and some that interrupts run. cores.cpp has the rest.

#if LIB_PICO_MULTICORE
[[gnu::always_inline]] inline std::uint32_t this_core() noexcept { return ::get_core_num(); }
#else
constexpr std::uint32_t this_core() noexcept { return 0; }
/// What the compiler says of Core1.
#define UASYNC_PORT_WITHOUT_CORE1 "Core1 needs the SDK's pico_multicore: target_link_libraries(your_program pico_multicore)"
#endif
#define UASYNC_PORT_CORE ::uasync::port::this_core

/// The loop that runs on this core, or the one whose interrupt it is.
extern TaskLoop* running_loops[NUM_CORES];
[[gnu::always_inline]] inline TaskLoop*& running_loop_of_core() noexcept { return running_loops[this_core()]; }
#define UASYNC_PORT_LOOP ::uasync::port::running_loop_of_core

/// Which core it is, and which interrupt: what cannot run at the same time as itself.
[[gnu::always_inline]] inline std::uintptr_t context() noexcept { return ::__get_current_exception() << 1U | this_core(); }
#define UASYNC_PORT_CONTEXT ::uasync::port::context

[[gnu::always_inline]] inline std::uint32_t mask_interrupts() noexcept { return ::save_and_disable_interrupts(); }
[[gnu::always_inline]] inline void restore_interrupts(std::uint32_t state) noexcept { ::restore_interrupts_from_disabled(state); }

/// Wakes a loop from any core. It calls the hook of a loop that something else drives. @param loop the loop @param port_state its own
void wake(PortLoop& loop, void* port_state) noexcept;
/// Wakes a loop from its own core. @param loop the loop @param port_state its own
void wake_near(PortLoop& loop, void* port_state) noexcept;

// The FIFOs between the cores are the program's, and multicore_lockout's. So posts take the list in the critical section.
constexpr bool send_to_other_core(void*) noexcept { return false; }
constexpr void wake_after_sending(PortLoop&, void*) noexcept {}  // nothing was sent
constexpr void* receive_from_other_core() noexcept { return nullptr; }

/// Waits until the other core has printed its line. False if this core was just printing one, when an interrupt came.
bool lock_console() noexcept;
void unlock_console() noexcept;

#elif LIB_PICO_MULTICORE

/// The other core may sleep in its loop. The event comes after the stores that it is to see.
inline void wake(PortLoop&) noexcept {
    __dmb();
    __sev();
}

#else

/// An interrupt that signals has already ended the sleep, and a task that signals is not asleep.
inline void wake(PortLoop&) noexcept {}

#endif
#endif

}  // namespace uasync::port

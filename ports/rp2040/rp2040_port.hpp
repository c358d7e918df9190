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

[[gnu::always_inline]] inline std::uint32_t this_core() noexcept { return rp2040::sio().cpuid; }
#define UASYNC_PORT_CORE ::uasync::port::this_core

[[gnu::always_inline]] inline std::uint32_t mask_interrupts() noexcept {
    std::uint32_t primask;
    asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}
[[gnu::always_inline]] inline void restore_interrupts(std::uint32_t primask) noexcept {
    asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/// Wakes a loop from any core, after send_to_other_core(), which has written all that the other core is to see. The loop's `port_state` has
/// the bit of its interrupt line, or is null if a core runs it. No core can raise a line of the other, but each can force an alarm of the
/// timer (INTF, 4.6.5), whose interrupt then raises the line. A loop that neither runs may have a hook. A template, because PortLoop is complete
/// only where this is called.
template <class Loop>
[[gnu::always_inline]] inline void wake_after_sending(Loop& loop, void* port_state) noexcept {
    asm volatile("sev" ::: "memory");  // at once: for an interrupt loop it is one event too many, which costs a look
    const auto line = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(port_state));
    if (line != 0) {
        rp2040::timer_set().intf = line >> 24;
    } else {
        loop.call_wake_hook();
    }
}
/// The same for all that was stored before.
template <class Loop>
[[gnu::always_inline]] inline void wake(Loop& loop, void* port_state) noexcept {
    asm volatile("dsb" ::: "memory");
    wake_after_sending(loop, port_state);
}
/// Wakes a loop from its own core. A loop that the core runs needs nothing: an interrupt has ended its sleep, and a task is not asleep.
template <class Loop>
[[gnu::always_inline]] inline void wake_near(Loop& loop, void* port_state) noexcept {
    const auto line = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(port_state));
    if (line != 0) {
        rp2040::nvic_ispr() = line;
    } else {
        loop.call_wake_hook();
    }
}

// The mailboxes of 2.3.1.4: eight words each way.
[[gnu::always_inline]] inline bool send_to_other_core(void* word) noexcept {
    if ((rp2040::fifo().status & rp2040::Fifo::has_room) == 0) return false;
    asm volatile("dmb" ::: "memory");
    rp2040::fifo().write = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(word));
    return true;
}
[[gnu::always_inline]] inline void* receive_from_other_core() noexcept {
    if ((rp2040::fifo().status & rp2040::Fifo::has_word) == 0) return nullptr;
    return reinterpret_cast<void*>(rp2040::fifo().read);
}

// cores.S says how sections nest.
inline constexpr unsigned section_lock = 31;  // of the spinlocks
std::uint32_t enter_critical() noexcept;
std::uint32_t enter_critical_masked() noexcept;
void leave_critical(std::uint32_t state) noexcept;

/// enter_critical() in line, for what every post goes through.
[[gnu::always_inline]] inline std::uint32_t enter_critical_in_line() noexcept {
    if (mask_interrupts() != 0) [[unlikely]]
        return enter_critical_masked();
    std::uint32_t taken;
    do taken = rp2040::spinlock(section_lock);
    while (taken == 0);
    asm volatile("msr psp, %0\n\tdmb" ::"r"(taken) : "memory");
    return 0;
}
#define UASYNC_PORT_ENTER_IN_LINE ::uasync::port::enter_critical_in_line

/// Waits until the other core has printed its line. False if this core was just printing one, when an interrupt came.
bool lock_console() noexcept;
void unlock_console() noexcept;

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

#pragma once

#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync {

class PortLoop;
class Mailbox;
struct WaitNode;

/// A point in time, in microseconds since the port started. It never wraps: 64 bits, of which the runtime keeps 51 in a
/// deadline, which is 71 years.
using Time = std::uint64_t;

/// The deadline that never comes.
inline constexpr Time never = (Time{1} << 51) - 1;

/// What a loop needs from a platform. For authors of ports; a program never calls these functions.
///
/// A port is a folder below `ports/` that defines every function declared here. The build links one, and nothing else in
/// the library knows which. docs/design/ports.md shows each function on bare metal, with several loops, with the Pico SDK and
/// with FreeRTOS; tests/port_contract tries them.
namespace port {

/// A loop begins its run. What the port keeps for the loop goes into `loop.port_state`.
/// @param loop the loop
void attach(PortLoop& loop) noexcept;
/// A loop ends its run. @param loop the loop
void detach(PortLoop& loop) noexcept;

/// The time. It never goes back. Any context, interrupts included. @return microseconds since the port started
Time now() noexcept;

/// Sets the time at which `loop.signal()` is to be called, from any context, or as soon after it as the platform can. Only
/// the loop itself calls this.
///
/// It replaces the loop's earlier alarm. A signal that comes too early costs a look at the time, after which the loop sets
/// the alarm again. A port whose `idle` waits for the deadline by itself, and whose build polls (UASYNC_STEPS_PER_POLL),
/// only remembers it.
/// @param loop the loop
/// @param deadline when to signal; at once if it has passed; `never` cancels the alarm
void set_alarm(PortLoop& loop, Time deadline) noexcept;

/// Sleeps until `loop.signalled()`. It may return sooner for no reason. The loop calls it when no task is ready.
///
/// A signal that comes between the last look at `signalled()` and the sleep must end the sleep.
/// @param loop the loop
void idle(PortLoop& loop) noexcept;

#if !UASYNC_THREADS
/// Ends idle(). `PortLoop::signal()` calls it after it has set the flag, from tasks, interrupts and other cores.
///
/// With threads the loop may have gone by then, so there it is `wake(Mailbox&)` in mailbox.hpp.
/// @param loop the loop that idles
void wake(PortLoop& loop) noexcept;
#endif

/// Excludes whatever else may touch what a loop shares: interrupts on a board, other threads on a host (there only for what
/// pins share). Any context.
///
/// Sections nest. The library holds one for a few instructions, and while it walks the tasks that wait for pins.
/// @return what leave_critical() gets
std::uint32_t enter_critical() noexcept;
/// Ends a section that enter_critical() began. @param state what that returned
void leave_critical(std::uint32_t state) noexcept;

/// Writes to the console, such as a UART or standard output, and waits until it has accepted the bytes. Any context.
/// @param text the bytes
/// @param size how many
void write(const char* text, std::size_t size) noexcept;

/// Stops the program and says why it cannot go on. @param message the reason, without a newline
[[noreturn]] void fatal(const char* message) noexcept;

#if UASYNC_STEPS_PER_POLL
/// Looks, without waiting, for what no interrupt reports, such as signals and file descriptors. The loop calls it every
/// UASYNC_STEPS_PER_POLL steps, and after idle().
/// @param loop the loop
void poll(PortLoop& loop) noexcept;
#endif

#if UASYNC_STEP_TIMER
/// For report_long_steps(). Calls detail::step_timer_fired() in an interrupt or a signal of the calling thread, with the address of the
/// instruction that it came before.
/// @param us after so many microseconds, or earlier; 0: not at all
void set_step_timer(Time us) noexcept;
/// write() for that interrupt. @param text the bytes @param size how many
void write_in_step_timer(const char* text, std::size_t size) noexcept;
#endif

#if UASYNC_PORT_PICKS
/// Takes the node that is to run next out of the ready queue, which is not empty. It has to be one of the highest level
/// (detail::level_of, if that is not null).
/// @param first the first node; they are linked by `next`
/// @param end where the last node's null is: `*end == nullptr`
/// @return the node that runs next
WaitNode* pick(WaitNode*& first, WaitNode**& end) noexcept;
#endif

}  // namespace port

namespace detail {
/// Looks whether the step that runs has become long. For a port's step timer. @param address the instruction that it came before
void step_timer_fired(const void* address) noexcept;
}  // namespace detail
}  // namespace uasync

// A port may define some of these functions inline, where a call would cost more than the work.
#ifdef UASYNC_PORT_HEADER
#include UASYNC_PORT_HEADER
#endif

namespace uasync {

/// Excludes interrupts (on a board) or other threads (on a host) for the life of the object.
///
/// Sections nest. Hold one for a few instructions only, and do not `co_await` while it lives.
/// @par From an interrupt
/// Allowed.
class CriticalSection {
public:
    /// Enters the port's critical section.
    CriticalSection() noexcept : state_{port::enter_critical()} {}
    /// Leaves it.
    ~CriticalSection() { port::leave_critical(state_); }
    CriticalSection(const CriticalSection&) = delete;
    CriticalSection& operator=(const CriticalSection&) = delete;

private:
    std::uint32_t state_;
};

#ifdef UASYNC_PORT_ENTER_IN_LINE
/// A CriticalSection that begins in line, where the call would cost more than the rest.
class InlineSection {
public:
    /// Enters the port's critical section.
    [[gnu::always_inline]] InlineSection() noexcept : state_{UASYNC_PORT_ENTER_IN_LINE()} {}
    /// Leaves it.
    [[gnu::always_inline]] ~InlineSection() { port::leave_critical(state_); }
    InlineSection(const InlineSection&) = delete;
    InlineSection& operator=(const InlineSection&) = delete;

private:
    std::uint32_t state_;
};
#else
/// The port has nothing for it, or is inline anyway.
using InlineSection = CriticalSection;
#endif

#ifdef UASYNC_PORT_CORE
/// Excludes the interrupts of this core for the life of the object, for what no other core touches. It costs a few instructions. It may
/// hold a CriticalSection, and the other way round.
class LocalSection {
public:
    /// Masks interrupts.
    [[gnu::always_inline]] LocalSection() noexcept : state_{port::mask_interrupts()} {}
    /// Restores the mask.
    [[gnu::always_inline]] ~LocalSection() { port::restore_interrupts(state_); }
    LocalSection(const LocalSection&) = delete;
    LocalSection& operator=(const LocalSection&) = delete;

private:
    std::uint32_t state_;
};
#else
/// There is one core.
using LocalSection = CriticalSection;
#endif

}  // namespace uasync

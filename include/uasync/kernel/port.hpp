#pragma once
// The port contract: everything that a loop needs from a platform, as functions that the build links in.
//
// For authors of ports; a program never includes this. A port is one folder below `ports/` that defines each function
// declared here; nothing else in the library knows which one was linked. docs/design/ports.md shows how each function looks
// on bare metal, the Pico SDK, a second core, an interrupt-priority loop, and an RTOS thread.
//
// Who may call what: `now`, `write` and the critical section from anywhere; `set_alarm` and `idle` only by the loop itself.

#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync {

class PortLoop;
class Mailbox;
struct WaitNode;

/// A point in time: microseconds since the port started. 64 bits, so it never wraps; the runtime keeps 51 of them
/// with a deadline (71 years).
using Time = std::uint64_t;

/// The deadline that does not come.
inline constexpr Time never = (Time{1} << 51) - 1;

namespace port {

/// The loop begins and ends its run. What the port keeps for it goes into `loop.port_state`.
void attach(PortLoop& loop) noexcept;
void detach(PortLoop& loop) noexcept;

/// The present, monotonic. Any context, interrupts included.
Time now() noexcept;

/// Has `loop.signal()` called, from any context, at `deadline` or as soon after as the platform can. A signal before it costs a look at
/// the time, after which the loop sets the alarm again.
/// Replaces the loop's earlier alarm; `never` cancels it. A deadline that has passed signals at once. A port whose `idle` waits
/// for the deadline by itself, and whose build polls (UASYNC_STEPS_PER_POLL), only remembers it.
void set_alarm(PortLoop& loop, Time deadline) noexcept;

/// Sleeps until `loop.signalled()`; may return sooner for no reason. Called when no task is ready. The port closes the gap
/// between the last look at `signalled()` and the sleep: a signal that strikes there must end the sleep.
void idle(PortLoop& loop) noexcept;

#if !UASYNC_THREADS
/// Ends `idle`. Called by `PortLoop::signal()` after the flag is set, from tasks, interrupts and other cores. With threads the loop may be
/// gone by then, so there it is `wake(Mailbox&)`: <uasync/kernel/mailbox.hpp>.
void wake(PortLoop& loop) noexcept;
#endif

/// Excludes whatever else may touch what a loop shares: interrupts on a board, other threads on a host (there only what pins share).
/// The value returned goes to `leave_critical`; sections nest. Held by the library for a few instructions, and while it walks
/// the tasks that wait for pins.
std::uint32_t enter_critical() noexcept;
void leave_critical(std::uint32_t state) noexcept;

/// Writes to the console: UART, standard output. Blocks until the bytes are accepted.
void write(const char* text, std::size_t size) noexcept;

/// Says why the program cannot go on, and stops it. `message` has no newline.
[[noreturn]] void fatal(const char* message) noexcept;

#if UASYNC_STEPS_PER_POLL
/// Looks, without waiting, for what no interrupt tells: signals, file descriptors. Called every UASYNC_STEPS_PER_POLL steps and
/// after `idle`.
void poll(PortLoop& loop) noexcept;
#endif

#if UASYNC_PORT_PICKS
/// Takes the node that is to run next out of the ready queue, which is not empty: `first` to `*end == nullptr`, linked by next.
WaitNode* pick(WaitNode*& first, WaitNode**& end) noexcept;
#endif

}  // namespace port
}  // namespace uasync

// What a port defines inline instead, where a call would cost more than the work.
#ifdef UASYNC_PORT_HEADER
#include UASYNC_PORT_HEADER
#endif

namespace uasync {

/// Keeps interrupts (a board) or other threads (a host) out for the life of the object. Nests. For a few instructions only:
/// no `co_await` inside.
class CriticalSection {
public:
    CriticalSection() noexcept : state_{port::enter_critical()} {}
    ~CriticalSection() { port::leave_critical(state_); }
    CriticalSection(const CriticalSection&) = delete;
    CriticalSection& operator=(const CriticalSection&) = delete;

private:
    std::uint32_t state_;
};

}  // namespace uasync

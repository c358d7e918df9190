#pragma once

#include <uasync/device/contact.hpp>

namespace uasync {

/// How a Switch is wired, and how long it bounces.
struct SwitchOptions {
    int closed_level = 0;                                              ///< level of the pin while it is closed: 0 with a pull-up
    std::chrono::microseconds settle = std::chrono::milliseconds{10};  ///< longer than it bounces
};

/// A switch or another contact that opens and closes, without its bounces.
///
/// A task, which start() creates, watches the pin by interrupt and keeps watching while nobody waits. At the first edge it
/// sleeps for the settle time, in which the interrupt is off, and then reads the level. So any number of bounces costs one
/// interrupt, and what is shorter than the settle time is counted as a glitch, not as a change.
///
///                edge                    settle time over, level differs
///     [ rest ] -------> [ bouncing ] ------------------------------------> [ rest ]: closed() changes, waiting tasks are woken
///        ^                   |
///        +-- level as before-+  glitches() is one more
///
/// @par Use it for
/// Door contacts, limit switches, floats, slide and toggle switches.
/// @par Instead use
/// Pushbutton for clicks and long presses; Pin::wait_for_any_edge() for a signal that does not bounce.
/// @par Cost
/// 40 bytes on a board. start() takes a task and its frame, 120 bytes of the frame pool with GCC -Os, until the Switch is
/// destroyed. A change costs one interrupt, however much it bounces, and the processor sleeps in between. Waiting allocates nothing.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled wait has taken nothing, and the switch is watched as before. What has changed meanwhile is in changes().
/// @par Fairness
/// A change wakes all tasks that wait for it, first in, first out.
/// @par Errors
/// A wait ends with Error::misuse if start() has not been called, or if the task that watches has ended, which it does if another
/// task waits for the pin. Tasks that wait when the switch is destroyed end with Error::destroyed.
/// @par Source
/// micropython-async's `Switch`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Switch door{Pin{14, Pin::in, Pin::pull_up}};
///     door.start();
///     for (int i = 0; i < 2; ++i) {
///         co_await door.wait_for_close();
///         print("{} ms: closed\n", ticks_ms());
///         co_await door.wait_for_open();
///         print("{} ms: open\n", ticks_ms());
///     }
///     print("changes: {}\n", door.changes());
/// }
///
/// int main() {
///     for (auto bounce : {100ms, 101ms, 103ms}) sim::press(14, bounce, 500us);  // it bounces, and stays closed
///     sim::press(14, 104ms, 396ms);
///     sim::press(14, 900ms, 100ms);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 110 ms: closed
/// 510 ms: open
/// 910 ms: closed
/// 1010 ms: open
/// changes: 4
/// @endcode
class Switch : detail::Contact {
public:
    /// A switch that nobody watches yet: call start().
    /// @param pin its pin, an input
    /// @param options how it is wired
    explicit Switch(Pin pin, SwitchOptions options = {}) noexcept : Contact{pin, options.settle, options.closed_level, settled} {}

    /// Creates the task that watches the pin, in the running loop; nothing happens if there is one. If there is no memory, that is
    /// reported.
    void start() noexcept { Contact::start("Switch"); }
    /// Whether a task watches the pin. @return false before start(), and after the loop in which it was called has ended
    bool started() const noexcept { return Contact::started(); }

    /// Whether it is closed, without its bounces. @return the state after the last change
    bool closed() const noexcept { return Contact::closed(); }
    /// How often it has changed. It wraps after 2^32. @return the number since the Switch was made
    std::uint32_t changes() const noexcept { return changes_; }
    /// How often the level was the same again after the settle time. @return the number since the Switch was made
    std::uint32_t glitches() const noexcept { return Contact::glitches(); }

    /// Waits until it closes the next time.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_close() noexcept { return {*this, closing_, "Switch::wait"}; }
    /// Waits until it opens the next time.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_open() noexcept { return {*this, opening_, "Switch::wait"}; }
    /// Waits until it closes or opens the next time. closed() tells which.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_change() noexcept { return {*this, changing_, "Switch::wait"}; }

private:
    static void settled(Contact& contact, bool changed, Time edge) noexcept;

    WaitQueue closing_;
    WaitQueue opening_;
    WaitQueue changing_;
    std::uint32_t changes_ = 0;
};

}  // namespace uasync

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <uasync/kernel/port.hpp>

/// The simulation: a port whose clock is virtual, whose pins are variables, and whose interrupts are functions of a
/// test.
///
/// Time stands still while tasks run. When no task is ready, the clock jumps to the next deadline or event, so an
/// hour takes milliseconds. Only a program that never sleeps makes time pass: after 1,000 steps in a row, each
/// further step takes 1 us. If no task is ready, no deadline is set and no event is to come, the run ends with
/// Error::deadlock and a list of the waiting tasks.
///
/// A program that does not call these functions is driven by the environment:
/// `UASYNC_PRESS="GP15@1s+100ms GP15@2s+50ms"` presses buttons, `UASYNC_UNTIL=14s` cancels the main task,
/// `UASYNC_SEED=7` shuffles the order of tasks, `UASYNC_EDGES=1` prints the edges of the pins on standard error.
///
/// All functions are for one thread at a time.
///
/// @par Use it for
/// Tests of a firmware, in which nothing really sleeps.
/// @par Instead use
/// explore() for what depends on the order of tasks and interrupts.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Pin led{25, Pin::out};
///     Pin button{15, Pin::in, Pin::pull_up};
///     while (true) {
///         co_await button.wait_for_falling_edge();
///         led.on();
///         co_await sleep(1s);
///         led.off();
///     }
/// }
///
/// int main() {
///     sim::reset();
///     sim::press(15, 2s, 100ms);
///     sim::stop_at(1h);
///     auto result = run(async_main());
///     print("after {} s: {}\n", sim::now() / 1s, result.error());
///     for (const auto& edge : sim::edges()) {
///         if (edge.pin == 25) print("the LED is {} at {} ms\n", edge.level, edge.time / 1ms);
///     }
/// }
/// @endcode
/// @code{.unparsed}
/// after 3600 s: cancelled
/// the LED is true at 2000 ms
/// the LED is false at 3000 ms
/// @endcode
namespace uasync::sim {

/// Virtual time since reset(), or a span of it.
using Duration = std::chrono::microseconds;

/// Resets the simulation, between runs: time zero, no events, all pins low inputs, nothing printed, tasks first in,
/// first out.
void reset();

/// Virtual time since reset(). @return in microseconds
Duration now() noexcept;

/// Calls a function at a virtual time, between two steps of tasks, as an interrupt would come. Events of the same
/// time keep their order.
/// @param time since reset()
/// @param interrupt may do what an interrupt may
void at(Duration time, std::function<void()> interrupt);

/// Calls a function once, when the library next begins to mask interrupts: the last moment at which one can come.
/// @param interrupt may do what an interrupt may
void strike(std::function<void()> interrupt);

/// Cancels the main task at a virtual time; run() then returns Error::cancelled. @param time since reset()
void stop_at(Duration time);

/// Runs ready tasks in a random order. @param seed of the order; 0: first in, first out, as everywhere else
void shuffle(std::uint64_t seed) noexcept;

/// Everything that has been printed since reset(). @return the text
const std::string& console() noexcept;

/// Chooses whether what is printed stays out of standard output. It is in console() anyway.
/// @param on true: it stays out; the default is false
void capture(bool on) noexcept;

// Pins --------------------------------------------------------------------------------------------------------------------

/// A change of a pin's level.
struct Edge {
    unsigned pin;   ///< the chip's number
    Duration time;  ///< since reset()
    bool level;     ///< true: it became high
    /// Whether pin, time and level are equal. @return true if they are
    bool operator==(const Edge&) const = default;
};

/// Drives an input from outside, until release().
/// @param pin the chip's number
/// @param level true for high
void drive(unsigned pin, bool level);
/// Leaves an input to its pull again. @param pin the chip's number
void release(unsigned pin);

/// Pulls a pin to ground for some time, as a push button does.
/// @param pin the chip's number
/// @param start virtual time since reset()
/// @param duration how long
void press(unsigned pin, Duration start, Duration duration);
/// Reads a pin from outside.
/// @param pin the chip's number
/// @return true for high
bool level(unsigned pin) noexcept;
/// The edges of all pins since reset(), oldest first. @return at least the newest 500,000
const std::vector<Edge>& edges() noexcept;

}  // namespace uasync::sim

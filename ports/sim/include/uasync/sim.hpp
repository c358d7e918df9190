#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <uasync/kernel/port.hpp>

/// The simulation: a port with a virtual clock, pins that are variables, and interrupts that are functions of a test.
///
/// Time stands still while tasks run. When no task is ready, the clock jumps to the next deadline or event, so an hour
/// takes milliseconds. If a program never sleeps, each step after the first 1,000 in a row takes 1 us, so that time
/// passes for it, too. If no task is ready, no deadline is set and no event is to come, the run ends with Error::deadlock
/// and a list of the tasks that wait.
///
/// A program that does not use this header is driven by the environment: `UASYNC_PRESS="GP15@1s+100ms GP15@2s+50ms"`,
/// `UASYNC_UNTIL=14s`, `UASYNC_SEED=7`, and `UASYNC_EDGES=1`, which shows the edges of all pins on standard error.
///
/// @par Use it for
/// Tests of a firmware's logic, and of programs that would run for hours.
/// @par Instead use
/// explore() to try every order of events instead of one; the emulator for a firmware image with its drivers.
/// @par Cost
/// For hosts. It allocates, and one thread at a time may use it.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
/// #include <uasync/board.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Pin button{15, Pin::in, Pin::pull_up};
///     while (true) {
///         co_await button.wait_for_falling_edge();
///         print("pressed at {} ms\n", ticks_ms());
///     }
/// }
///
/// int main() {
///     sim::press(15, 1s, 100ms);
///     sim::press(15, 2s, 100ms);
///     sim::stop_at(1h);
///     auto result = run(async_main());
///     print("{} at {} ms\n", result.error(), ticks_ms());
/// }
/// @endcode
/// @code{.unparsed}
/// pressed at 1000 ms
/// pressed at 2000 ms
/// cancelled at 3600000 ms
/// @endcode
namespace uasync::sim {

/// Virtual time, in microseconds.
using Duration = std::chrono::microseconds;

/// Starts afresh: time 0, no events, all pins low inputs, nothing printed, tasks first in, first out. Call it between
/// runs.
void reset();

/// The virtual time. @return microseconds since reset()
Duration now() noexcept;

/// Calls a function at a virtual time, between two steps of tasks, where an interrupt could come.
/// @param time when, since reset(); a time that has passed counts as the next moment. Events of the same time keep their
///   order
/// @param interrupt function to call; it may do what an interrupt handler may
void at(Duration time, std::function<void()> interrupt);

/// Calls a function once, the next time the library masks interrupts: at the last moment at which an interrupt can come.
/// @param interrupt function to call; it replaces one that has not been called yet
void strike(std::function<void()> interrupt);

/// Cancels the main task at a virtual time, so that run() returns Error::cancelled.
/// @param time when, since reset()
void stop_at(Duration time);

/// Runs the ready tasks in a random order.
/// @param seed the order is drawn from it; 0 is first in, first out, as without shuffle()
void shuffle(std::uint64_t seed) noexcept;

/// Everything that was printed since reset(). @return the text
const std::string& console() noexcept;
/// Keeps what is printed off standard output.
/// @param on true: only console() has it; false, the default: standard output has it, too
void capture(bool on) noexcept;

// Pins ------------------------------------------------------------------------------------------------------------------------------

/// A change of a pin's level.
struct Edge {
    unsigned pin;   ///< number of the pin, 0 to 29
    Duration time;  ///< when it changed, since reset()
    bool level;     ///< the new level: true is high
    /// Compares all members. @return true if they are equal
    bool operator==(const Edge&) const = default;
};

/// Drives an input from outside.
/// @param pin number of the pin, 0 to 29
/// @param level level that the program reads from now on: true is high
void drive(unsigned pin, bool level);
/// Stops driving an input: its pull decides again.
/// @param pin number of the pin, 0 to 29
void release(unsigned pin);
/// Pulls a pin to ground for a while, as a push button does.
/// @param pin number of the pin, 0 to 29
/// @param start when, since reset()
/// @param duration how long
void press(unsigned pin, Duration start, Duration duration);
/// Connects two pins, as a key of a keypad does that is held, or takes them apart. Of two levels that are driven, low wins.
/// @param a number of a pin, 0 to 29
/// @param b number of the other one
/// @param connected false: takes them apart
void wire(unsigned a, unsigned b, bool connected = true);
/// The level of a pin, input or output.
/// @param pin number of the pin, 0 to 29
/// @return true if it is high
bool level(unsigned pin) noexcept;
/// The edges of all pins since reset().
/// @return the edges, oldest first; of more than a million, at least the newest 500,000
const std::vector<Edge>& edges() noexcept;

}  // namespace uasync::sim

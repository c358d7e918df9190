#pragma once
// The simulation: a port whose clock is virtual, whose pins are variables, and whose interrupts are functions of a test.
//
//     sim::reset();
//     sim::press(15, 1s, 100ms);
//     sim::stop_at(5s);
//     run(async_main());
//     CHECK(sim::console() == "1000\n");
//
// Time stands still while tasks run; when nothing is ready the clock jumps to the next deadline or event, so that an hour takes
// milliseconds. Only a program that never sleeps makes it move: after 1,000 steps in a row each further step takes 1 us.
// If nothing is ready, no deadline is set and no event is to come, the run ends with Error::deadlock and a list of the waiting tasks.
//
// A program that knows nothing of this is driven by the environment: UASYNC_PRESS="GP15@1s+100ms GP15@2s+50ms", UASYNC_UNTIL=14s,
// UASYNC_SEED=7, UASYNC_EDGES=1 (edges of the pins on standard error).
// For one thread at a time.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <uasync/kernel/port.hpp>

namespace uasync::sim {

using Duration = std::chrono::microseconds;

/// Time zero, no events, all pins low inputs, nothing printed, the given order of tasks. Between runs.
void reset();

/// Virtual time since reset.
Duration now() noexcept;

/// Calls `interrupt` at a virtual time, between two steps, as an interrupt would strike. Events of the same time keep their order.
void at(Duration time, std::function<void()> interrupt);

/// Calls `interrupt` once, in the moment in which the library next begins to mask interrupts: the last in which one can strike.
void strike(std::function<void()> interrupt);

/// Cancels the main task at a virtual time. `run` then returns Error::cancelled.
void stop_at(Duration time);

/// Runs ready tasks in an order drawn from `seed`; 0: first in, first out, as everywhere else.
void shuffle(std::uint64_t seed) noexcept;

/// Everything printed since reset. While `capture` is on (the default is off) it does not reach standard output.
const std::string& console() noexcept;
void capture(bool on) noexcept;

// Pins ------------------------------------------------------------------------------------------------------------------------------

/// A change of a pin's level.
struct Edge {
    unsigned pin;
    Duration time;
    bool level;
    bool operator==(const Edge&) const = default;
};

/// Drives an input from outside; `release` leaves it to its pull again.
void drive(unsigned pin, bool level);
void release(unsigned pin);
/// Pulls a pin to ground for a while, as a push button does.
void press(unsigned pin, Duration start, Duration duration);
/// The level on a pin.
bool level(unsigned pin) noexcept;
/// The edges since reset, oldest first; at least the newest 500,000.
const std::vector<Edge>& edges() noexcept;

}  // namespace uasync::sim

#pragma once
// What the simulation's parts know of each other.

namespace uasync::sim::detail {

void reset_pins();
void reset_console();
/// Schedules what the environment asks for; once in a program.
void read_environment();

}  // namespace uasync::sim::detail

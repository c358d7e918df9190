#pragma once

// What the watchdog would have done, for tests of what uses Watchdog. In the simulation and on Linux.

namespace uasync::sim {

/// How often the watchdog would have reset the chip: whenever its time was over. Each time it goes on as if it had been fed. It counts also
/// between two run()s, until sim::reset(). It wakes no loop: where nobody waits for a time, a program that hangs is a deadlock, as without it.
/// @return the number since the program began
unsigned watchdog_resets() noexcept;

/// Says why the program has started. @param by_watchdog what reset_cause() is to tell
void set_reset_cause(bool by_watchdog) noexcept;

}  // namespace uasync::sim

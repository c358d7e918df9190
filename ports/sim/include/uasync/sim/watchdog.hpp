#pragma once

// What the watchdog would have done, for tests of what uses Watchdog. In the simulation and on Linux.

namespace uasync::sim {

/// How often the watchdog would have reset the chip. It goes on as if it had been fed then. @return the number since the program began
unsigned watchdog_resets() noexcept;

/// Says why the program has started. @param by_watchdog what reset_cause() is to tell
void set_reset_cause(bool by_watchdog) noexcept;

}  // namespace uasync::sim

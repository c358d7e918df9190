// A watchdog that counts instead of resetting. It has no timer: that would keep a loop alive, and would need one. What it has missed is counted
// when somebody feeds it or asks.

#include <mutex>

#include <uasync/board/watchdog_port.hpp>
#include <uasync/kernel/port.hpp>
#include <uasync/sim/watchdog.hpp>

#include "../sim/simulation.hpp"

namespace uasync {
namespace {

struct HostWatchdog {
    /// Counts the resets since it was fed. Each feeds it, as the program that the chip would start.
    void catch_up() noexcept {
        if (start != sim::detail::fresh_starts) us = 0;  // as a chip that has just got its supply
        start = sim::detail::fresh_starts;
        if (us == 0) return;
        const Time missed = (port::now() - fed) / us;
        resets += static_cast<unsigned>(missed);
        fed += missed * us;
    }

    std::mutex mutex;      // on Linux core 1 is a thread
    Time fed = 0;          // when
    std::uint32_t us = 0;  // how long it waits; 0 before it is started
    unsigned start = 0;    // which of the simulation's
    unsigned resets = 0;
    bool has_reset = false;
};

HostWatchdog host_watchdog;

}  // namespace

unsigned sim::watchdog_resets() noexcept {
    const std::scoped_lock held{host_watchdog.mutex};
    host_watchdog.catch_up();
    return host_watchdog.resets;
}
void sim::set_reset_cause(bool by_watchdog) noexcept { host_watchdog.has_reset = by_watchdog; }

namespace port {

void watchdog_start(std::uint32_t us) noexcept { watchdog_feed(us); }
void watchdog_feed(std::uint32_t us) noexcept {
    const std::scoped_lock held{host_watchdog.mutex};
    host_watchdog.catch_up();
    host_watchdog.us = us;
    host_watchdog.fed = now();
}
bool watchdog_has_reset() noexcept { return host_watchdog.has_reset; }

}  // namespace port
}  // namespace uasync

// A watchdog that counts instead of resetting.

#include <uasync/board/watchdog_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/watchdog.hpp>

namespace uasync {
namespace {

struct HostWatchdog : LoopTimer {
    HostWatchdog() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<HostWatchdog&>(timer).expire(); }} {}
    void expire() noexcept {
        ++resets;
        start(port::now() + us);
    }

    std::uint32_t us = 0;
    unsigned resets = 0;
    bool has_reset = false;
};

HostWatchdog host_watchdog;

}  // namespace

unsigned sim::watchdog_resets() noexcept { return host_watchdog.resets; }
void sim::set_reset_cause(bool by_watchdog) noexcept { host_watchdog.has_reset = by_watchdog; }

namespace port {

void watchdog_start(std::uint32_t us) noexcept { watchdog_feed(us); }
void watchdog_feed(std::uint32_t us) noexcept {
    host_watchdog.us = us;
    host_watchdog.stop();
    host_watchdog.start(now() + us);
}
bool watchdog_has_reset() noexcept { return host_watchdog.has_reset; }

}  // namespace port
}  // namespace uasync

// The watchdog (datasheet 4.7). It counts the microseconds of the tick that clocks.cpp has started.

#include <uasync/board/watchdog_port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {
constexpr std::uint32_t watchdog_enable = 1u << 30, watchdog_pauses = 7u << 24;  // ctrl: and while a debugger has stopped a core
// All that the power-on state machine starts, but the two oscillators, which would take long to start (datasheet 2.13.5).
constexpr std::uint32_t reset_by_watchdog = 0x1ffff & ~3u;
}  // namespace

void watchdog_start(std::uint32_t us) noexcept {
    watchdog().ctrl = watchdog_pauses;
    psm().by_watchdog = reset_by_watchdog;
    watchdog_feed(us);
    watchdog().ctrl = watchdog_pauses | watchdog_enable;
}

// It counts down by two in each microsecond (RP2040-E1).
void watchdog_feed(std::uint32_t us) noexcept { watchdog().load = us * 2; }

bool watchdog_has_reset() noexcept { return watchdog().reason != 0; }

}  // namespace uasync::port

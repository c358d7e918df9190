#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <uasync/board/watchdog_port.hpp>
#include <uasync/config.hpp>
#include <uasync/kernel/task.hpp>

namespace uasync {

/// Why a program has started: see reset_cause().
enum class ResetCause : std::uint8_t {
    power_on,  ///< The chip has got its supply, or its RUN pin was low.
    watchdog,  ///< A Watchdog was not fed, or something like `picotool reboot` has used the chip's.
};

/// Why the program has started. It is the same until the next reset.
/// @par From an interrupt
/// Allowed.
/// @return the cause
UASYNC_DRIVER ResetCause reset_cause() noexcept;

/// The chip's watchdog: it resets the chip, and so starts the program anew, unless it is fed in time. It runs from the construction of the
/// object until the next reset; nothing stops it, not even its destructor. In the simulation and on Linux nothing is reset:
/// sim::watchdog_resets() tells how often it would have been.
///
///                     feed()
///     [waiting] <-------------------+
///         |   |                     |
///         |   +---------------------+
///         +-- the time is over --> the chip is reset; reset_cause() is then ResetCause::watchdog
///
/// start() creates a task that feeds it as long as the loop gives each task its turn. report_long_steps(), with a shorter limit, names a task
/// that does not let go before the watchdog resets the chip.
///
/// @par Use it for
/// Devices without anybody who could press a button.
/// @par Instead use
/// feed(), where the program knows that all is well, if the chip is to be reset also when one task is stuck in an await: start() only shows
/// that the loop runs.
/// @par Cost
/// 8 bytes on a board, and 80 bytes of the frame pool for the task of start() with GCC -Os, without names. The task runs twice in each timeout.
/// @par From an interrupt
/// feed() may be called there.
/// @par When cancelled
/// If the Watchdog is destroyed, the task of start() ends, and nobody feeds it any more.
/// @par Errors
/// None. A time beyond what the chip has becomes the nearest possible one. If there is no memory for the task, that is reported.
/// @par Source
/// MicroPython's `machine.WDT` and `machine.reset_cause`; RP2040 datasheet 4.7, with its erratum E1.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/watchdog.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     if (reset_cause() == ResetCause::watchdog) print("started by the watchdog\n");
///     report_long_steps(1s);  // says who starves it
///     Watchdog watchdog{3s};
///     watchdog.start();
///     co_await sleep_ms(60'000);
///     print("resets: {}\n", sim::watchdog_resets());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// resets: 0
/// @endcode
class Watchdog {
public:
    /// Starts it.
    /// @param timeout how long it waits, up to 8.388 s
    UASYNC_DRIVER explicit Watchdog(std::chrono::microseconds timeout = std::chrono::seconds{5}) noexcept;
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() { task_.cancel(); }

    /// Has it wait for the whole time again.
    void feed() const noexcept { port::watchdog_feed(timeout_us_); }

    /// Creates a task that feeds it, in the running loop; nothing happens if there is one.
    void start() noexcept;
    /// Whether a task feeds it. @return false before start(), and after the loop in which it was called has ended
    bool started() const noexcept { return !task_.done(); }

private:
    static Coro<> feeds(std::uint32_t timeout_us);

    TaskHandle task_;
    std::uint32_t timeout_us_;
};

}  // namespace uasync

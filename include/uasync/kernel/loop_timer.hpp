#pragma once

#include <uasync/kernel/loop.hpp>

namespace uasync {

/// Calls a function once, at a point in time, in the loop between two steps of tasks. For authors of awaitables.
///
/// Derive from it or hold one as a member, and call stop() in your destructor: its own does not. The function must be
/// short and must not throw. It may start the timer again.
///
/// @par Instead use
/// sleep(), wait_for(), Delay or `call_later` in programs.
/// @par Cost
/// Starting and stopping allocate nothing; O(1) on a host, O(log n) on a board.
/// @par From an interrupt
/// Not allowed.
/// @par Fairness
/// In each pass the loop calls the functions of the timers that were due when the pass began. A timer that such a function
/// starts for a time that has passed is called in the next pass, so tasks run in between.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// class Beeper : LoopTimer {
/// public:
///     explicit Beeper(Time period) noexcept : LoopTimer{beep}, period_{period} { start(port::now() + period_); }
///     Beeper(const Beeper&) = delete;
///     Beeper& operator=(const Beeper&) = delete;
///     ~Beeper() { stop(); }
///
/// private:
///     static void beep(LoopCallback& timer) noexcept {
///         auto& beeper = static_cast<Beeper&>(timer);
///         print("{} ms: beep\n", ticks_ms());
///         beeper.start(port::now() + beeper.period_);
///     }
///
///     Time period_;  // microseconds
/// };
///
/// Coro<> async_main() {
///     Beeper beeper{10'000};
///     co_await sleep_ms(35);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: beep
/// 20 ms: beep
/// 30 ms: beep
/// @endcode
class LoopTimer : public LoopCallback {
public:
    /// A timer that is not running. @param function called with this timer when its time has come
    explicit LoopTimer(void (*function)(LoopCallback&) noexcept) noexcept : LoopCallback{function} {}

    /// Whether its time is still to come. @return false if it has fired, was stopped, or was never started
    bool running() const noexcept { return cancel_requested != 0; }

    /// Starts it on the running loop. It must not be running.
    /// @param deadline when it fires; before the next step of a task if that has passed
    void start(Time deadline) noexcept;

    /// Stops it, so that it does not fire. Nothing happens if it is not running.
    void stop() noexcept;
};

}  // namespace uasync

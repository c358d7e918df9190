#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/time/sleep.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// A period that does not drift, however long the work between two ticks takes.
///
/// The first tick() or reset() starts the period: with 10 ms, ticks come 10 ms, 20 ms ... after that. If ticks have
/// passed by the time a task asks, the task continues with the newest of them, after all tasks that are ready;
/// tick() counts the others as missed, and later ticks stay on the same grid. So a task that is always late skips
/// ticks and starves no other task. Several tasks may wait for one Ticker; each gets every tick that it waits for.
///
/// @par Use it for
/// Work at a fixed rate: sampling, control loops, animation.
/// @par Instead use
/// sleep_ms() for a pause between two pieces of work, Schedule for calendar times, Delay for something that each
/// trigger puts off.
/// @par Cost
/// 24 bytes on a 32-bit board, and a timer in the waiting frame, O(log n); no allocation.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// tick() has taken nothing; the next call gets the same tick.
/// @par Fairness
/// Waiting tasks are woken first in, first out.
/// @par Errors
/// Destroying it ends the waiting tasks with Error::destroyed.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Ticker every{10ms};
///     for (const int work_ms : {3, 8, 25, 1}) {
///         auto missed = co_await every.tick();
///         print("at {} ms, missed {}; works {} ms\n", ticks_ms(), missed, work_ms);
///         co_await sleep_ms(work_ms);
///     }
///     auto missed = co_await every.tick();
///     print("at {} ms, missed {}\n", ticks_ms(), missed);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// at 10 ms, missed 0; works 3 ms
/// at 20 ms, missed 0; works 8 ms
/// at 30 ms, missed 0; works 25 ms
/// at 55 ms, missed 1; works 1 ms
/// at 60 ms, missed 0
/// @endcode
class Ticker {
public:
    /// A ticker that has not started.
    /// @tparam Rep the period's number type
    /// @tparam Period the period's unit
    /// @param period the time between two ticks; less than a microsecond counts as one, and one too long to
    ///   represent never ends
    template <class Rep, class Period>
    constexpr explicit Ticker(std::chrono::duration<Rep, Period> period) noexcept : period_{in_us(period)} {}
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;
    ~Ticker() { waiters_.release(); }

    /// The time between two ticks. @return in microseconds
    Clock::duration period() const noexcept { return Clock::duration{static_cast<Clock::rep>(period_)}; }

    /// Starts again: the next tick comes one period from now, also for tasks that already wait.
    void reset() noexcept { next_ = port::now() + period_; }

    /// Starts again with another period. A task that already waits still continues no later than it would have.
    /// @tparam Rep the period's number type
    /// @tparam Period the period's unit
    /// @param period the new time between two ticks, at least a microsecond
    template <class Rep, class Period>
    void reset(std::chrono::duration<Rep, Period> period) noexcept {
        period_ = in_us(period);
        reset();
    }

    class TickAwaiter : LoopTimer {
    public:
        explicit TickAwaiter(Ticker& ticker) noexcept : LoopTimer{fire_tick}, ticker_{&ticker} {}
        TickAwaiter(TickAwaiter&& unstarted) noexcept : TickAwaiter{*unstarted.ticker_} {}
        TickAwaiter& operator=(TickAwaiter&&) = delete;
        ~TickAwaiter();
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) noexcept;
        std::uint32_t await_resume() noexcept;

    private:
        static void fire_tick(LoopCallback& timer) noexcept;

        Ticker* ticker_;
        TaskState* task_ = nullptr;
    };

    /// Waits for the next tick.
    /// @return an awaitable; `co_await` gives the number of ticks missed since the previous one, 0 to 2^32 - 1
    [[nodiscard("co_await it")]] TickAwaiter tick() noexcept { return TickAwaiter{*this}; }

private:
    template <class Rep, class Period>
    static constexpr Time in_us(std::chrono::duration<Rep, Period> period) noexcept {
        const std::int64_t us = detail::to_us(period);
        return us < 1 ? 1 : static_cast<Time>(us);
    }

    WaitQueue waiters_;
    Time period_;
    Time next_ = 0;  ///< 0: not started
};

UASYNC_WAITS_FOR(Ticker::TickAwaiter, "Ticker::tick");

}  // namespace uasync

#pragma once
// Ticker: a period that does not drift, whatever the work between two ticks takes, and that tells how many ticks were missed.
//
//     Ticker every{10ms};
//     while (true) {
//         auto missed = co_await every.tick();    // 0 as long as the work takes less than a period
//         sample();
//     }
//
// The period begins with the first `tick()`, or with `reset()`: ticks come at begin + 10 ms, + 20 ms ... If one or more have passed
// when a task asks, the task goes on after all that are ready now (it yields), for the newest of them; the others are the missed
// ones, and the next tick is again on the grid. So a task that is always late skips ticks and starves nobody.
// Neighbours: `sleep_ms` for a pause between two pieces of work; Schedule for times of the day; Delay for something that is put
// off. Several tasks may wait for one Ticker; each gets every tick that it waits for.
// Cost: 24 bytes; a timer in the awaiting frame, O(log n); no allocation. Not ISR-safe. Cancel-safe: a cancelled `tick` has taken
// nothing, the next one gets the same tick. Destroying it ends its waiters with Error::destroyed.

#include <chrono>
#include <cstdint>

#include <uasync/time/sleep.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Ticker {
public:
    /// A period of less than a microsecond counts as one; one that is too long to reckon with never ends.
    template <class Rep, class Period>
    constexpr explicit Ticker(std::chrono::duration<Rep, Period> period) noexcept : period_{in_us(period)} {}
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;
    ~Ticker() { waiters_.release(); }

    Clock::duration period() const noexcept { return Clock::duration{static_cast<Clock::rep>(period_)}; }

    /// Begins anew: the next tick comes one period from now, also for tasks that wait already.
    void reset() noexcept { next_ = port::now() + period_; }

    /// The same with another period. A task that waits already does so no longer than it would have.
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

    /// Waits for the next tick. Gives the number of ticks that were missed since the last one; at most 2^32 - 1.
    [[nodiscard("co_await it")]] TickAwaiter tick() noexcept { return TickAwaiter{*this}; }

private:
    template <class Rep, class Period>
    static constexpr Time in_us(std::chrono::duration<Rep, Period> period) noexcept {
        const std::int64_t us = detail::to_us(period);
        return us < 1 ? 1 : static_cast<Time>(us);
    }

    WaitQueue waiters_;
    Time period_;
    Time next_ = 0;  ///< 0: not begun
};

}  // namespace uasync

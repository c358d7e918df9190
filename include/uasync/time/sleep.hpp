#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>

#include <uasync/kernel/loop.hpp>
#include <uasync/time/clock.hpp>

namespace uasync {

namespace detail {

struct YieldAwaiter {
    YieldAwaiter() noexcept {}
    YieldAwaiter(YieldAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { detail::current_loop().yield(self); }
    void await_resume() const noexcept {}
};

/// Suspends the running task for that long from now.
void sleep_for(std::int64_t us, Frame self) noexcept;
void sleep_for_ms(std::int32_t ms, Frame self) noexcept;

/// Milliseconds in microseconds, by two 32-bit multiplications, because a 64-bit one is a library call on a board.
constexpr std::int64_t ms_in_us(std::uint32_t ms) noexcept {
    // NOLINTNEXTLINE(bugprone-implicit-widening-of-multiplication-result): neither product exceeds 32 bits
    return static_cast<std::int64_t>((ms & 0xffffU) * 1000U + (Time{(ms >> 16U) * 1000U} << 16U));
}

struct SleepMsAwaiter {
    explicit SleepMsAwaiter(std::int32_t duration) noexcept : ms{duration} {}
    SleepMsAwaiter(SleepMsAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { sleep_for_ms(ms, self); }
    void await_resume() const noexcept {}
#if UASYNC_BOARD
    std::int32_t ms;
#else
    // Packed, so that a frame can put it behind bytes: the smallest that sleeps takes 48 bytes with GCC, not 56.
    [[gnu::packed]] std::int32_t ms;
#endif
};

struct SleepAwaiter {
    explicit SleepAwaiter(std::int64_t duration) noexcept : us{duration} {}
    SleepAwaiter(SleepAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { sleep_for(us, self); }
    void await_resume() const noexcept {}
    std::int64_t us;
};

struct SleepUntilAwaiter {
    explicit SleepUntilAwaiter(std::int64_t time) noexcept : deadline{time} {}
    SleepUntilAwaiter(SleepUntilAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { detail::current_loop().sleep(deadline_at(deadline), self); }
    void await_resume() const noexcept {}
    std::int64_t deadline;
};

}  // namespace detail

/// Lets every task that is ready run once before the calling task continues.
///
/// @par Use it for
/// A long computation, or a loop that awaits nothing else: without it, no other task runs.
/// @par Instead use
/// sleep_ms() for a loop that polls: one that only yields keeps the processor busy.
/// @par Cost
/// One turn of the loop, with no timer and no allocation.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// Nothing is lost.
/// @par Source
/// `asyncio.sleep(0)`
/// @return an awaitable; `co_await` gives nothing
[[nodiscard("co_await it")]] inline detail::YieldAwaiter yield() noexcept { return {}; }

/// Pauses the calling task for a number of milliseconds while other tasks run.
///
/// A sleep never ends early. One of zero or less only yields.
///
/// @par Use it for
/// A pause between two pieces of work.
/// @par Instead use
/// Ticker for a period that does not drift, wait_for() for a limit on another await, Delay for something that is
/// put off, Schedule for calendar times, Clock to measure. Functions of similar names in the Pico SDK (`sleep_ms`,
/// `sleep_us`), POSIX (`sleep`, `usleep`) and Arduino (`delay`, `yield`) block all tasks. With
/// `using namespace uasync` a call that would pick one of them does not compile; to call it on purpose, put `::`
/// before its name. Beside the Pico SDK's `sleep_ms`, a `std::uint32_t` argument is ambiguous: write
/// `co_await uasync::sleep_ms(n)`, and beside Arduino's `yield`, `uasync::yield()`.
/// @par Cost
/// A timer in the caller's frame and no allocation. Starting is O(1); waking is O(1) on a host and O(log n) on a
/// board.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The timer is removed.
/// @par Fairness
/// Tasks with equal deadlines wake in the order in which they began to sleep.
/// @par Source
/// MicroPython's `asyncio.sleep_ms`
/// @tparam N any integer type
/// @param ms how long, in milliseconds
/// @return an awaitable; `co_await` gives nothing
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     auto begin = ticks_ms();
///     co_await sleep_ms(200);
///     co_await sleep(1500us);
///     print("{} ms have passed\n", ticks_diff(ticks_ms(), begin));
///
///     auto next = Clock::now();
///     for (int work_ms : {1, 7}) {  // what Ticker does
///         next += 10ms;
///         co_await sleep_until(next);
///         print("at {} us\n", ticks_us());
///         co_await sleep_ms(work_ms);
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 201 ms have passed
/// at 211500 us
/// at 221500 us
/// @endcode
template <std::integral N>
[[nodiscard("co_await it")]] auto sleep_ms(N ms) noexcept {
    if constexpr (detail::fits_int32<N>) {
        return detail::SleepMsAwaiter{static_cast<std::int32_t>(ms)};
    } else if constexpr (sizeof(N) == sizeof(std::uint32_t)) {
        return detail::SleepAwaiter{detail::ms_in_us(ms)};
    } else {
        return detail::SleepAwaiter{detail::to_us(std::chrono::duration<N, std::milli>{ms})};
    }
}

/// Pauses the calling task for a duration, such as `1500us` or `2s`, while other tasks run.
///
/// A sleep never ends early. One of zero or less only yields. One too long to represent, such as
/// `std::chrono::hours::max()`, never ends by itself. Otherwise it is as sleep_ms(). A number without a unit, as in
/// `sleep(1)`, does not compile.
///
/// @par Cost
/// A timer in the caller's frame and no allocation. Starting is O(1); waking is O(1) on a host and O(log n) on a
/// board.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The timer is removed.
/// @par Source
/// `asyncio.sleep`
/// @tparam Rep the duration's number type, integer or floating point
/// @tparam Period the duration's unit
/// @param duration how long; rounded up to microseconds
/// @return an awaitable; `co_await` gives nothing
template <class Rep, class Period>
[[nodiscard("co_await it")]] detail::SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration) noexcept {
    return detail::SleepAwaiter{detail::to_us(duration)};
}

/// Pauses the calling task until a point in time on Clock while other tasks run.
///
/// A time that has passed only yields. One beyond the 71 years from the start that a deadline can hold never comes.
///
/// @par Use it for
/// A sequence of deadlines that do not drift: `next += 10ms; co_await sleep_until(next);`.
/// @par Instead use
/// Ticker, which does that and counts the periods missed; Schedule for calendar times.
/// @par Cost
/// A timer in the caller's frame and no allocation. Starting is O(1); waking is O(1) on a host and O(log n) on a
/// board.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The timer is removed.
/// @tparam Duration the resolution of `time`
/// @param time when to continue; rounded up to microseconds
/// @return an awaitable; `co_await` gives nothing
template <class Duration>
[[nodiscard("co_await it")]] detail::SleepUntilAwaiter sleep_until(std::chrono::time_point<Clock, Duration> time) noexcept {
    return detail::SleepUntilAwaiter{detail::to_us(time.time_since_epoch())};
}

UASYNC_WAITS_FOR(YieldAwaiter, "its turn");
UASYNC_WAITS_FOR(SleepMsAwaiter, "sleep");
UASYNC_WAITS_FOR(SleepAwaiter, "sleep");
UASYNC_WAITS_FOR(SleepUntilAwaiter, "sleep");

}  // namespace uasync

#include <uasync/time/namesakes.hpp>

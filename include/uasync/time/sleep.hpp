#pragma once
// Sleeping: `sleep`, `sleep_ms`, `sleep_until`, `yield`.
//
//     co_await sleep_ms(200);
//     co_await sleep(1500us);          // std::chrono
//     auto next = Clock::now();
//     while (true) { next += 10ms; co_await sleep_until(next); }   // a period that does not drift
//
// A sleep never ends early. Sleeps of zero or less yield: the task runs again after all tasks that are ready now. One that is too
// long to reckon with (`hours::max()`, or beyond the 71 years from the start that a deadline holds) does not end by itself, and the
// simulation knows that. Equal deadlines wake in the order in which they were set. Neighbours: Clock and ticks in clock.hpp; Ticker.
// Cost: no allocation; O(1) to start, O(log n) to end. Cancel-safe. Not ISR-safe.

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

/// Suspends the running task for `us` microseconds from now.
void sleep_for(std::int64_t us, Frame self) noexcept;
void sleep_for_ms(std::int32_t ms, Frame self) noexcept;

/// Milliseconds in microseconds, by two 32-bit multiplications, as a 64-bit one is a library call on a board.
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
    [[gnu::packed]] std::int32_t ms;  // a frame keeps it behind bytes: with GCC the smallest that sleeps takes 48 bytes so, else 56
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

/// Lets every task that is ready run once. A loop without other awaits needs it, or it starves all the others.
[[nodiscard("co_await it")]] inline detail::YieldAwaiter yield() noexcept { return {}; }

/// Sleeps for `ms` milliseconds, any integer; 0 or less yields.
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

/// Sleeps for a std::chrono duration, rounded up to microseconds; 0 or less yields.
template <class Rep, class Period>
[[nodiscard("co_await it")]] detail::SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration) noexcept {
    return detail::SleepAwaiter{detail::to_us(duration)};
}

/// Sleeps until a point in time on the loop's Clock, rounded up to microseconds; one that has passed yields.
template <class Duration>
[[nodiscard("co_await it")]] detail::SleepUntilAwaiter sleep_until(std::chrono::time_point<Clock, Duration> time) noexcept {
    return detail::SleepUntilAwaiter{detail::to_us(time.time_since_epoch())};
}

}  // namespace uasync

#include <uasync/time/namesakes.hpp>

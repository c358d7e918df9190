#pragma once
// Time: `sleep`, `sleep_ms`, `sleep_until`, `yield`, and MicroPython's ticks.
//
//     co_await sleep_ms(200);
//     co_await sleep(1500us);          // std::chrono
//     auto next = Clock::now();
//     while (true) { next += 10ms; co_await sleep_until(next); }   // a period that does not drift
//
// A sleep never ends early. Sleeps of zero or less yield: the task runs again after all tasks that are ready now. Equal deadlines
// wake in the order in which they were set. Cost: no allocation; O(1) to start, O(log n) to end. Cancel-safe. Not ISR-safe.

#include <chrono>
#include <concepts>
#include <cstdint>

#include <uasync/kernel/loop.hpp>

namespace uasync {

/// The loop's clock: microseconds, monotonic, 64 bits. A std::chrono clock.
struct Clock {
    using rep = std::int64_t;
    using period = std::micro;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
    static time_point now() noexcept { return time_point{duration{static_cast<rep>(port::now())}}; }
};

namespace detail {

struct YieldAwaiter {
    YieldAwaiter() noexcept {}
    YieldAwaiter(YieldAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { detail::current_loop().yield(self); }
    void await_resume() const noexcept {}
};

/// The deadline `us` microseconds from now, or at that time of the Clock; whatever is out of range is as near as can be.
inline Time deadline_in(std::int64_t us) noexcept {
    const Time now = port::now();
    const auto duration = static_cast<Time>(us < 0 ? 0 : us);
    return duration < never - now ? now + duration : never - 1;
}
inline Time deadline_at(std::int64_t time) noexcept {
    const auto deadline = static_cast<Time>(time < 0 ? 0 : time);
    return deadline < never ? deadline : never - 1;
}

/// Suspends the running task for `us` microseconds from now.
void sleep_for(std::int64_t us, Frame self) noexcept;
void sleep_for_ms(std::int32_t ms, Frame self) noexcept;

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
    void await_suspend(Frame self) const noexcept {
        detail::current_loop().sleep(deadline_at(deadline), self);
    }
    void await_resume() const noexcept {}
    std::int64_t deadline;
};

}  // namespace detail

/// Lets every task that is ready run once. A loop without other awaits needs it, or it starves all the others.
[[nodiscard("co_await it")]] inline detail::YieldAwaiter yield() noexcept { return {}; }

/// Sleeps for `ms` milliseconds: up to 2^31 - 1 (24 days); 0 or less yields.
template <std::integral N>
[[nodiscard("co_await it")]] auto sleep_ms(N ms) noexcept {
    return detail::SleepMsAwaiter{static_cast<std::int32_t>(ms)};
}

/// Sleeps for a std::chrono duration, rounded up to microseconds; up to 71 years; 0 or less yields.
template <class Rep, class Period>
[[nodiscard("co_await it")]] detail::SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration) noexcept {
    return detail::SleepAwaiter{std::chrono::ceil<Clock::duration>(duration).count()};
}

/// Sleeps until a point in time on the loop's Clock; one that has passed yields.
[[nodiscard("co_await it")]] inline detail::SleepUntilAwaiter sleep_until(Clock::time_point time) noexcept {
    return detail::SleepUntilAwaiter{time.time_since_epoch().count()};
}

/// Milliseconds and microseconds since the start, as 32-bit counters that wrap (49 days, 71 minutes): compare them with ticks_diff
/// only. ISR-safe.
std::uint32_t ticks_ms() noexcept;
inline std::uint32_t ticks_us() noexcept { return static_cast<std::uint32_t>(port::now()); }

/// `later - earlier`, right across a wrap if they are less than half the range apart.
constexpr std::int32_t ticks_diff(std::uint32_t later, std::uint32_t earlier) noexcept {
    return static_cast<std::int32_t>(later - earlier);
}
/// A tick moved by `delta`, which may be negative.
constexpr std::uint32_t ticks_add(std::uint32_t ticks, std::int32_t delta) noexcept {
    return ticks + static_cast<std::uint32_t>(delta);
}

}  // namespace uasync

#include <uasync/time/namesakes.hpp>

#pragma once
// Clock: the loop's time, as a std::chrono clock; and MicroPython's ticks.
//
//     auto begin = Clock::now();
//     co_await work();
//     auto took = Clock::now() - begin;                    // std::chrono::microseconds
//
//     auto start = ticks_ms();                             // as in MicroPython: 32 bits, which wrap
//     if (ticks_diff(ticks_ms(), start) > 100) ...
//
// `Clock` is 64-bit microseconds since the start of the program and never wraps. Ticks are for programs that come from MicroPython:
// compare them with `ticks_diff` only.
// Every function of the library that takes a duration takes any std::chrono duration, rounded up to microseconds; one that is too
// large to reckon with (`std::chrono::hours::max()`, infinity) means never, and one that is not a number means none.
// Neighbours: `sleep` waits; Ticker for a period; Schedule for the calendar.
// Cost: no allocation; reading it takes a few cycles, and ticks_ms about 100 (no division). ISR-safe.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>
#include <utility>

#include <uasync/kernel/port.hpp>

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

/// Milliseconds and microseconds since the start, as 32-bit counters that wrap (49 days, 71 minutes): compare them with ticks_diff
/// only. ISR-safe.
std::uint32_t ticks_ms() noexcept;
inline std::uint32_t ticks_us() noexcept { return static_cast<std::uint32_t>(port::now()); }

/// `later - earlier`, right across a wrap if they are less than half the range apart.
constexpr std::int32_t ticks_diff(std::uint32_t later, std::uint32_t earlier) noexcept {
    return static_cast<std::int32_t>(later - earlier);
}

namespace detail {

/// Whether an int32_t holds every value of an N.
template <class N>
inline constexpr bool fits_int32 = std::numeric_limits<N>::digits <= 31;

/// Where microseconds end: a duration of so many means never.
inline constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

/// A number of ticks of the length `Period`, which are more than none, in microseconds.
template <class Period, class N>
constexpr std::int64_t whole_us(N count, bool down) noexcept {
    using Us = std::ratio_divide<Period, std::micro>;  // how many a tick takes
    constexpr std::int64_t num = Us::num;
    constexpr std::int64_t den = Us::den;
    static_assert(den == 1 || num < endless / den, "the duration's period is too odd a fraction of a second");
    if (std::cmp_greater(count, endless)) return endless;
    if (std::cmp_less(count, -endless)) return -endless;
    const auto ticks = static_cast<std::int64_t>(count);
    if constexpr (den == 1) {
        if (ticks > endless / num) return endless;
        if (ticks < -(endless / num)) return -endless;
        return ticks * num;
    } else {
        std::int64_t whole = ticks / den;
        const std::int64_t part = ticks % den * num;
        if (num != 1 && whole >= endless / num) return endless;
        if (num != 1 && whole <= -(endless / num)) return -endless;
        whole = whole * num + part / den;
        if (part % den > 0 && !down) ++whole;
        if (part % den < 0 && down) --whole;
        return whole;
    }
}

/// A duration in microseconds, rounded up, or on demand down. `endless` if there are too many, `-endless` if they are too far below zero; zero
/// for one that is not a number.
template <class Rep, class Period>
constexpr std::int64_t to_us(std::chrono::duration<Rep, Period> duration, bool down = false) noexcept {
    if constexpr (std::is_integral_v<Rep>) {
        return whole_us<Period>(duration.count(), down);
    } else {
        using Number = std::common_type_t<Rep, double>;
        const Number us = std::chrono::duration<Number, std::micro>(duration).count();
        constexpr auto limit = static_cast<Number>(std::int64_t{1} << 62U);
        if (us >= limit) return endless;
        if (us <= -limit) return -endless;
        if (!(us == us)) return 0;
        const auto whole = static_cast<std::int64_t>(us);
        const auto back = static_cast<Number>(whole);
        return whole + (!down && back < us ? 1 : 0) - (down && back > us ? 1 : 0);
    }
}

/// The deadline `us` microseconds from now, or at that time of the Clock: now, or zero, if that is past, and `never` if it is beyond what
/// a deadline can hold.
inline Time deadline_in(std::int64_t us) noexcept {
    const Time now = port::now();
    const auto duration = static_cast<Time>(us < 0 ? 0 : us);
    return duration < never - now ? now + duration : never;
}
inline Time deadline_at(std::int64_t time) noexcept {
    const auto deadline = static_cast<Time>(time < 0 ? 0 : time);
    return deadline < never ? deadline : never;
}
/// The time of the Clock `us` microseconds from now, or `endless`.
inline std::int64_t time_in(std::int64_t us) noexcept {
    const auto now = static_cast<std::int64_t>(port::now());
    return us < endless - now ? now + us : endless;
}

}  // namespace detail

/// A tick moved by `delta`, which may be negative: by less than half the range, as ticks that are farther apart cannot be compared.
constexpr std::uint32_t ticks_add(std::uint32_t ticks, std::int32_t delta) noexcept {
    return ticks + static_cast<std::uint32_t>(delta);
}
template <std::integral N>
constexpr std::uint32_t ticks_add(std::uint32_t ticks, N delta) noexcept {
    static_assert(detail::fits_int32<N>,
                  "ticks_add takes an int32_t: ticks that are 2^31 or more apart cannot be compared; use Clock");
    return ticks + static_cast<std::uint32_t>(static_cast<std::int32_t>(delta));
}

}  // namespace uasync

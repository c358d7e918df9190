#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>
#include <utility>

#include <uasync/kernel/port.hpp>

namespace uasync {

/// The loop's time: 64-bit microseconds since the program started, as a `std::chrono` clock.
///
/// It never goes back and never wraps. Every function of the library that takes a duration takes any
/// `std::chrono::duration`, integer or floating point, and rounds it up to microseconds. A duration too long to
/// represent, such as `std::chrono::hours::max()` or infinity, or a deadline more than 71 years after the start,
/// means never. A NaN counts as zero.
///
/// @par Use it for
/// Deadlines, and measuring how long something takes.
/// @par Instead use
/// ticks_ms() in code that comes from MicroPython; sleep() to wait; Ticker for a period; wait_for() for a limit;
/// Schedule for calendar times.
/// @par Cost
/// Reading it takes a few cycles.
/// @par From an interrupt
/// Allowed, also from other threads.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     const auto begin = Clock::now();
///     const auto ticks = ticks_ms();
///     co_await sleep(1500us);
///     const std::chrono::microseconds took = Clock::now() - begin;
///     print("{} us, or {} ms\n", took.count(), ticks_diff(ticks_ms(), ticks));
///
///     const auto deadline = Clock::now() + 10ms;
///     while (Clock::now() < deadline) co_await sleep_ms(4);
///     print("{} us after the deadline\n", (Clock::now() - deadline).count());
///
///     auto r = co_await wait_for(sleep_ms(5), std::chrono::hours::max());  // without a limit
///     print("in time: {}\n", r.has_value());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 1500 us, or 1 ms
/// 2000 us after the deadline
/// in time: true
/// @endcode
struct Clock {
    /// The number type that counts the microseconds.
    using rep = std::int64_t;
    /// The unit: a microsecond.
    using period = std::micro;
    /// A span of time, in microseconds.
    using duration = std::chrono::duration<rep, period>;
    /// A point in time.
    using time_point = std::chrono::time_point<Clock>;
    /// It never goes back.
    static constexpr bool is_steady = true;
    /// The time since the program started; in the simulation, virtual time. @return the present
    static time_point now() noexcept { return time_point{duration{static_cast<rep>(port::now())}}; }
};

/// Milliseconds since the program started, as a 32-bit counter that wraps after 49 days.
///
/// Compare such values with ticks_diff() only.
/// @par Instead use
/// Clock, which does not wrap.
/// @par Cost
/// About 100 cycles on a board (it does not divide).
/// @par From an interrupt
/// Allowed.
/// @par Source
/// MicroPython's `time.ticks_ms`
/// @return 0 to 2^32 - 1
std::uint32_t ticks_ms() noexcept;

/// Microseconds since the program started, as a 32-bit counter that wraps after 71 minutes.
///
/// Compare such values with ticks_diff() only.
/// @par From an interrupt
/// Allowed.
/// @par Source
/// MicroPython's `time.ticks_us`
/// @return 0 to 2^32 - 1
inline std::uint32_t ticks_us() noexcept { return static_cast<std::uint32_t>(port::now()); }

/// The difference of two tick values, `later - earlier`, also across a wrap.
/// @param later what ticks_ms() or ticks_us() gave
/// @param earlier another value of the same counter, less than 2^31 apart
/// @return the difference in the counter's unit; negative if `later` comes before `earlier`
constexpr std::int32_t ticks_diff(std::uint32_t later, std::uint32_t earlier) noexcept {
    return static_cast<std::int32_t>(later - earlier);
}

namespace detail {

/// Whether an int32_t holds every value of an N.
template <class N>
inline constexpr bool fits_int32 = std::numeric_limits<N>::digits <= 31;

/// A duration of this many microseconds means never.
inline constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

/// A positive number of ticks of length `Period`, in microseconds.
template <class Period, class N>
constexpr std::int64_t whole_us(N count, bool down) noexcept {
    using Us = std::ratio_divide<Period, std::micro>;  // in a tick
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

/// A duration in microseconds, rounded up, or down on request. `endless` if it is too long, `-endless` if it is too
/// far below zero, zero for a NaN.
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

/// The deadline `us` microseconds from now, or at that time of the Clock: now, or zero, if that is past, and
/// `never` beyond what a deadline holds.
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

/// A tick value moved by a number of ticks: `ticks_add(ticks_ms(), 200)` is 200 ms from now.
/// @param ticks what ticks_ms() or ticks_us() gave
/// @param delta how far, in the counter's unit; may be negative
/// @return the moved value, to be compared with ticks_diff()
constexpr std::uint32_t ticks_add(std::uint32_t ticks, std::int32_t delta) noexcept {
    return ticks + static_cast<std::uint32_t>(delta);
}

/// A tick value moved by a number of another integer type. A type that may hold 2^31 or more does not compile,
/// because ticks that far apart cannot be compared.
/// @tparam N an integer type whose values fit into `std::int32_t`
/// @param ticks what ticks_ms() or ticks_us() gave
/// @param delta how far, in the counter's unit; may be negative
/// @return the moved value, to be compared with ticks_diff()
template <std::integral N>
constexpr std::uint32_t ticks_add(std::uint32_t ticks, N delta) noexcept {
    static_assert(detail::fits_int32<N>,
                  "ticks_add takes an int32_t: ticks that are 2^31 or more apart cannot be compared; use Clock");
    return ticks + static_cast<std::uint32_t>(static_cast<std::int32_t>(delta));
}

}  // namespace uasync

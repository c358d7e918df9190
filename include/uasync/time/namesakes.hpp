#pragma once
// Implementation detail of sleep.hpp

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <uasync/time/sleep.hpp>

namespace uasync {

// Other libraries have functions that are named like ours, or that one would take for ours, but block all tasks: POSIX's
// `sleep` and `usleep`, the Pico SDK's `sleep_ms` and `sleep_us`, Arduino's `yield` and `delay`. With `using namespace uasync`,
// a call that would pick one of them must not compile, whatever the order of the includes.
//
// How it works: the templates below match a number of any type exactly, and say what is wrong. If the other function matches
// exactly too, the compiler prefers it, because it is not a template. So each template has a non-template beside it that also
// matches, and the call is ambiguous.

namespace detail {

template <class N>
concept Number = std::is_arithmetic_v<N>;

// False, but only when a template is instantiated.
template <class>
inline constexpr bool has_unit = false;
template <class>
inline constexpr bool lets_others_run = false;

struct a_sleep_needs_a_unit_as_in_co_await_sleep_1s;
struct sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms : SleepAwaiter {
    using SleepAwaiter::SleepAwaiter;
};
struct usleep_blocks_all_tasks_write_co_await_sleep_1us;
struct sleep_us_blocks_all_tasks_write_co_await_sleep_1us;
struct delay_blocks_all_tasks_write_co_await_sleep_ms;

}  // namespace detail

/// @cond
template <detail::Number N>
auto sleep(N) {
    static_assert(detail::has_unit<N>, "a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)");
}
detail::a_sleep_needs_a_unit_as_in_co_await_sleep_1s sleep(unsigned) = delete;
/// @endcond

/// The same as the template; it makes a call ambiguous where the Pico SDK's blocking `sleep_ms` is visible too.
/// @param ms how long, in milliseconds
/// @return an awaitable; `co_await` gives nothing
[[nodiscard("co_await it")]] inline detail::sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms sleep_ms(
    std::uint32_t ms) noexcept {
    return detail::sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms{detail::ms_in_us(ms)};
}
UASYNC_WAITS_FOR(sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms, "sleep");

/// @cond
template <detail::Number N>
auto usleep(N) {
    static_assert(detail::lets_others_run<N>, "usleep blocks all tasks: write co_await sleep(1us)");
}
detail::usleep_blocks_all_tasks_write_co_await_sleep_1us usleep(unsigned) = delete;

template <detail::Number N>
auto sleep_us(N) {
    static_assert(detail::lets_others_run<N>, "sleep_us blocks all tasks: write co_await sleep(1us)");
}
detail::sleep_us_blocks_all_tasks_write_co_await_sleep_1us sleep_us(std::uint64_t) = delete;

#ifdef ARDUINO  // elsewhere `delay` is a name as any other; `yield()` is ambiguous there by itself
template <detail::Number N>
auto delay(N) {
    static_assert(detail::lets_others_run<N>, "delay blocks all tasks: write co_await sleep_ms(1)");
}
detail::delay_blocks_all_tasks_write_co_await_sleep_ms delay(unsigned long) = delete;
#endif
/// @endcond

}  // namespace uasync

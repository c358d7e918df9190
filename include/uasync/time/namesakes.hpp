#pragma once
// For authors of the library: functions of other libraries that have the names of ours, or that one would take for them, but block: POSIX's `sleep` and `usleep`,
// the Pico SDK's `sleep_ms` and `sleep_us`, Arduino's `yield` and `delay`. All tasks would stand still. So with `using namespace uasync`
// a call that would pick one of these does not compile, in whatever order the headers are included. Who means it writes `::sleep(1)`.
//
// How: to a number of any type the templates below fit exactly, and say what is wrong. Where the other function fits exactly, too, a
// compiler prefers it, as it is no template; therefore beside each template there is a function that fits as well: the call is ambiguous.
// `co_await sleep_ms(n)` with an `n` of the SDK's own type uint32_t is so as well: there, write `uasync::sleep_ms(n)`.
// The same for durations without a unit. Included by sleep.hpp.

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <uasync/time/sleep.hpp>

namespace uasync {

namespace detail {

template <class N>
concept Number = std::is_arithmetic_v<N>;

/// False, once somebody asks.
template <class>
inline constexpr bool has_unit = false;
template <class>
inline constexpr bool lets_others_run = false;

struct a_sleep_needs_a_unit_as_in_co_await_sleep_1s;
struct usleep_blocks_all_tasks_write_co_await_sleep_1us;
struct sleep_us_blocks_all_tasks_write_co_await_sleep_1us;
struct delay_blocks_all_tasks_write_co_await_sleep_ms;

}  // namespace detail

template <detail::Number N>
auto sleep(N) {
    static_assert(detail::has_unit<N>, "a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)");
}
detail::a_sleep_needs_a_unit_as_in_co_await_sleep_1s sleep(unsigned) = delete;

[[nodiscard("co_await it")]] inline auto sleep_ms(std::uint32_t ms) noexcept { return sleep_ms<std::uint32_t>(ms); }

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

}  // namespace uasync

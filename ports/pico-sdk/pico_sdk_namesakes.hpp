#pragma once
// Functions of the Pico SDK and of C that block all tasks, beside those of uasync/time/namesakes.hpp, which says how this works: with
// `using namespace uasync`, a call is ambiguous between theirs and the one below, and the compiler shows what the latter returns.

#include <cstdio>  // removes the macro getchar

#include <pico/types.h>

namespace uasync {

namespace detail {
struct getchar_blocks_all_tasks_await_a_flag_set_by_stdio_set_chars_available_callback;
struct sleep_until_blocks_all_tasks_write_co_await_sleep_until_a_time_of_Clock;
}  // namespace detail

/// @cond
detail::getchar_blocks_all_tasks_await_a_flag_set_by_stdio_set_chars_available_callback getchar() = delete;
detail::getchar_blocks_all_tasks_await_a_flag_set_by_stdio_set_chars_available_callback stdio_getchar() = delete;
detail::sleep_until_blocks_all_tasks_write_co_await_sleep_until_a_time_of_Clock sleep_until(absolute_time_t) = delete;
/// @endcond

}  // namespace uasync

// Functions of the Pico SDK that block and have the names of ours, or might: none is called in silence. test_pico_sdk.py compiles this with
// pico/stdlib.h after uasync.hpp, as here, and before it.

#include <uasync/uasync.hpp>

#include <pico/stdlib.h>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> right(int number, short other) {
    co_await sleep_ms(200);
    co_await sleep_ms(number);
    co_await sleep_ms(other);
    co_await sleep(10us);
    co_await sleep_until(Clock::now() + 1s);
    co_await uasync::sleep_ms(std::uint32_t{5});
    co_await uasync::yield();
    (void)getchar_timeout_us(0);
}
void on_purpose() {
    ::sleep_ms(1);
    ::sleep_us(1);
    ::sleep_until(::make_timeout_time_ms(1));
    (void)::getchar();
    ::busy_wait_us(1);
}

#if CASE == 1
// first gcc: call of overloaded 'sleep_ms(uint32_t&)' is ambiguous
// error: sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms
Coro<> the_sdks_own_type(std::uint32_t ms) {
    sleep_ms(ms);
    co_return;
}
#elif CASE == 2
// error: co_await it
Coro<> a_forgotten_await() {
    sleep_ms(200);
    co_return;
}
#elif CASE == 3
// first error: sleep_us blocks all tasks: write co_await sleep(1us)
Coro<> microseconds() {
    sleep_us(5);
    co_return;
}
#elif CASE == 4
// first gcc: call of overloaded 'sleep_us(uint64_t&)' is ambiguous
// error: sleep_us_blocks_all_tasks_write_co_await_sleep_1us
Coro<> microseconds_of_its_own_type(std::uint64_t us) {
    sleep_us(us);
    co_return;
}
#elif CASE == 5
// error: sleep_until_blocks_all_tasks_write_co_await_sleep_until_a_time_of_Clock
Coro<> until_a_time_of_the_sdk() {
    sleep_until(make_timeout_time_ms(5));
    co_return;
}
#elif CASE == 6
// first gcc: call of overloaded 'getchar()' is ambiguous
// error: getchar_blocks_all_tasks_await_a_flag_set_by_stdio_set_chars_available_callback
Coro<> a_character() {
    print("{}\n", getchar());
    co_return;
}
#elif CASE == 7
// error: getchar_blocks_all_tasks_await_a_flag_set_by_stdio_set_chars_available_callback
Coro<> a_character_of_the_sdk() {
    print("{}\n", stdio_getchar());
    co_return;
}
#endif

// Functions that block and have the names of ours, or might: none is called in silence. Uasync first.

#include <compile_fail/arduino_command.hpp>

#include <chrono>
#include <cstdint>

#include <uasync/time/sleep.hpp>

#include <compile_fail/blocking_libraries.hpp>

#include <uasync/kernel/coro.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> right(int number, short other) {
    co_await sleep_ms(200);
    co_await sleep_ms(number);
    co_await sleep_ms(other);
    co_await sleep(1s);
    co_await uasync::sleep_ms(std::uint32_t{5});
    co_await uasync::yield();
}
void on_purpose() {
    ::sleep(1);
    ::usleep(1);
    ::sleep_ms(1);
    ::sleep_us(1);
    ::yield();
    ::delay(1);
}

#if CASE == 1
// first error: a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)
Coro<> seconds() { co_await sleep(1); }
#elif CASE == 2
// first error: a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)
Coro<> half_a_second() {
    sleep(0.5);
    co_return;
}
#elif CASE == 3
// first gcc: call of overloaded 'sleep(unsigned int)' is ambiguous
// first clang: call to 'sleep' is ambiguous
// error: a_sleep_needs_a_unit_as_in_co_await_sleep_1s
void seconds_of_its_own_type() { sleep(1U); }
#elif CASE == 4
// first error: usleep blocks all tasks: write co_await sleep(1us)
void microseconds() { usleep(1); }
#elif CASE == 5
// first gcc: call of overloaded 'usleep(unsigned int)' is ambiguous
// first clang: call to 'usleep' is ambiguous
// error: usleep_blocks_all_tasks_write_co_await_sleep_1us
void microseconds_of_its_own_type() { usleep(1U); }
#elif CASE == 6
// first gcc: call of overloaded 'sleep_ms(uint32_t&)' is ambiguous
// first clang: call to 'sleep_ms' is ambiguous
// error: sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms
Coro<> the_sdks_own_type(std::uint32_t ms) {
    sleep_ms(ms);
    co_return;
}
#elif CASE == 7
// first error: sleep_us blocks all tasks: write co_await sleep(1us)
void the_sdks_microseconds() { sleep_us(5); }
#elif CASE == 8
// first gcc: call of overloaded 'sleep_us(uint64_t&)' is ambiguous
// first clang: call to 'sleep_us' is ambiguous
// error: sleep_us_blocks_all_tasks_write_co_await_sleep_1us
void the_sdks_microseconds_of_its_own_type(std::uint64_t us) { sleep_us(us); }
#elif CASE == 9
// first gcc: call of overloaded 'yield()' is ambiguous
// first clang: call to 'yield' is ambiguous
Coro<> arduinos_yield() {
    yield();
    co_return;
}
#elif CASE == 10
// first error: delay blocks all tasks: write co_await sleep_ms(1)
void arduinos_delay() { delay(100); }
#elif CASE == 11
// first gcc: call of overloaded 'delay(long unsigned int&)' is ambiguous
// first clang: call to 'delay' is ambiguous
// error: delay_blocks_all_tasks_write_co_await_sleep_ms
void arduinos_delay_of_its_own_type(unsigned long ms) { delay(ms); }
#elif CASE == 12
// error: co_await it
Coro<> a_forgotten_await() {
    sleep_ms(200);
    co_return;
}
#endif

// Sleeps that do not sleep, and durations that are none.

#include <chrono>

#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait_for.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<int> seven() {
    co_await sleep(1ms);
    co_return 7;
}

Coro<> right() {
    co_await sleep_ms(1);
    co_await sleep_until(Clock::now() + 1s);
    auto r = co_await wait_for(seven(), 1s);
    auto s = co_await wait_for_ms(seven(), 1);
    (void)r;
    (void)s;
}

#if CASE == 1
// error: co_await it
Coro<> forgotten_await_of_sleep_ms() {
    sleep_ms(1);
    co_return;
}
#elif CASE == 2
// error: co_await it
Coro<> forgotten_await_of_sleep() {
    sleep(1s);
    co_return;
}
#elif CASE == 3
// error: co_await it
Coro<> forgotten_await_of_yield() {
    yield();
    co_return;
}
#elif CASE == 4
// error: co_await it
Coro<> forgotten_await_of_wait_for() {
    wait_for(seven(), 1s);
    co_return;
}
#elif CASE == 5
// error: co_await it
Coro<> forgotten_await_of_gather() {
    gather(seven(), seven());
    co_return;
}
#elif CASE == 6
// error: co_await it
Coro<> forgotten_await_of_catch_cancelled() {
    catch_cancelled(seven());
    co_return;
}
#elif CASE == 7
// first error: a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)
Coro<> a_sleep_without_a_unit() { co_await sleep(1000); }
#elif CASE == 8
// first error: the limit needs a unit: wait_for(x, 2s), or wait_for_ms(x, 2000)
Coro<> a_limit_without_a_unit() {
    auto r = co_await wait_for(seven(), 1000);
    (void)r;
}
#elif CASE == 9
// error: no matching function for call to 'wait_for
Coro<> a_limit_on_no_awaitable() {
    auto r = co_await wait_for(7, 1s);
    (void)r;
}
#elif CASE == 10
// error: no matching function for call to 'sleep_until
Coro<> a_time_of_another_clock() { co_await sleep_until(std::chrono::system_clock::now()); }
#elif CASE == 11
// error: no matching function for call to 'gather
Coro<> a_gather_of_numbers() { co_await gather(1, 2); }
#elif CASE == 12
// first error: a sleep needs a unit: co_await sleep(1s), or co_await sleep_ms(1000)
Coro<> half_a_sleep_without_a_unit() { co_await sleep(0.5); }
#elif CASE == 13
// error: a_sleep_needs_a_unit_as_in_co_await_sleep_1s
Coro<> a_sleep_of_an_unsigned_number() { co_await sleep(1U); }
#elif CASE == 14
// first error: the limit needs a unit: timeout(2s)
Coro<> a_movable_limit_without_a_unit() {
    auto limit = timeout(2);
    co_return;
}
#elif CASE == 15
// error: ticks_add takes an int32_t
std::uint32_t ticks_half_the_range_apart() { return ticks_add(0, 0x8000'0000); }
#elif CASE == 16
// error: ticks_add takes an int32_t
std::uint32_t ticks_that_may_be_too_far_apart(std::size_t delta) { return ticks_add(ticks_ms(), delta); }
#endif

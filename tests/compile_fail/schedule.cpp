// Calendar times that are none.

#include <uasync/time/delay.hpp>
#include <uasync/time/schedule.hpp>
#include <uasync/time/ticker.hpp>

using namespace uasync;
using namespace std::chrono_literals;

[[maybe_unused]] constexpr Schedule right{"0 30 6 * * mon-fri"};

#if CASE == 1
// error: a_schedule_has_six_fields_sec_min_hour_mday_month_wday
constexpr Schedule five{"30 6 * * mon-fri"};
#elif CASE == 2
// error: expected_a_number_a_name_or_an_asterisk
constexpr Schedule misspelt{"0 30 6 * * mun-fri"};
#elif CASE == 3
// error: a_number_is_out_of_its_fields_range
constexpr Schedule late{"0 30 24 * * *"};
#elif CASE == 4
// error: a_range_runs_down
constexpr Schedule backwards{"0 30 6 * * fri-mon"};
#elif CASE == 5
// error: a_step_is_1_to_99
constexpr Schedule still{"*/0 * * * * *"};
#elif CASE == 6
// error: no_year_has_such_a_day
constexpr Schedule never_comes{"0 0 0 31 feb *"};
#elif CASE == 7
// error: co_await it
Coro<> forgotten_await_of_tick(Ticker& ticker) {
    ticker.tick();
    co_return;
}
#elif CASE == 8
// error: co_await it
Coro<> forgotten_await_of_a_delay(Delay& delay) {
    delay.wait();
    co_return;
}
#elif CASE == 9
// error: the callback captures more than three words: put what it needs into a struct
void a_large_callback(int& a, int& b, int& c, int& d) {
    const Delay delay{1s, [&a, &b, &c, &d] { a = b + c + d; }};
}
#endif

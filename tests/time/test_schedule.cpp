#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/time/schedule.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

ScheduleError error_of(std::string_view text) {
    const auto parsed = Schedule::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

sys_seconds at(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0) {
    return sys_days{year{y} / month{m} / day{d}} + hours{h} + minutes{min} + seconds{s};
}

std::string text(sys_seconds time) {
    const auto date = floor<days>(time);
    const year_month_day ymd{date};
    const hh_mm_ss clock{time - date};
    const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(int{ymd.year()}) + "-" + two(unsigned{ymd.month()}) + "-" + two(unsigned{ymd.day()}) + " " +
           two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" + two(clock.seconds().count());
}

/// A field in the simplest way: is `n` in it?
bool in_field(std::string_view field, int n, int high) {
    while (true) {
        const auto comma = field.find(',');
        std::string_view item = field.substr(0, comma);
        int step = 1;
        const auto slash = item.find('/');
        if (slash != std::string_view::npos) step = std::stoi(std::string{item.substr(slash + 1)});
        const std::string_view range = item.substr(0, slash);
        int first = 0;
        int last = high;
        if (range != "*") {
            const auto dash = range.find('-');
            first = std::stoi(std::string{range.substr(0, dash)});
            last = dash != std::string_view::npos    ? std::stoi(std::string{range.substr(dash + 1)})
                   : slash != std::string_view::npos ? high
                                                     : first;
        } else if (high == 31 || high == 12) {
            first = 1;
        }
        if (n >= first && n <= last && (n - first) % step == 0) return true;
        if (comma == std::string_view::npos) return false;
        field.remove_prefix(comma + 1);
    }
}

}  // namespace

TEST_CASE("Schedule: next is the first time after the one given, never that one itself") {
    constexpr Schedule daily{"0 30 6 * * *"};
    CHECK(text(daily.next(at(2026, 3, 1, 6, 29, 59))) == "2026-03-01 06:30:00");
    CHECK(text(daily.next(at(2026, 3, 1, 6, 30, 0))) == "2026-03-02 06:30:00");
    CHECK(text(daily.next(at(2026, 12, 31, 7))) == "2027-01-01 06:30:00");
    CHECK(daily.next(local_seconds{at(2026, 3, 1).time_since_epoch()}) == local_seconds{at(2026, 3, 1, 6, 30).time_since_epoch()});
}

TEST_CASE("Schedule: lists, ranges, steps and names") {
    const auto next = [](const char* schedule, sys_seconds after) {
        const auto parsed = Schedule::parse(schedule);
        REQUIRE(parsed.has_value());
        return text(parsed->next(after));
    };
    const auto sunday = at(2026, 11, 22, 12, 0, 0);
    CHECK(next("*/15 * * * * *", sunday) == "2026-11-22 12:00:15");
    CHECK(next("5/20 * * * * *", sunday + 26s) == "2026-11-22 12:00:45");
    CHECK(next("0 0,15,30-40/5 * * * *", sunday + 31min) == "2026-11-22 12:35:00");
    CHECK(next("0 0 8-18/2 * * *", sunday + 7h) == "2026-11-23 08:00:00");
    CHECK(next("0 30 6 * * mon-fri", sunday) == "2026-11-23 06:30:00");
    CHECK(next("0 30 6 * * MON,Wed", at(2026, 11, 23, 7)) == "2026-11-25 06:30:00");
    CHECK(next("0 0 0 * * 7", at(2026, 11, 23)) == "2026-11-29 00:00:00");
    CHECK(next("0 0 0 * * fri-7", at(2026, 11, 23)) == "2026-11-27 00:00:00");
    CHECK(next("0 0 0 1 jan,jul *", sunday) == "2027-01-01 00:00:00");
    CHECK(next("59 59 23 31 Dec *", sunday) == "2026-12-31 23:59:59");
    CHECK(next("\t0 0  0 31 * *  ", at(2026, 1, 31)) == "2026-03-31 00:00:00");
}

TEST_CASE("Schedule: day of the month and day of the week: one is enough if neither begins with an asterisk, else both") {
    constexpr Schedule either{"0 0 0 13 * fri"};
    auto time = at(2026, 11, 1);
    for (const char* expected :
         {"2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13"}) {
        time = either.next(time);
        CHECK(text(time) == std::string{expected} + " 00:00:00");
    }
    constexpr Schedule both{"0 0 0 13 * */5"};  // days 0 and 5
    time = at(2026, 1, 1);
    for (const char* expected : {"2026-02-13", "2026-03-13", "2026-09-13", "2026-11-13", "2026-12-13"}) {
        time = both.next(time);
        CHECK(text(time) == std::string{expected} + " 00:00:00");
    }
}

TEST_CASE("Schedule: leap years, also that which is none") {
    constexpr Schedule leap{"0 0 12 29 feb *"};
    CHECK(text(leap.next(at(2026, 1, 1))) == "2028-02-29 12:00:00");
    CHECK(text(leap.next(at(2096, 3, 1))) == "2104-02-29 12:00:00");
    CHECK(text(leap.next(at(1999, 3, 1))) == "2000-02-29 12:00:00");
    constexpr Schedule on_sunday{"0 0 0 29 feb */7"};  // both: 29 feb and day 0 or 7
    CHECK(text(on_sunday.next(at(2088, 3, 1))) == "2128-02-29 00:00:00");
}

TEST_CASE("Schedule: before 1970, and centuries ahead") {
    constexpr Schedule hourly{"0 0 * * * *"};
    CHECK(text(hourly.next(at(1969, 12, 31, 23, 30))) == "1970-01-01 00:00:00");
    CHECK(text(hourly.next(at(1900, 2, 28, 23, 0))) == "1900-03-01 00:00:00");
    CHECK(text(hourly.next(at(9000, 2, 28, 23, 0))) == "9000-03-01 00:00:00");
    CHECK(hourly.next(sys_seconds::min()).time_since_epoch() > -63'000'000'000s);
}

#if !UASYNC_BOARD  // takes too long on a simulated board
TEST_CASE("Schedule: a year of each of some schedules has what a look at every second, minute or day finds") {
    for (const std::string schedule : {"0 */7 3-5,20 * * *", "30 15 */6 */10 * *", "0 0 9 1,15 */3 1-5", "0 59 23 31 * *",
                                       "10,20 0 0 28-31 2,4 *", "0 0 0 */2 * 0", "0 5/25 12 13 * 5"}) {
        CAPTURE(schedule);
        std::string fields[6];
        std::size_t begin = 0;
        for (auto& field : fields) {
            const std::size_t end = std::min(schedule.find(' ', begin), schedule.size());
            field = schedule.substr(begin, end - begin);
            begin = end + 1;
        }
        const auto parsed = Schedule::parse(schedule);
        REQUIRE(parsed.has_value());
        sys_seconds expected = at(2028, 1, 1) - 1s;
        sys_seconds time = expected;
        bool right = true;
        for (auto date = sys_days{2028y / 1 / 1}; date < sys_days{2029y / 1 / 1}; date += days{1}) {
            const year_month_day ymd{date};
            const bool mday = in_field(fields[3], static_cast<int>(unsigned{ymd.day()}), 31);
            const bool wday = in_field(fields[5], static_cast<int>(weekday{date}.c_encoding()), 7);
            const bool either = fields[3][0] != '*' && fields[5][0] != '*';
            if (!in_field(fields[4], static_cast<int>(unsigned{ymd.month()}), 12)) continue;
            if (either ? !mday && !wday : !mday || !wday) continue;
            for (int minute = 0; minute < 24 * 60; ++minute) {
                if (!in_field(fields[2], minute / 60, 23) || !in_field(fields[1], minute % 60, 59)) continue;
                for (int second = 0; second < 60; ++second) {
                    if (!in_field(fields[0], second, 59)) continue;
                    expected = date + minutes{minute} + seconds{second};
                    time = parsed->next(time);
                    right = right && time == expected;
                }
            }
        }
        CHECK(right);
        CHECK(parsed->next(time) >= at(2029, 1, 1));
    }
}
#endif

TEST_CASE("Schedule: what is wrong is said, at run time as an error (and at compile time: tests/compile_fail)") {
    CHECK(error_of("") == ScheduleError::not_six_fields);
    CHECK(error_of("30 6 * * mon") == ScheduleError::not_six_fields);
    CHECK(error_of("0 30 6 * * mon 2026") == ScheduleError::not_six_fields);
    CHECK(error_of("0 30 6 * * funday") == ScheduleError::not_a_number);
    CHECK(error_of("0 30 6 * * monday") == ScheduleError::not_a_number);
    CHECK(error_of("0 1, 6 * * *") == ScheduleError::not_a_number);
    CHECK(error_of("0 1- 6 * * *") == ScheduleError::not_a_number);
    CHECK(error_of("0 */ 6 * * *") == ScheduleError::not_a_number);
    CHECK(error_of("0 mon 6 * * *") == ScheduleError::not_a_number);
    CHECK(error_of("-1 0 6 * * *") == ScheduleError::not_a_number);
    CHECK(error_of("60 0 6 * * *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 24 * * *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 0 0 * *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 0 1-32 * *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 0 * 13 *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 0 * * 8") == ScheduleError::out_of_range);
    CHECK(error_of("99999 0 0 * * *") == ScheduleError::out_of_range);
    CHECK(error_of("0 0 18-8 * * *") == ScheduleError::range_runs_down);
    CHECK(error_of("0 0 0 * nov-feb *") == ScheduleError::range_runs_down);
    CHECK(error_of("*/0 0 0 * * *") == ScheduleError::step_is_zero);
    CHECK(error_of("*/100 0 0 * * *") == ScheduleError::step_is_zero);
    CHECK(error_of("0 0 0 31 feb *") == ScheduleError::no_such_day);
    CHECK(error_of("0 0 0 31 2,4,6,9,11 *") == ScheduleError::no_such_day);
    CHECK(error_of("0 0 0 30 feb */2") == ScheduleError::no_such_day);
    CHECK(Schedule::parse("0 0 0 31 feb mon").has_value());  // each monday in february
    CHECK(Schedule::parse("0 0 0 29 feb *").has_value());
    CHECK(std::string_view{to_string(ScheduleError::no_such_day)} == "no year has such a day");
}

// Waiting ------------------------------------------------------------------------------------------------------------------------

namespace {

/// A wall clock that is the loop's, moved.
struct Wall {
    sys_time<microseconds> begin = at(2026, 11, 22, 12);
    microseconds moved{0};
    sys_time<microseconds> now() const { return begin + moved + sim::now(); }
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Schedule: wait sleeps until the next time by the clock that it is given, and gives that time") {
    Wall wall;
    wall.moved = 250ms;
    auto body = [&]() -> Coro<> {
        constexpr Schedule quarters{"0 */15 * * * *"};
        sys_seconds latest{};
        for (int i = 0; i < 3; ++i) {
            latest = co_await quarters.wait([&] { return wall.now(); }, latest);
            CHECK(wall.now() == latest);
            trace(text(latest));
        }
        constexpr Schedule new_year{"0 0 0 1 1 *"};
        const auto time = co_await new_year.wait([&] { return wall.now(); });
        trace(text(time));
    };
    CHECK(run(body()));
    trace.expect({"899750 2026-11-22 12:15:00", "1799750 2026-11-22 12:30:00", "2699750 2026-11-22 12:45:00",
                  "3412799750 2027-01-01 00:00:00"});
}

TEST_CASE_FIXTURE(
    Simulated, "Schedule: a clock that is set a little keeps the awaited time: skipped it comes at once, repeated it comes once") {
    for (const hours moved : {1h, -1h}) {
        CAPTURE(moved.count());
        trace.clear();
        sim::reset();
        Wall wall;
        auto body = [&]() -> Coro<> {
            const auto clock = [&] { return wall.now(); };
            constexpr Schedule hourly{"0 30 * * * *"};
            sim::at(20min, [&] { wall.moved += moved; });  // 12:20 becomes 13:20, or 11:20
            sys_seconds latest{};
            for (int i = 0; i < 2; ++i) {
                latest = co_await hourly.wait(clock, latest);
                trace(text(latest));
            }
        };
        CHECK(run(body()));
        if (moved > 0h) trace.expect({"1800000 2026-11-22 12:30:00", "1800000 2026-11-22 13:30:00"});
        if (moved < 0h) trace.expect({"5400000 2026-11-22 12:30:00", "9000000 2026-11-22 13:30:00"});
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Schedule: a clock that is set back a moment after a time does not give it again if that is passed as last") {
    Wall wall;
    auto body = [&]() -> Coro<> {
        const auto clock = [&] { return wall.now(); };
        constexpr Schedule each_minute{"0 * * * * *"};
        auto latest = co_await each_minute.wait(clock);
        wall.moved -= 5ms;
        latest = co_await each_minute.wait(clock, latest);
        trace(text(latest));
        wall.moved -= 5ms;
        latest = co_await each_minute.wait(clock);
        trace(text(latest));
    };
    CHECK(run(body()));
    trace.expect({"120005 2026-11-22 12:02:00", "120010 2026-11-22 12:02:00"});
}

TEST_CASE_FIXTURE(Simulated, "Schedule: a clock that is set by years has it start over, without a false alarm") {
    Wall wall;
    wall.begin = at(1970, 1, 1);  // not set yet
    auto body = [&]() -> Coro<> {
        constexpr Schedule morning{"0 0 7 * * *"};
        sim::at(10min, [&] { wall.moved += at(2026, 11, 22, 12) - at(1970, 1, 1); });
        const auto time = co_await morning.wait([&] { return wall.now(); });
        trace(text(time));
        CHECK(wall.now() == time);
    };
    CHECK(run(body()));
    trace.expect({"68400000 2026-11-23 07:00:00"});
}

TEST_CASE_FIXTURE(Simulated, "Schedule: wait can be cancelled and limited, and works by local time") {
    Wall wall;
    auto body = [&]() -> Coro<> {
        const auto parsed = Schedule::parse("0 0 13 * * *");
        REQUIRE(parsed.has_value());
        auto result = co_await wait_for(parsed->wait([&] { return wall.now(); }), 30min);
        CHECK(result == std::unexpected{Error::timeout});
        const auto time = co_await parsed->wait([&] { return local_time<microseconds>{wall.now().time_since_epoch()}; });
        CHECK(time == local_seconds{at(2026, 11, 22, 13).time_since_epoch()});
    };
    CHECK(run(body()));
    CHECK(sim::now() == 1h);
}

TEST_CASE("Schedule: asked in the middle of a day for a time on another day, it is the first one of that day") {
    constexpr Schedule monthly{"0 0 6,18 1 * *"};
    CHECK(text(monthly.next(at(2026, 11, 15, 12))) == "2026-12-01 06:00:00");
    CHECK(text(monthly.next(at(2026, 11, 15, 23, 59, 59))) == "2026-12-01 06:00:00");
    CHECK(text(monthly.next(at(2026, 12, 1, 12))) == "2026-12-01 18:00:00");
    CHECK(text(monthly.next(at(2026, 12, 1, 18))) == "2027-01-01 06:00:00");
    CHECK(text(monthly.next(at(2026, 12, 31, 20))) == "2027-01-01 06:00:00");
    constexpr Schedule weekly{"15,45 10,40 7 * * mon"};
    CHECK(text(weekly.next(at(2026, 11, 26, 7, 20, 30))) == "2026-11-30 07:10:15");
    CHECK(text(weekly.next(at(2026, 11, 30, 7, 40, 45))) == "2026-12-07 07:10:15");
}

TEST_CASE("Schedule: times that no calendar has count as the nearest one that it has") {
    constexpr Schedule hourly{"0 0 * * * *"};
    CHECK(text(hourly.next(sys_seconds::max())) == "10000-01-01 00:00:00");
    CHECK(text(hourly.next(sys_seconds::min())) == text(hourly.next(at(0, 1, 1) - 100h)));
}

TEST_CASE_FIXTURE(Simulated, "Schedule: a last time that is years away, in either direction, is none") {
    Wall wall;
    const auto year = std::chrono::hours{365 * 24};
    for (const sys_seconds earlier : {sys_seconds{}, at(2026, 11, 22, 12) + 5 * year, at(2026, 11, 22, 12) - 5 * year,
                                      sys_seconds::max(), sys_seconds::min(), at(2026, 11, 22, 16), at(2026, 11, 22, 8)}) {
        CAPTURE(earlier.time_since_epoch().count());
        sim::reset();
        auto body = [&]() -> Coro<> {
            constexpr Schedule hourly{"0 30 * * * *"};
            const auto time = co_await hourly.wait([&] { return wall.now(); }, earlier);
            CHECK(text(time) == "2026-11-22 12:30:00");
            CHECK(sim::now() == 30min);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "Schedule: a clock that is out of its mind keeps wait waiting until it is set") {
    for (const bool ahead : {false, true}) {
        CAPTURE(ahead);
        sim::reset();
        bool set = false;
        const auto clock = [&]() -> sys_time<hours> {
            if (!set) return ahead ? sys_time<hours>::max() : sys_time<hours>::min();
            return floor<hours>(at(2026, 11, 22, 12) + duration_cast<seconds>(sim::now()));
        };
        sim::at(1h, [&] { set = true; });
        auto body = [&]() -> Coro<> {
            constexpr Schedule new_year{"0 0 0 1 1 *"};
            const sys_seconds time = co_await new_year.wait(clock);
            CHECK(text(time) == "2027-01-01 00:00:00");
        };
        CHECK(run(body()));
    }
}

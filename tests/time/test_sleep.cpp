#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/sync/thread_safe_flag.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/call.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/time/delay.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/time/ticker.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

/// Sleeps until `us` after the start.
auto sleep_until_us(std::int64_t us) { return sleep_until(Clock::time_point{Clock::duration{us}}); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "a sleep lasts as long as it says, in milliseconds and in chrono's units") {
    auto main = [&]() -> Coro<> {
        co_await sleep_ms(1);
        trace("1 ms");
        co_await sleep(1500us);
        trace("1500 us");
        co_await sleep(2s);
        trace("2 s");
        co_await sleep(std::chrono::duration<double>{0.5});
        trace("half a second");
        co_await sleep_ms(std::numeric_limits<std::int32_t>::max());
        trace("2^31 - 1 ms");
    };
    CHECK(run(main()));
    trace.expect({"1 1 ms", "2.5 1500 us", "2002.5 2 s", "2502.5 half a second", "2147486149.5 2^31 - 1 ms"});
}

TEST_CASE_FIXTURE(Simulated, "a sleep is rounded up, never down: it does not end early") {
    auto main = [&]() -> Coro<> {
        co_await sleep(1ns);
        CHECK(sim::now() == 1us);
        co_await sleep(1001ns);
        CHECK(sim::now() == 3us);
        co_await sleep(std::chrono::duration<double, std::micro>{0.25});
        CHECK(sim::now() == 4us);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "sleeps of zero or less, and until what has passed, yield exactly once") {
    auto other = [&]() -> Coro<> {
        while (true) {
            trace("other");
            co_await yield();
        }
    };
    auto main = [&]() -> Coro<> {
        co_await sleep_ms(5);
        auto task = create_task(other());
        co_await sleep_ms(0);
        trace("sleep_ms(0)");
        co_await sleep_ms(-1);
        trace("sleep_ms(-1)");
        co_await sleep_ms(std::numeric_limits<std::int32_t>::min());
        trace("sleep_ms(min)");
        co_await sleep(0s);
        trace("sleep(0s)");
        co_await sleep(-5h);
        trace("sleep(-5h)");
        co_await sleep(-1ns);
        trace("sleep(-1ns)");
        co_await sleep_until(Clock::now());
        trace("sleep_until(now)");
        co_await sleep_until_us(1000);
        trace("sleep_until(past)");
        co_await sleep_until_us(-1);
        trace("sleep_until(before the start)");
        co_await yield();
        trace("yield");
    };
    CHECK(run(main()));
    trace.expect({"5 other", "5 sleep_ms(0)",
                  "5 other", "5 sleep_ms(-1)",
                  "5 other", "5 sleep_ms(min)",
                  "5 other", "5 sleep(0s)",
                  "5 other", "5 sleep(-5h)",
                  "5 other", "5 sleep(-1ns)",
                  "5 other", "5 sleep_until(now)",
                  "5 other", "5 sleep_until(past)",
                  "5 other", "5 sleep_until(before the start)",
                  "5 other", "5 yield"});
}

TEST_CASE_FIXTURE(Simulated, "a deadline decades ahead comes at its time") {
    auto main = [&]() -> Coro<> {
        co_await sleep(std::chrono::years{35});
        CHECK(sim::now() == std::chrono::duration_cast<sim::Duration>(std::chrono::years{35}));
        co_await sleep(std::chrono::years{35});
        CHECK(sim::now() == std::chrono::duration_cast<sim::Duration>(std::chrono::years{70}));
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a far deadline does not disturb near ones") {
    auto far = [&]() -> Coro<> {
        Noted noted{trace, "far one destroyed"};
        co_await sleep(std::chrono::years{31});
    };
    auto farther = [&]() -> Coro<> {
        Noted noted{trace, "farther one destroyed"};
        co_await sleep(std::chrono::years{200});
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(far());
        auto b = create_task(farther());
        for (int i = 0; i < 3; ++i) {
            co_await sleep_ms(1);
            trace("near", i);
        }
    };
    CHECK(run(main()));
    trace.expect({"1 near 0", "2 near 1", "3 near 2", "3 far one destroyed", "3 farther one destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "the last deadline comes at its time, the next one never") {
    auto main = [&]() -> Coro<> { co_await sleep_until_us(static_cast<std::int64_t>(never) - 1); };
    CHECK(run(main()));
    CHECK(sim::now() == sim::Duration{static_cast<std::int64_t>(never) - 1});
    auto beyond = [&]() -> Coro<> { co_await sleep(1us); };
    CHECK(outcome(run(beyond())) == "deadlock");
    auto far_beyond = [&]() -> Coro<> { co_await sleep_ms(1000); };
    CHECK(outcome(run(far_beyond())) == "deadlock");
    CHECK(sim::now() == sim::Duration{static_cast<std::int64_t>(never) - 1});
}

namespace {

/// Is still there after a year, and does not keep the simulation from knowing that nothing will happen.
template <class Sleep>
void check_never(Sleep asleep) {
    auto sleeps = [&]() -> Coro<> {
        co_await asleep();
        CHECK_MESSAGE(false, "it ended");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(sleeps());
        co_await sleep(std::chrono::years{1});
        CHECK_FALSE(task.done());
        co_await task;
    };
    sim::reset();
    sim::capture(true);
    CHECK(outcome(run(main())) == "deadlock");
    CHECK(sim::now() == std::chrono::years{1});
    CHECK(sim::console().find("waits in sleep") != std::string::npos);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated,
                  "a sleep that is too long to reckon with never ends, in any unit, and is no deadline that could come") {
    using namespace std::chrono;
    check_never([] { return sleep(hours::max()); });
    check_never([] { return sleep(seconds::max()); });
    check_never([] { return sleep(milliseconds::max()); });
    check_never([] { return sleep(microseconds::max()); });
    check_never([] { return sleep(nanoseconds::max() * 1000.0); });
    check_never([] { return sleep(years{1000}); });
    check_never([] { return sleep(duration<double>{std::numeric_limits<double>::infinity()}); });
    check_never([] { return sleep(duration<float>{1e30F}); });
    check_never([] { return sleep(duration<std::uint64_t>{~std::uint64_t{0}}); });
    check_never([] { return sleep(duration<std::int64_t, std::ratio<1, 3>>::max()); });
    check_never([] { return sleep_until(Clock::time_point::max()); });
    check_never([] { return sleep_until(Clock::time_point{microseconds{std::int64_t{1} << 51}}); });
    check_never([] { return sleep_until(time_point<Clock, hours>::max()); });
    check_never([] { return sleep_ms(std::numeric_limits<std::int64_t>::max()); });
    check_never([] { return sleep_ms(~std::uint64_t{0}); });
}

TEST_CASE_FIXTURE(Simulated, "the shortest durations, fractions, and what is not a number: rounded up, never now where it is not") {
    using namespace std::chrono;
    const auto lasts = [&](auto duration) {
        sim::Duration took{};
        auto main = [&]() -> Coro<> { co_await sleep(duration); };
        sim::reset();
        CHECK(run(main()));
        took = sim::now();
        return took.count();
    };
    CHECK(lasts(duration<double>{std::numeric_limits<double>::quiet_NaN()}) == 0);
    CHECK(lasts(duration<double>{-std::numeric_limits<double>::infinity()}) == 0);
    CHECK(lasts(hours::min()) == 0);
    CHECK(lasts(nanoseconds::min()) == 0);
    CHECK(lasts(duration<double>{0.3}) == 300'000);
    CHECK(lasts(duration<float, std::micro>{1.5F}) == 2);
    CHECK(lasts(duration<double, std::nano>{1.0}) == 1);
    CHECK(lasts(duration<int, std::ratio<1, 3>>{1}) == 333'334);
    CHECK(lasts(duration<int, std::ratio<1, 3>>{-1}) == 0);
    CHECK(lasts(duration<std::int8_t>{100}) == 100'000'000);
    CHECK(lasts(nanoseconds{1001}) == 2);
    static_assert(detail::to_us(duration<int, std::ratio<1, 3>>{-4}) == -1'333'333);
    static_assert(detail::to_us(duration<int, std::ratio<1, 3>>{-4}, true) == -1'333'334);
    static_assert(detail::to_us(nanoseconds{-1}, true) == -1);
    static_assert(detail::to_us(nanoseconds{1999}, true) == 1);
    static_assert(detail::to_us(duration<double, std::micro>{-1.5}) == -1);
    static_assert(detail::to_us(duration<double, std::micro>{-1.5}, true) == -2);
    static_assert(detail::to_us(hours::min()) == -detail::endless);
}

TEST_CASE_FIXTURE(Simulated, "sleep_ms and wait_for_ms take integers of any size") {
    auto main = [&]() -> Coro<> {
        co_await sleep_ms(3'000'000'000);
        CHECK(sim::now() == 3'000'000'000ms);
        co_await sleep_ms(std::uint32_t{0x8000'0000});
        CHECK(sim::now() == 3'000'000'000ms + 0x8000'0000 * 1ms);
        co_await sleep_ms(std::numeric_limits<std::uint32_t>::max());
        CHECK(sim::now() == 3'000'000'000ms + 0x8000'0000 * 1ms + 0xffff'ffff * 1ms);
        sim::Duration before = sim::now();
        co_await sleep_ms(std::size_t{5});
        co_await sleep_ms(std::int64_t{-5});
        co_await sleep_ms(std::uint8_t{255});
        co_await sleep_ms(short{-1});
        CHECK(sim::now() == before + 260ms);
        before = sim::now();
        auto sleeps = []() -> Coro<> { co_await sleep(std::chrono::years{1}); };
        auto r = co_await wait_for_ms(sleeps(), std::size_t{3'000'000'000});
        CHECK(outcome(r) == "timeout");
        CHECK(sim::now() == before + 3'000'000'000ms);
        co_await sleep_ms(std::numeric_limits<std::int32_t>::max());
        CHECK(sim::now() == before + 3'000'000'000ms + 0x7fff'ffff * 1ms);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "limits, delays and timers that are too long never come") {
    using namespace std::chrono;
    auto short_one = [&](const char* name) -> Coro<int> {
        co_await sleep(365 * 24h);
        trace(name);
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        Delay delay{hours::max(), [&] { trace("not reached"); }};
        delay.trigger();
        Delay again{1s, [&] { trace("not reached"); }};
        again.trigger(milliseconds::max());
        Ticker ticker{seconds::max()};
        auto ticks = [&]() -> Coro<> {
            co_await ticker.tick();
            trace("not reached");
        };
        auto ticking = create_task(ticks());
        running_loop().call_later(microseconds::max(), [&] { trace("not reached"); });
        running_loop().call_at(Clock::time_point::max(), [&] { trace("not reached"); });
        auto a = co_await wait_for(short_one("wait_for"), milliseconds::max());
        CHECK(a == 1);
        auto limit = timeout(hours::max());
        auto b = co_await limit(short_one("timeout"));
        CHECK(b == 1);
        CHECK_FALSE(limit.when().has_value());
        auto later = timeout_at(time_point<Clock, hours>::max());
        later.reschedule(Clock::time_point::max());
        auto c = co_await later(short_one("timeout_at"));
        CHECK(c == 1);
        std::array tasks{create_task(short_one("wait"))};
        CHECK(co_await wait(tasks, all_completed, seconds::max()) == 1);
        CHECK(delay.running());
        CHECK(again.running());
        CHECK(ticker.period() == microseconds::max());
        ticking.cancel();
        co_await yield();
    };
    CHECK(run(main()));
    trace.expect({"31536000000 wait_for", "63072000000 timeout", "94608000000 timeout_at", "126144000000 wait"});
}

TEST_CASE_FIXTURE(Simulated, "equal deadlines wake in the order in which they were set") {
    auto sleeper = [&](std::string name, int ms) -> Coro<> {
        co_await sleep_ms(10 - ms);  // they set out in the order of `ms`, latest first
        co_await sleep_ms(ms);
        trace(name);
    };
    auto main = [&]() -> Coro<> {
        auto c = create_task(sleeper("set third", 1));
        auto b = create_task(sleeper("set second", 4));
        auto a = create_task(sleeper("set first", 9));
        co_await sleep_ms(20);
    };
    CHECK(run(main()));
    trace.expect({"10 set first", "10 set second", "10 set third"});
}

TEST_CASE_FIXTURE(Simulated, "1,000 sleepers wake in the order of their deadlines, equal ones in that of setting") {
    for (unsigned seed = 0; seed < 10; ++seed) {
        CAPTURE(seed);
        std::mt19937 random{seed};
        std::vector<std::pair<int, int>> woken;
        std::vector<std::pair<int, int>> expected;
        auto sleeper = [&](int number, int ms) -> Coro<> {
            co_await sleep_ms(ms);
            woken.emplace_back(ms, number);
        };
        auto main = [&]() -> Coro<> {
            for (int number = 0; number < 1000; ++number) {
                const int ms = static_cast<int>(random() % 100 + 1);
                expected.emplace_back(ms, number);
                auto task = create_task(sleeper(number, ms));
            }
            co_await sleep_ms(200);
        };
        CHECK(run(main()));
        std::ranges::sort(expected);
        CHECK((woken == expected));
    }
}

TEST_CASE_FIXTURE(Simulated, "a period by sleep_until does not drift, whatever its work takes") {
    auto main = [&]() -> Coro<> {
        auto next = Clock::now();
        for (int i = 1; i <= 4; ++i) {
            next += 10ms;
            co_await sleep_until(next);
            trace("tick", i);
            co_await sleep_ms(2 * i);
        }
    };
    CHECK(run(main()));
    trace.expect({"10 tick 1", "20 tick 2", "30 tick 3", "40 tick 4"});
}

TEST_CASE_FIXTURE(Simulated, "tasks that never wait for long do not starve the timers") {
    auto spin = []() -> Coro<> {
        while (true) co_await sleep_ms(-1);
    };
    auto timed = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            const auto due = Clock::now() + 1ms;
            co_await sleep_ms(1);
            CHECK(Clock::now() >= due);
            CHECK(Clock::now() < due + 10us);  // each step of a program that never sleeps takes one
        }
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(spin());
        auto b = create_task(spin());
        co_await timed();
    };
    CHECK(run(main()));
    CHECK(sim::now() >= 3ms);
}

TEST_CASE_FIXTURE(Simulated, "a cancelled sleep leaves no timer behind") {
    auto sleeper = []() -> Coro<> { co_await sleep_ms(1000); };
    auto main = [&]() -> Coro<> {
        auto task = create_task(sleeper());
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    CHECK(sim::now() == 2ms);
}

// Clocks --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "ticks_ms and ticks_us are the clock's, modulo 2^32") {
    auto main = [&]() -> Coro<> {
        std::mt19937_64 random{1};
        std::int64_t time = 0;
        for (int i = 0; i < 2000; ++i) {
            time += static_cast<std::int64_t>(random() >> (24 + random() % 40));
            if (time >= static_cast<std::int64_t>(never)) break;
            co_await sleep_until_us(time);
            CHECK(sim::now().count() == time);
            CHECK(Clock::now().time_since_epoch().count() == time);
            CHECK(ticks_ms() == static_cast<std::uint32_t>(time / 1000));
            CHECK(ticks_us() == static_cast<std::uint32_t>(time));
        }
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "ticks_diff is right across the wrap of ticks_ms after 49 days") {
    auto main = [&]() -> Coro<> {
        co_await sleep(std::chrono::milliseconds{(std::int64_t{1} << 32) - 5});
        const auto before = ticks_ms();
        co_await sleep_ms(12);
        CHECK(ticks_ms() == 7);
        CHECK(ticks_diff(ticks_ms(), before) == 12);
        CHECK(ticks_diff(before, ticks_ms()) == -12);
        CHECK(ticks_add(before, 12) == ticks_ms());
    };
    CHECK(run(main()));
}

TEST_CASE("ticks_add and ticks_diff are inverse all round") {
    constexpr std::uint32_t top = std::numeric_limits<std::uint32_t>::max();
    constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
    static_assert(ticks_diff(3, top - 1) == 5);
    static_assert(ticks_diff(top - 1, 3) == -5);
    static_assert(ticks_add(top, 1) == 0);
    static_assert(ticks_add(0, -1) == top);
    for (const std::uint32_t start :
         {std::uint32_t{0}, std::uint32_t{1}, std::uint32_t{0x7fffffff}, std::uint32_t{0x80000000}, top}) {
        for (const std::int32_t delta : {std::int32_t{0}, std::int32_t{1}, std::int32_t{-1}, std::int32_t{1000}, most, -most})
            CHECK(ticks_diff(ticks_add(start, delta), start) == delta);
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "sleep: of zero or less, in whatever unit, is a yield: whom an interrupt wakes in that step comes after it") {
    ThreadSafeFlag flag;
    auto waits = [&]() -> Coro<> {
        while (true) {
            co_await flag.wait();
            trace("woken");
        }
    };
    auto main = [&]() -> Coro<> {
        auto waiter = create_task(waits());
        co_await yield();
        flag.set();
        co_await yield();
        trace("yield");
        co_await yield();
        flag.set();
        co_await sleep_ms(0);
        trace("sleep_ms");
        co_await yield();
        flag.set();
        co_await sleep(0s);
        trace("sleep");
        co_await yield();
        flag.set();
        co_await sleep(-5min);
        trace("negative");
        co_await yield();
        (void)waiter.cancel();
    };
    CHECK(run(main()));
    trace.expect({"0 yield", "0 woken", "0 sleep_ms", "0 woken", "0 sleep", "0 woken", "0 negative", "0 woken"});
}

TEST_CASE_FIXTURE(Simulated,
                  "a duration that ends beyond the last deadline, counted from now, never ends, however little it exceeds that") {
    static constexpr auto last = static_cast<std::int64_t>(never) - 1;
    auto late = [&](auto asleep, std::int64_t from) {
        auto main = [&]() -> Coro<> {
            co_await sleep_until_us(from);
            sim::at(sim::Duration{from + 1'000},
                    [&loop = detail::current_loop()] { loop.signal(); });  // so that it looks at its timers
            co_await asleep();
            trace("not reached");
        };
        CHECK(outcome(run(main())) == "deadlock");
        sim::reset();
    };
    late([] { return sleep(std::chrono::microseconds{last}); }, 5'000);
    late([] { return sleep(std::chrono::microseconds{last - 4'000}); }, 5'000);
    late([] { return sleep(5ms); }, last - 4'000);
#if !UASYNC_BOARD  // after 71 years, sleep_ms does without there
    late([] { return sleep_ms(5); }, last - 4'000);
    late([] { return sleep_ms(std::numeric_limits<std::int32_t>::max()); }, last - 1'000'000);
#endif
    auto calls = [&]() -> Coro<> {
        co_await sleep(5ms);
        auto handle = running_loop().call_later(std::chrono::microseconds::max() - 1us, [&] { trace("not reached"); });
        co_await sleep(5ms);
        CHECK_FALSE(handle.done());
    };
    CHECK(run(calls()));
    trace.expect({});
}

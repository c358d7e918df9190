#include <array>
#include <memory>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/time/divide.hpp>
#include <uasync/time/ticker.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<> ticks(Trace& trace, Ticker& ticker, int id) {
    while (true) {
        const auto missed = co_await ticker.tick();
        trace("tick of " + std::to_string(id) + ", missed", missed);
    }
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Ticker: a period does not drift, whatever the work between two ticks takes") {
    auto body = [&]() -> Coro<> {
        co_await sleep_ms(3);
        Ticker ticker{10ms};
        CHECK(ticker.period() == 10ms);
        co_await sleep_ms(4);  // it begins with the first tick()
        for (const int work_ms : {0, 9, 1, 5}) {
            const auto missed = co_await ticker.tick();
            trace("missed", missed);
            co_await sleep_ms(work_ms);
        }
    };
    CHECK(run(body()));
    trace.expect({"17 missed 0", "27 missed 0", "37 missed 0", "47 missed 0"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Ticker: a task that is late goes on at once for the newest tick, is told of the others, and stays on the grid") {
    auto body = [&]() -> Coro<> {
        Ticker ticker{10ms};
        for (const int work_ms : {10, 15, 25, 0, 1000, 0}) {
            const auto missed = co_await ticker.tick();
            trace("missed", missed);
            co_await sleep_ms(work_ms);
        }
        const auto missed = co_await ticker.tick();
        trace("missed", missed);
    };
    CHECK(run(body()));
    // 10..20: on time. 20..35: the tick of 30 is served late. 35..60: 40 and 50 are missed, 60 is there.
    trace.expect({"10 missed 0", "20 missed 0", "35 missed 0", "60 missed 2", "70 missed 0", "1070 missed 99", "1080 missed 0"});
}

TEST_CASE_FIXTURE(Simulated, "Ticker: one that is always late yields at each tick, so that others have their turns") {
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 2; ++i) {
            trace("other");
            co_await yield();
        }
    };
    auto body = [&]() -> Coro<> {
        Ticker ticker{1us};
        co_await ticker.tick();
        co_await sleep_ms(1);
        auto task = create_task(other());
        (void)co_await ticker.tick();
        trace("late");
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"1.001 other", "1.001 late", "1.001 other"});
}

TEST_CASE_FIXTURE(Simulated, "Ticker: missed ticks are counted over an hour, and up to 2^32 - 1") {
    auto body = [&]() -> Coro<> {
        Ticker ticker{7us};
        (void)co_await ticker.tick();
        co_await sleep(1h);
        auto missed = co_await ticker.tick();
        CHECK(missed == 3'600'000'000U / 7 - 1);
        co_await sleep(std::chrono::years{20});
        missed = co_await ticker.tick();
        CHECK(missed == 0xffffffffU);
        missed = co_await ticker.tick();
        CHECK(missed == 0);
        CHECK(sim::now().count() % 7 == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ticker: several tasks each get every tick, first in, first out") {
    auto body = [&]() -> Coro<> {
        Ticker ticker{10ms};
        auto a = create_task(ticks(trace, ticker, 1));
        co_await sleep_ms(5);
        auto b = create_task(ticks(trace, ticker, 2));
        co_await sleep_ms(20);
        a.cancel();
        b.cancel();
        (void)co_await catch_cancelled(b);
    };
    CHECK(run(body()));
    trace.expect({"10 tick of 1, missed 0", "10 tick of 2, missed 0", "20 tick of 1, missed 0", "20 tick of 2, missed 0"});
}

TEST_CASE_FIXTURE(Simulated, "Ticker: reset begins anew, for tasks that wait already too, and with another period") {
    auto body = [&]() -> Coro<> {
        Ticker ticker{10ms};
        auto task = create_task(ticks(trace, ticker, 1));
        co_await sleep_ms(14);
        ticker.reset();  // 24, 34
        co_await sleep_ms(21);
        ticker.reset(3ms);  // 38, and the task waits until 44: two are missed
        CHECK(ticker.period() == 3ms);
        co_await sleep_ms(10);
        ticker.reset(0us);
        CHECK(ticker.period() == 1us);
        task.cancel();
        (void)co_await catch_cancelled(task);
    };
    CHECK(run(body()));
    trace.expect({"10 tick of 1, missed 0", "24 tick of 1, missed 0", "34 tick of 1, missed 0", "44 tick of 1, missed 2"});
}

TEST_CASE_FIXTURE(Simulated, "Ticker: a cancelled tick has taken nothing, at any moment and in any order") {
    for (int cancel_ms = 9; cancel_ms <= 11; ++cancel_ms) {
        for_each_order([&] {
            auto body = [&]() -> Coro<> {
                Ticker ticker{10ms};
                bool had_it = false;
                auto one = [&]() -> Coro<> {
                    (void)co_await ticker.tick();
                    had_it = true;
                };
                auto task = create_task(one());
                co_await sleep_ms(cancel_ms);
                task.cancel();
                (void)co_await catch_cancelled(task);
                const auto missed = co_await ticker.tick();
                CHECK(missed == 0);
                CHECK(sim::now() == (had_it ? 20ms : cancel_ms < 10 ? 10ms : sim::Duration{cancel_ms * 1000}));
            };
            CHECK(run(body()));
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "Ticker: cancelled while late, it leaves the task whole, also if the ticker goes next") {
    auto body = [&]() -> Coro<> {
        auto ticker = std::make_unique<Ticker>(1ms);
        auto late = [&]() -> Coro<> {
            (void)co_await ticker->tick();
            co_await sleep_ms(2);
            auto result = co_await catch_cancelled(ticker->tick());
            trace(result ? "tick" : name(result.error()));
            for (int i = 0; i < 3; ++i) co_await yield();
            trace("goes on");
        };
        auto task = create_task(late());
        co_await sleep_ms(3);
        co_await yield();
        CHECK(task.cancel());
        co_await yield();
        ticker.reset();
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"3 cancelled", "3 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "Ticker: a time limit on a tick leaves no timer behind") {
    auto body = [&]() -> Coro<> {
        Ticker ticker{1h};
        auto result = co_await wait_for(ticker.tick(), 5ms);
        trace(outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"5 timeout"});
    CHECK(sim::now() == 5ms);
}

TEST_CASE_FIXTURE(Simulated, "Ticker: destroyed while tasks wait, or between the tick and their turn: Error::destroyed") {
    for (int destroy_ms = 9; destroy_ms <= 10; ++destroy_ms) {
        for_each_order([&] {
            auto body = [&]() -> Coro<> {
                auto ticker = std::make_unique<Ticker>(10ms);
                bool ticked[2] = {};
                auto one = [&](int i) -> Coro<> {
                    (void)co_await ticker->tick();
                    ticked[i] = true;
                };
                auto a = create_task(one(0));
                auto b = create_task(one(1));
                co_await sleep_ms(destroy_ms);
                ticker.reset();
                const Result<void> destroyed = std::unexpected{Error::destroyed};
                auto result = co_await catch_cancelled(a);
                CHECK(result == (ticked[0] ? Result<void>{} : destroyed));
                result = co_await catch_cancelled(b);
                CHECK(result == (ticked[1] ? Result<void>{} : destroyed));
                if (destroy_ms < 10) CHECK_FALSE((ticked[0] || ticked[1]));
            };
            CHECK(run(body()));
            CHECK(sim::now() == sim::Duration{destroy_ms * 1000});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "Ticker: a global one may be used by one run after the other") {
    static Ticker ticker{10ms};
    auto body = [&]() -> Coro<> {
        (void)co_await wait_for(ticker.tick(), 1ms);
        (void)co_await ticker.tick();
        trace("tick");
    };
    CHECK(run(body()));
    CHECK(run(body()));
    trace.expect({"10 tick", "20 tick"});
}

TEST_CASE("divide: what / and % give") {
    std::uint64_t n = 1;
    for (int i = 0; i < 3000; ++i) {
        n = n * 6364136223846793005U + 1442695040888963407U;
        const std::uint64_t dividend = n >> (i % 63);
        const std::uint64_t divisor = (n * 31 >> (2 + i * 7 % 61)) + 1;
        const auto [quotient, rest] = detail::divide(dividend, divisor);
        REQUIRE(quotient == dividend / divisor);
        REQUIRE(rest == dividend % divisor);
    }
    static_assert(detail::divide(86'400, 86'400).quotient == 1);
    static_assert(detail::divide(0, 3).quotient == 0);
    static_assert(detail::divide(~std::uint64_t{0}, 1).quotient == ~std::uint64_t{0});
}

#include <algorithm>
#include <bit>
#include <memory>
#include <string>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

Coro<> waits(Trace& trace, ThreadSafeFlag& flag, int id) {
    trace("waits", id);
    co_await flag.wait();
    trace("goes on", id);
}

Coro<> sleeps_for_long() { co_await sleep(1h); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: set before the wait, it lets one wait straight on and is clear afterwards") {
    auto notes = [&]() -> Coro<> {
        trace("other");
        co_return;
    };
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        CHECK_FALSE(flag.is_set());
        flag.set();
        CHECK(flag.is_set());
        create_task(notes());
        co_await flag.wait();
        trace("straight on");
        CHECK_FALSE(flag.is_set());
        auto again = co_await wait_for(flag.wait(), 5ms);
        CHECK(again == Result<void>{std::unexpected{Error::timeout}});
        trace("timed out");
    };
    CHECK(run(body()));
    trace.expect({"0 straight on", "0 other", "5 timed out"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: set by another task, it wakes the longest waiter only, and is not set") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        auto first = create_task(waits(trace, flag, 1));
        auto second = create_task(waits(trace, flag, 2));
        co_await sleep_ms(1);
        flag.set();
        CHECK_FALSE(flag.is_set());
        co_await first;
        co_await sleep_ms(1);
        CHECK_FALSE(second.done());
        flag.set();
        co_await second;
        CHECK_FALSE(flag.is_set());
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 goes on 1", "2 goes on 2"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: several sets before a wait count once; clear forgets; set, clear, set counts once") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        flag.set();
        flag.set();
        flag.set();
        co_await flag.wait();
        CHECK_FALSE(flag.is_set());

        flag.set();
        flag.clear();
        CHECK_FALSE(flag.is_set());
        auto result = co_await wait_for(flag.wait(), 1ms);
        CHECK(result == Result<void>{std::unexpected{Error::timeout}});

        flag.set();
        flag.clear();
        flag.set();
        co_await flag.wait();
        result = co_await wait_for(flag.wait(), 1ms);
        CHECK(result == Result<void>{std::unexpected{Error::timeout}});
    };
    CHECK(run(body()));
    CHECK(sim::now() == 2ms);
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: sets beyond the waiters are remembered as one") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        auto first = create_task(waits(trace, flag, 1));
        auto second = create_task(waits(trace, flag, 2));
        co_await sleep_ms(1);
        for (int i = 0; i < 5; ++i) flag.set();
        flag.clear();  // does not take back a wake-up
        flag.set();
        co_await first;
        co_await second;
        CHECK(flag.is_set());
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 goes on 1", "1 goes on 2"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: set in an interrupt while the loop sleeps, or while it works") {
    auto works = [&]() -> Coro<> {
        for (int i = 0; i < 5000; ++i) co_await yield();
    };
    for (const bool busy : {false, true}) {
        trace.clear();
        sim::reset();
        auto body = [&]() -> Coro<> {
            ThreadSafeFlag flag;
            sim::at(2ms, [&] { flag.set(); });
            Task<> worker = busy ? create_task(works()) : create_task(sleeps_for_long());
            co_await waits(trace, flag, 1);
            CHECK(sim::now() >= 2ms);
            CHECK(sim::now() <= (busy ? 2005us : 2000us));  // a busy loop's step takes a microsecond
            worker.cancel();
        };
        CHECK(run(body()));
        CHECK(trace.lines().size() == 2);
    }
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: an interrupt before, at and after the deadline of a timeout is never lost") {
    for (int at_us = 995; at_us <= 1005; ++at_us) {
        for_each_order(
            [&] {
                ThreadSafeFlag flag;
                bool first = false;
                auto body = [&]() -> Coro<> {
                    sim::at(std::chrono::microseconds{at_us}, [&] { flag.set(); });
                    auto result = co_await wait_for(flag.wait(), 1ms);
                    first = result.has_value();
                    if (!first) co_await flag.wait();  // then it is still to be had
                    CHECK(sim::now() == (first ? sim::Duration{at_us} : std::max(sim::Duration{at_us}, sim::Duration{1ms})));
                    CHECK_FALSE(flag.is_set());
                };
                CHECK(run(body()));
                if (at_us < 1000) CHECK(first);
                if (at_us > 1000) CHECK_FALSE(first);
            },
            10);
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "ThreadSafeFlag: an interrupt that strikes at the time of any other task's wake-up wakes its waiter at once") {
    for (int offset = -3; offset <= 3; ++offset) {
        for_each_order(
            [&] {
                ThreadSafeFlag flag;
                int served = 0;
                auto sleeper = [&]() -> Coro<> {
                    for (int i = 0; i < 20; ++i) co_await sleep(100us);
                };
                auto waiter = [&]() -> Coro<> {
                    for (int i = 1; i <= 20; ++i) {
                        co_await flag.wait();
                        CHECK(sim::now() == sim::Duration{100 * i + offset});
                        ++served;
                    }
                };
                for (int i = 1; i <= 20; ++i) sim::at(sim::Duration{100 * i + offset}, [&] { flag.set(); });
                auto body = [&]() -> Coro<> { co_await gather(waiter(), sleeper(), sleeper()); };
                CHECK(run(body()));
                CHECK(served == 20);
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: cancelled while waiting: the set is for the next waiter, or remembered") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        auto first = create_task(waits(trace, flag, 1));
        auto second = create_task(waits(trace, flag, 2));
        co_await sleep_ms(1);
        first.cancel();
        flag.set();
        co_await second;
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);

        auto third = create_task(waits(trace, flag, 3));
        co_await sleep_ms(1);
        third.cancel();
        flag.set();
        CHECK(flag.is_set());
        result = co_await catch_cancelled(third);
        CHECK(result == cancelled);
        CHECK(flag.is_set());
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 goes on 2", "1 waits 3"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: cancelled just as it was woken: the next waiter goes on, or the flag stays set") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        auto first = create_task(waits(trace, flag, 1));
        auto second = create_task(waits(trace, flag, 2));
        co_await sleep_ms(1);
        flag.set();
        CHECK(first.cancel());
        co_await second;
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        CHECK_FALSE(flag.is_set());

        auto third = create_task(waits(trace, flag, 3));
        co_await sleep_ms(1);
        flag.set();
        CHECK(third.cancel());
        result = co_await catch_cancelled(third);
        CHECK(result == cancelled);
        CHECK(flag.is_set());
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 goes on 2", "1 waits 3"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: each set wakes one of many, whoever is cancelled at any moment, and none is lost") {
    constexpr unsigned waiters = 4;
    for (unsigned sets = 1; sets <= waiters; ++sets) {
        for (unsigned victims = 0; victims < 1U << waiters; ++victims) {
            for (const bool cancel_first : {false, true}) {
                for_each_order(
                    [&] {
                        unsigned woken = 0;
                        auto one = [&](ThreadSafeFlag& flag) -> Coro<> {
                            co_await flag.wait();
                            ++woken;
                        };
                        auto body = [&]() -> Coro<> {
                            ThreadSafeFlag flag;
                            std::vector<Task<>> tasks;
                            for (unsigned id = 0; id < waiters; ++id) tasks.push_back(create_task(one(flag)));
                            co_await sleep_ms(1);
                            const auto cancel = [&] {
                                for (unsigned id = 0; id < waiters; ++id) {
                                    if ((victims >> id & 1U) != 0) tasks[id].cancel();
                                }
                            };
                            if (cancel_first) cancel();
                            for (unsigned i = 0; i < sets; ++i) flag.set();
                            if (!cancel_first) cancel();
                            co_await sleep_ms(1);
                            const auto left = waiters - static_cast<unsigned>(std::popcount(victims));
                            CHECK(woken == std::min(left, sets));
                            CHECK(flag.is_set() == (sets > left));
                            for (auto& task : tasks) task.cancel();
                            co_await sleep_ms(1);
                        };
                        CHECK(run(body()));
                    },
                    3);
            }
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "ThreadSafeFlag: destroyed while tasks wait: each ends with Error::destroyed and is reported by name") {
    auto body = [&]() -> Coro<> {
        auto flag = std::make_unique<ThreadSafeFlag>();
        create_task(waits(trace, *flag, 1), "first");
        create_task(waits(trace, *flag, 2), "second");
        co_await sleep_ms(1);
        flag.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 report first" + was_destroyed, "1 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: destroyed between the set and the turn of the waiter, cancelled or not") {
    for (const bool cancels : {false, true}) {
        for_each_order([&] {
            auto body = [&]() -> Coro<> {
                auto flag = std::make_unique<ThreadSafeFlag>();
                auto task = create_task(waits(trace, *flag, 1));
                auto other = create_task(waits(trace, *flag, 2));
                co_await sleep_ms(1);
                flag->set();
                if (cancels) task.cancel();
                flag.reset();
                auto result = co_await catch_cancelled(other);
                if (!cancels) CHECK((result.has_value() || result == destroyed));
                result = co_await catch_cancelled(task);
                if (cancels) CHECK_FALSE(result.has_value());
            };
            CHECK(run(body()));
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeFlag: one that nobody waits for may be set and destroyed outside of any loop") {
    ThreadSafeFlag flag;
    flag.set();
    CHECK(flag.is_set());
    auto body = [&]() -> Coro<> { co_await flag.wait(); };
    CHECK(run(body()));
    CHECK_FALSE(flag.is_set());
    flag.set();
    flag.clear();
    CHECK_FALSE(flag.is_set());
}

TEST_CASE_FIXTURE(Simulated,
                  "ThreadSafeFlag: a waiter that its loop's end cancelled has left it; the next loop's waiter is served") {
    ThreadSafeFlag flag;
    auto waits_once = [&]() -> Coro<> { co_await waits(trace, flag, 1); };
    auto left_over = [&]() -> Coro<> {
        create_task(waits(trace, flag, 9));
        co_await yield();
    };
    CHECK(run(left_over()));  // 9 is cancelled with its loop, and leaves the flag's list
    sim::at(3ms, [&] { flag.set(); });
    CHECK(run(waits_once()));
    trace.expect({"0 waits 9", "0 waits 1", "3 goes on 1"});
}

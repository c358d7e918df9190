#include <chrono>
#include <functional>

#include <uasync/task/defer.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;

TEST_CASE_FIXTURE(Simulated, "defer: cleans up with awaits after a value, an error and a cancellation") {
    auto clean_up = [&]() -> Coro<> {
        co_await sleep_ms(2);
        trace("cleaned up");
    };
    auto works = [&](int value) -> Coro<int> {
        Noted noted_here{trace, "work destroyed"};
        co_await sleep_ms(10);
        co_return value;
    };
    auto main = [&]() -> Coro<> {
        trace("value", co_await defer(works(42), clean_up));
        auto task = create_task(defer(works(1), clean_up));
        co_await sleep_ms(1);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
        trace(outcome(co_await wait_for(defer(works(1), clean_up), 3ms)));
        Event event;
        co_await defer(sleep_ms(1), clean_up);  // any awaitable
    };
    CHECK(run(main()));
    trace.expect({"10 work destroyed", "12 cleaned up", "12 value 42", "13 work destroyed", "15 cleaned up", "15 cancelled",
                  "18 work destroyed", "20 cleaned up", "20 timeout", "23 cleaned up"});
}

TEST_CASE_FIXTURE(Simulated, "defer: a cancellation stays one, though a timeout strikes during the clean-up") {
    auto clean_up = []() -> Coro<> { co_await sleep_ms(3); };
    auto works = [&]() -> Coro<> {
        (void)co_await wait_for(defer(sleep_ms(100), clean_up), 6ms);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(works());
        co_await sleep_ms(5);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"6 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "defer: a cancellation stays the user's, whatever the clean-up awaits, and whenever a limit strikes") {
    auto slow = []() -> Coro<> { co_await sleep_ms(4); };
    auto ends_later = []() -> Coro<> { co_await defer(sleep_ms(3), [] { return sleep_ms(1); }); };
    using CleanUp = std::function<Coro<>()>;
    const CleanUp clean_ups[] = {
        [&]() -> Coro<> { co_await slow(); },
        [&]() -> Coro<> { (void)co_await select(sleep_ms(4), ends_later()); },
        [&]() -> Coro<> { (void)co_await wait_for(slow(), 20ms); },
        [&]() -> Coro<> { co_await gather(ends_later(), sleep_ms(4)); },
        [&]() -> Coro<> { co_await create_task(slow()); },
        [&]() -> Coro<> { co_await shield(create_task(slow())); },
        [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(slow());
                co_return;
            };
            (void)co_await group(body());
        },
    };
    for (const CleanUp& clean_up : clean_ups) {
        for (int limit = 3; limit <= 16; ++limit) {
            for (int when = 1; when <= 16; ++when) {
                CAPTURE(&clean_up - clean_ups);
                CAPTURE(limit);
                CAPTURE(when);
                auto limited = [&]() -> Coro<> {
                    auto with_tail = [&]() -> Coro<> {
                        co_await clean_up();
                        co_await sleep_ms(3);
                    };
                    (void)co_await wait_for(defer(sleep_ms(5), with_tail), std::chrono::milliseconds{limit});
                    co_await sleep_ms(1);
                };
                auto main = [&]() -> Coro<> {
                    auto task = create_task(limited());
                    co_await sleep_ms(when);
                    const bool asked = task.cancel();
                    const auto result = co_await catch_cancelled(task);
                    CHECK(outcome(result) == (asked ? "cancelled" : "ok"));
                };
                CHECK(run(main()));
            }
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "defer: a limit in the clean-up after a caught cancellation is a timeout, unlike one in defer's") {
    auto cleans_up = []() -> Coro<> {
        if ((co_await catch_cancelled(sleep_ms(100))).has_value()) co_return;
        co_await sleep_ms(5);
        co_await pass_cancelled();
    };
    auto limited = [&]() -> Coro<> { trace(outcome(co_await wait_for(cleans_up(), 4ms))); };
    auto main = [&]() -> Coro<> {
        auto task = create_task(limited());
        co_await sleep_ms(2);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"4 timeout", "4 ok"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "defer: an exception waits for the clean-up") {
    auto throws = [&]() -> Coro<> {
        co_await sleep_ms(1);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        try {
            co_await defer(throws(), [&]() -> Coro<> {
                co_await sleep_ms(2);
                trace("cleaned up");
            });
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(main()));
    trace.expect({"3 cleaned up", "3 thrown"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "defer: a limit in the clean-up after a cancellation is a limit") {
    auto work = []() -> Coro<> { co_await sleep_ms(100); };
    auto clean_up = [&]() -> Coro<> {
        const auto r = co_await wait_for(sleep_ms(100), 2ms);
        trace("clean-up: " + outcome(r));
        auto limit = timeout(2ms);
        const auto again = co_await limit(sleep_ms(100));
        trace("clean-up: " + outcome(again));
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(defer(work(), clean_up));
        co_await sleep_ms(1);
        CHECK(task.cancel());
        auto r = co_await catch_cancelled(task);
        trace("main: " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"3 clean-up: timeout", "5 clean-up: timeout", "5 main: cancelled"});
}

#include <uasync/task/shield.hpp>
#include <uasync/uasync.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

TEST_CASE_FIXTURE(Simulated, "shield: a cancellation of the waiter does not reach the task") {
    auto main = [&]() -> Coro<> {
        auto inner = create_task(value_after(5, 42));
        auto waits = [&]() -> Coro<> {
            Noted noted{trace, "waiter"};
            co_await shield(inner);
        };
        auto waiting = create_task(waits());
        co_await sleep_ms(1);
        waiting.cancel();
        trace(outcome(co_await catch_cancelled(waiting)));
        trace("value", co_await shield(inner));
        trace("value", co_await inner);  // it was copied
        trace("value", co_await shield(value_after(1, 7)));
    };
    CHECK(run(main()));
    trace.expect({"1 waiter", "1 cancelled", "5 value 42", "5 value 42", "6 value 7"});
}

TEST_CASE_FIXTURE(Simulated, "shield: a task that is cancelled by others cancels the waiter; in wait_for it survives the timeout") {
    auto main = [&]() -> Coro<> {
        auto inner = create_task(value_after(5, 42));
        trace(outcome(co_await wait_for(shield(inner), 2ms)));
        CHECK_FALSE(inner.done());
        auto waits = [&]() -> Coro<int> { co_return co_await shield(inner); };
        auto waiting = create_task(waits());
        co_await sleep_ms(1);
        inner.cancel();
        trace(outcome(co_await catch_cancelled(waiting)));
        auto again = [&]() -> Coro<int> { co_return co_await shield(inner); };
        trace(outcome(co_await catch_cancelled(again())));
    };
    CHECK(run(main()));
    trace.expect({"2 timeout", "3 cancelled", "3 cancelled"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "shield: exceptions come out where the value is asked for") {
    auto throws = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        bool caught = false;
        try {
            co_await shield(throws());
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
    };
    CHECK(run(main()));
}
#endif

TEST_CASE_FIXTURE(Simulated, "shield: of a task that has just failed, or throws, gives its failure, which is not reported") {
    for (const bool caught_before : {false, true}) {
        auto fails = []() -> Coro<> { co_await detail::FailAwaiter{Error::unavailable}; };
        auto main = [&]() -> Coro<> {
            auto task = create_task(fails(), "fails");
            while (!task.done()) co_await yield();
            // Its report is due when all have run that are ready now.
            if (caught_before) (void)co_await catch_cancelled(shield(task));
            trace(outcome(co_await catch_cancelled(shield(task))));
            co_await sleep_ms(1);
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        trace.expect({"0 unavailable"});
    }
#if UASYNC_EXCEPTIONS
    auto throws = []() -> Coro<int> {
        throw std::runtime_error{"thrown"};
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(throws(), "throws");
        co_await yield();
        CHECK(task.done());
        try {
            (void)co_await shield(task);
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(1);
    };
    trace.clear();
    sim::reset();
    CHECK(run(main()));
    trace.expect({"0 thrown"});
#endif
}

#include <uasync/task/as_completed.hpp>
#include <uasync/uasync.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled_after;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

TEST_CASE_FIXTURE(Simulated, "as_completed: in the order of the ends") {
    auto main = [&]() -> Coro<> {
        auto completed = as_completed(value_after(9, 1), value_after(2, 2), cancelled_after(3));
        while (auto task = co_await completed.next()) trace(outcome(task->result()));
        CHECK_FALSE((co_await completed.next()).has_value());
    };
    CHECK(run(main()));
    trace.expect({"2 2", "3 cancelled", "9 1"});
}

TEST_CASE_FIXTURE(Simulated, "as_completed: a cancelled next has taken nothing, and dropping it leaves the tasks running") {
    auto child = [&]() -> Coro<> {
        co_await sleep_ms(5);
        trace("child");
    };
    auto main = [&]() -> Coro<> {
        {
            auto completed = as_completed(child(), child());
            auto r = co_await wait_for(completed.next(), 2ms);
            trace(r ? "value" : "timeout");
            CHECK((co_await completed.next()).has_value());
        }
        co_await sleep_ms(10);
    };
    CHECK(run(main()));
    trace.expect({"2 timeout", "5 child", "5 child"});
}

TEST_CASE_FIXTURE(Simulated, "as_completed: destroying it ends the task that waits, also if that was woken but has not run yet") {
    auto main = [&]() -> Coro<> {
        for (const int ms : {100, 0}) {
            std::optional<AsCompleted<int, 1>> completed;
            completed.emplace(std::array{create_task(value_after(ms, 1))});
            auto waits = [&]() -> Coro<> { (void)co_await completed->next(); };
            auto waiting = create_task(waits());
            if (ms != 0) co_await sleep_ms(1);
            co_await yield();
            completed.reset();
            trace(outcome(co_await catch_cancelled(waiting)));
        }
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed", "1 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "as_completed: a next that is cancelled in the moment of being woken has taken nothing") {
    auto main = [&]() -> Coro<> {
        auto completed = as_completed(value_after(2, 7));
        auto waits = [&]() -> Coro<> { (void)co_await completed.next(); };
        auto waiting = create_task(waits());
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(2);
            waiting.cancel();
        };
        create_task(cancels());
        auto result = co_await catch_cancelled(waiting);
        auto task = co_await completed.next();
        trace(outcome(result));
        trace(outcome(task.value().result()));
    };
    CHECK(run(main()));
    trace.expect({"2 cancelled", "2 7"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "as_completed: exceptions come out where the value is asked for") {
    auto throws = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        auto completed = as_completed(throws());
        while (auto task = co_await completed.next()) CHECK_THROWS_WITH((void)task->result(), "thrown");
    };
    CHECK(run(main()));
}
#endif

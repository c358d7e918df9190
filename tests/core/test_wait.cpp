#include <uasync/core/as_completed.hpp>
#include <uasync/core/shield.hpp>
#include <uasync/core/wait.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;

namespace {

Coro<int> value_after(int ms, int value) {
    co_await sleep_ms(ms);
    co_return value;
}

Coro<int> cancelled_after(int ms) {
    co_await sleep_ms(ms);
    co_await pass_cancelled();
    co_return 0;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "wait: for the first, for all, and for what is done already") {
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(value_after(5, 1)), create_task(value_after(2, 2)), create_task(value_after(8, 3))};
        trace("done", static_cast<int>(co_await wait(tasks, first_completed)));
        CHECK(tasks[1].done());
        trace("done", static_cast<int>(co_await wait(tasks, first_completed)));  // at once
        trace("done", static_cast<int>(co_await wait(tasks)));
        trace("done", static_cast<int>(co_await wait(tasks)));
        CHECK(co_await tasks[2] == 3);
    };
    CHECK(run(main()));
    trace.expect({"2 done 1", "2 done 1", "8 done 3", "8 done 3"});
}

TEST_CASE_FIXTURE(Simulated, "wait: a timeout leaves the tasks running") {
    auto main = [&]() -> Coro<> {
        std::vector<Task<int>> tasks{create_task(value_after(5, 1)), create_task(value_after(20, 2))};
        trace("done", static_cast<int>(co_await wait(tasks, all_completed, 0ms)));
        trace("done", static_cast<int>(co_await wait(tasks, all_completed, 10ms)));
        CHECK_FALSE(tasks[1].done());
        trace("done", static_cast<int>(co_await wait(tasks, all_completed, 10ms)));  // both at once: the task's end came first
        trace("value", co_await tasks[1]);
        std::array<TaskHandle, 0> none;
        CHECK(co_await wait(none) == 0);
    };
    CHECK(run(main()));
    trace.expect({"0 done 0", "10 done 1", "20 done 2", "20 value 2"});
}

TEST_CASE_FIXTURE(Simulated, "wait: until the first that ends without a value; its error stays for who asks, and is reported if nobody does") {
    auto main = [&]() -> Coro<> {
        std::array<TaskHandle, 3> tasks{create_task(value_after(1, 1)), create_task(cancelled_after(4)), create_task(value_after(9, 1))};
        trace("done", static_cast<int>(co_await wait(tasks, first_exception)));
        CHECK(tasks[1].error() == Error::cancelled);
        std::array good{create_task(value_after(1, 1)), create_task(value_after(2, 1))};
        trace("done", static_cast<int>(co_await wait(good, first_exception)));
    };
    CHECK(run(main()));
    trace.expect({"4 done 2", "6 done 2"});
}

TEST_CASE_FIXTURE(Simulated, "wait: cancelling the waiter leaves the tasks alone") {
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(value_after(5, 1))};
        auto waits = [&]() -> Coro<> {
            Noted noted{trace, "waiter"};
            co_await wait(tasks);
        };
        auto waiting = create_task(waits());
        co_await sleep_ms(1);
        waiting.cancel();
        trace(outcome(co_await catch_cancelled(waiting)));
        trace("value", co_await tasks[0]);
    };
    CHECK(run(main()));
    trace.expect({"1 waiter", "1 cancelled", "5 value 1"});
}

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
TEST_CASE_FIXTURE(Simulated, "wait, as_completed, shield: exceptions come out where the value is asked for") {
    auto throws = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(throws())};
        trace("done", static_cast<int>(co_await wait(tasks, first_exception)));
        CHECK(tasks[0].error() == Error::exception);
        auto completed = as_completed(throws());
        while (auto task = co_await completed.next()) CHECK_THROWS_WITH(task->result(), "thrown");
        bool caught = false;
        try {
            co_await shield(throws());
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
    };
    CHECK(run(main()));
    trace.expect({"1 done 1"});
}
#endif

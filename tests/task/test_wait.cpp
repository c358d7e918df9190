#include <uasync/task/wait.hpp>
#include <uasync/uasync.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled_after;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

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

TEST_CASE_FIXTURE(Simulated,
                  "wait: until the first that fails, which a cancelled one has not, as in asyncio; its error stays for who asks") {
    auto fails = []() -> Coro<> {
        co_await sleep_ms(6);
        co_await detail::FailAwaiter{Error::unavailable};
    };
    auto main = [&]() -> Coro<> {
        std::array<TaskHandle, 4> tasks{create_task(value_after(1, 1)), create_task(cancelled_after(4)), create_task(fails()),
                                        create_task(value_after(9, 1))};
        trace("done", static_cast<int>(co_await wait(tasks, first_exception)));
        CHECK(tasks[1].error() == Error::cancelled);
        CHECK(tasks[2].error() == Error::unavailable);
        std::array good{create_task(value_after(1, 1)), create_task(value_after(2, 1))};
        trace("done", static_cast<int>(co_await wait(good, first_exception)));
    };
    CHECK(run(main()));
    trace.expect({"6 done 3", "8 done 2"});
}

TEST_CASE_FIXTURE(Simulated, "wait: for oneself is misuse") {
    std::vector<TaskHandle> self;
    auto nested = []() -> Coro<> { co_await sleep_ms(1); };
    auto waits = [&]() -> Coro<> {
        co_await nested();  // where the task last waited is gone
        co_await wait(self, all_completed, 10ms);
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waits());
        self.push_back(task);
        trace(outcome(co_await catch_cancelled(task)));
        self.clear();
    };
    CHECK(run(main()));
    trace.expect({"1 misuse"});
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

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "wait: exceptions come out where the value is asked for") {
    auto throws = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(throws())};
        CHECK(co_await wait(tasks, first_exception) == 1);
        CHECK(tasks[0].error() == Error::exception);
    };
    CHECK(run(main()));
}
#endif

TEST_CASE_FIXTURE(Simulated, "wait: leaves a task once, whoever comes to await that before the end of the expression") {
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(value_after(20, 1))};
        auto joins = [&]() -> Coro<int> { co_return co_await tasks[0]; };
        auto joiner = create_task([](auto function) -> Coro<int> {
            co_await sleep_ms(5);
            co_return co_await function();
        }(joins));
        int value = 0;
        (void)co_await wait(tasks, all_completed, 2ms), value = co_await value_after(10, 7);  // one expression, from left to right
        trace("value", value);
        trace("joined", co_await joiner);
    };
    CHECK(run(main()));
    trace.expect({"12 value 7", "20 joined 1"});
}

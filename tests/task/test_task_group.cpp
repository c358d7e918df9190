#include <uasync/task/task_group.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> child(Trace& trace, const char* name, int ms) {
    Noted noted{trace, name};
    co_await sleep_ms(ms);
}

Coro<> fails(int ms, Error error) {
    co_await sleep_ms(ms);
    co_await detail::FailAwaiter{error};
}

Coro<> slow_to_end(Trace& trace, const char* name) {
    (void)co_await catch_cancelled(sleep_ms(1000));
    co_await sleep_ms(5);
    trace(name);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "TaskGroup: ends when the body and all tasks have ended, and gives the body's value") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<int> {
            auto left = group.create_task(child(trace, "left", 5));
            group.create_task(child(trace, "right", 9));
            co_await left;
            co_return 42;
        };
        trace(outcome(co_await group(body())));
        auto nothing = [&]() -> Coro<> { co_return; };
        trace(outcome(co_await group(nothing())));  // again
        CHECK(group.failures().begin() == group.failures().end());
    };
    CHECK(run(main()));
    trace.expect({"5 left", "9 right", "9 42", "9 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: the first failure cancels the body and the others; the errors of all are kept") {
    auto fails_late = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        co_await fails(3, Error::destroyed);
    };
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            Noted noted{trace, "body"};
            group.create_task(child(trace, "other", 100));
            group.create_task(fails(2, Error::unavailable), "first");
            group.create_task(fails_late(), "second");
            co_await sleep_ms(100);
            trace("not reached");
        };
        trace(outcome(co_await group(body())));
        for (const auto& failure : group.failures()) {
            trace(std::string{failure.name()} + ": " + uasync::test::name(failure.error()));
        }
        co_await yield();  // nothing of it is left that could cancel
        trace("goes on");
    };
    CHECK(run(main()));
    trace.expect({"2 other", "2 body", "5 unavailable", "5 first: unavailable", "5 second: destroyed", "5 goes on"});
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: a task that is cancelled has not failed; one that the body awaits takes the body with it") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            auto other = group.create_task(child(trace, "other", 3));
            auto cancelled = group.create_task(child(trace, "cancelled", 100));
            co_await sleep_ms(1);
            cancelled.cancel();
            co_await other;
        };
        trace(outcome(co_await group(body())));
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "3 other", "3 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: a cancellation of its task, in the body or after it, passes on when all have ended") {
    auto main = [&]() -> Coro<> {
        for (const int body_ms : {100, 0}) {
            auto groups = [&]() -> Coro<> {
                Noted noted{trace, "task"};
                TaskGroup group;
                auto body = [&]() -> Coro<> {
                    group.create_task(slow_to_end(trace, "slow"));
                    co_await sleep_ms(body_ms);
                };
                (void)co_await group(body());
                trace("not reached");
            };
            auto task = create_task(groups());
            co_await sleep_ms(2);
            task.cancel();
            trace(outcome(co_await catch_cancelled(task)));
        }
    };
    CHECK(run(main()));
    trace.expect({"7 slow", "7 task", "7 cancelled", "14 slow", "14 task", "14 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: in a timeout it is a timeout; a timeout in the body is the body's own") {
    auto main = [&]() -> Coro<> {
        auto limit = timeout(3ms);
        auto groups = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(slow_to_end(trace, "slow"));
                trace(outcome(co_await wait_for(sleep_ms(100), 1ms)));
                co_await sleep_ms(100);
            };
            (void)co_await group(body());
            trace("not reached");
        };
        trace(outcome(co_await limit(groups())));
    };
    CHECK(run(main()));
    trace.expect({"1 timeout", "8 slow", "8 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: tasks may create tasks; when it is ending they do not begin; a closed one takes none") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto creates = [&]() -> Coro<> {
            co_await sleep_ms(1);
            group.create_task(child(trace, "grandchild", 5));
        };
        auto body = [&]() -> Coro<> {
            group.create_task(creates());
            co_return;
        };
        trace(outcome(co_await group(body())));
        auto late = [&]() -> Coro<> {
            (void)co_await catch_cancelled(sleep_ms(100));
            group.create_task(child(trace, "not reached", 0));
        };
        auto ends = [&]() -> Coro<> {
            group.create_task(late());
            co_await yield();
            group.cancel();
            trace("still runs");
            co_await sleep_ms(100);
            trace("not reached");
        };
        trace(outcome(co_await group(ends())));
        CHECK(group.create_task(child(trace, "not reached", 0)).done());
        co_await sleep_ms(1);
        trace("goes on");
    };
    CHECK(run(main()));
    trace.expect(
        {"6 grandchild", "6 ok", "6 still runs", "6 cancelled", "6 report a task group that is not open: misuse", "7 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: nested, and in every order") {
    for_each_order([&] {
        int ended = 0;
        auto leaf = [&](int ms) -> Coro<> {
            co_await sleep_ms(ms);
            ++ended;
        };
        auto inner = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(leaf(1));
                group.create_task(leaf(2));
                co_return;
            };
            CHECK(co_await group(body()));
        };
        auto main = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(inner());
                group.create_task(inner());
                co_await inner();
            };
            CHECK(co_await group(body()));
            CHECK(ended == 6);
            auto failing = [&]() -> Coro<> {
                group.create_task(inner());
                group.create_task(fails(1, Error::misuse));
                group.create_task(fails(1, Error::misuse));
                co_return;
            };
            CHECK(outcome(co_await group(failing())) == "misuse");
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: when the last has ended it takes no more, and can be opened again after a cancellation then") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        std::optional<Task<>> last;
        auto body = [&]() -> Coro<> {
            last = group.create_task(child(trace, "last", 3));
            co_return;
        };
        auto groups = [&]() -> Coro<> {
            (void)co_await group(body());
            trace("not reached");
        };
        auto task = create_task(groups());
        co_await sleep_ms(1);
        auto just_then = [&]() -> Coro<> {
            co_await sleep_ms(2);
            CHECK(last->done());
            CHECK(group.create_task(child(trace, "not reached", 0)).done());
            task.cancel();
        };
        create_task(just_then());
        trace(outcome(co_await catch_cancelled(task)));
        trace(outcome(co_await group(body())));
    };
    CHECK(run(main()));
    trace.expect({"3 last", "3 report a task group that is not open: misuse", "3 cancelled", "6 last", "6 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: may outlive its task where the loop ends by deadlock") {
    TaskGroup group;
    Event silent;
    auto waits = [&]() -> Coro<> { co_await silent.wait(); };
    auto body = [&]() -> Coro<> {
        group.create_task(waits());
        co_await silent.wait();
    };
    auto main = [&]() -> Coro<> { (void)co_await group(body()); };
    CHECK(outcome(run(main())) == "deadlock");
    CHECK((*group.failures().begin()).error() == Error::deadlock);
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "TaskGroup: exceptions of tasks and body are thrown together") {
    auto throws = [&](const char* text) -> Coro<> {
        co_await sleep_ms(1);
        throw std::runtime_error{text};
    };
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(throws("one"), "a");
            group.create_task(throws("two"), "b");
            (void)co_await catch_cancelled(sleep_ms(100));
            throw std::runtime_error{"three"};
        };
        std::string text;
        try {
            (void)co_await group(body());
        } catch (const ExceptionGroup& e) {
            text = e.what();
            CHECK(e.exceptions().size() == 2);  // b was cancelled before it threw
        }
        trace(text);
    };
    CHECK(run(main()));
    trace.expect({"1 task group: a: one; body: three"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: an exception of the body cancels the tasks") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(child(trace, "child", 300));
            co_await sleep_ms(1);
            throw std::runtime_error{"thrown"};
        };
        std::string text;
        try {
            (void)co_await group(body());
        } catch (const ExceptionGroup& e) {
            text = e.what();
        }
        trace(text);
    };
    CHECK(run(main()));
    trace.expect({"1 child", "1 task group: body: thrown"});
}
#endif

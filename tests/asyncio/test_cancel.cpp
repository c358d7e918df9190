// What the asyncio suites check of cancellation, as CPython answers it.
//
// other: a task that cancels itself and ends without another await ends with its value; in CPython it counts as cancelled (a cancellation
//        takes effect at an await, and there is none)

#include <string>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<void> cancelled = std::unexpected{Error::cancelled};

/// `try: await sleep; except CancelledError: note; raise`
Coro<> notes_cancellation(Trace& trace, std::string text, int ms = 100) {
    auto result = co_await catch_cancelled(sleep_ms(ms));
    if (!result) {
        trace(text);
        co_await pass_cancelled();
    }
}

/// Awaits a task as a coroutine does, so that whoever awaits this can tell how it ended.
template <class T>
Coro<T> awaits(Task<T> task) {
    co_return co_await task;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_self: takes effect at the next await, and the waiter sees it") {
    auto self = [&]() -> Coro<> {
        current_task().cancel();
        trace("still here");
        co_await notes_cancellation(trace, "cancelled", 0);
        trace("never");
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(self());
        auto result = co_await catch_cancelled(task);
        trace("main sees it", result == cancelled);
        trace("error is cancelled", task.error() == Error::cancelled);
    };
    CHECK(run(body()));
    trace.expect({"0 still here", "0 cancelled", "0 main sees it 1", "0 error is cancelled 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_self: caught, it is over, and the task goes on") {
    auto self = [&]() -> Coro<> {
        current_task().cancel();
        trace("a");
        auto result = co_await catch_cancelled(sleep_ms(5));
        if (!result) trace("cancelled");
        co_await sleep_ms(1);
        trace("goes on");
    };
    auto body = [&]() -> Coro<> { co_await create_task(self()); };
    CHECK(run(body()));
    trace.expect({"0 a", "0 cancelled", "1 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_self: main cancels itself") {
    auto body = [&]() -> Coro<> {
        current_task().cancel();
        trace("still here");
        co_await yield();
        trace("never");
    };
    CHECK(run(body()) == cancelled);
    trace.expect({"0 still here"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_self: and then nobody else's turn is hit by it") {
    for_each_order([&] {
        int ended = 0;
        auto self = [&]() -> Coro<> {
            co_await yield();
            current_task().cancel();
        };
        auto bystander = [&]() -> Coro<> {
            for (int i = 0; i < 5; ++i) co_await yield();
            ++ended;
        };
        auto body = [&]() -> Coro<> {
            auto a = create_task(bystander());
            auto task = create_task(self());
            auto b = create_task(bystander());
            (void)co_await catch_cancelled(task);
            co_await a;
            co_await b;
        };
        CHECK(run(body()));
        CHECK(ended == 2);
    });
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: before it has started, it never runs") {
    auto child = [&]() -> Coro<> {
        trace("never");
        co_return;
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(child());
        trace("asked", task.cancel());
        auto result = co_await catch_cancelled(task);
        trace("cancelled", result == cancelled);
        trace("asked", task.cancel());
    };
    CHECK(run(body()));
    trace.expect({"0 asked 1", "0 cancelled 1", "0 asked 0"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: after it has started: its destructors run when its turn comes") {
    auto child = [&]() -> Coro<> {
        const Noted finally{trace, "finally"};
        trace("start");
        co_await sleep_ms(100);
        trace("never");
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        CHECK(task.cancel());
        trace("asked");
        auto result = co_await catch_cancelled(task);
        trace("cancelled", result == cancelled);
        CHECK_FALSE(task.cancel());
    };
    CHECK(run(body()));
    trace.expect({"0 start", "1 asked", "1 finally", "1 cancelled 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: asked twice in one turn, it is cancelled once") {
    auto child = [&]() -> Coro<> {
        auto result = co_await catch_cancelled(sleep_ms(100));
        if (!result) trace("caught");
        co_await sleep_ms(1);
        trace("end");
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        CHECK(task.cancel());
        CHECK(task.cancel());
        co_await task;
        trace("ended");
    };
    CHECK(run(body()));
    trace.expect({"1 caught", "2 end", "2 ended"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: one that refuses again and again ends with its value") {
    auto child = [&]() -> Coro<int> {
        for (int i = 0; i < 3; ++i) {
            auto result = co_await catch_cancelled(sleep_ms(100));
            if (!result) trace("refuses", i);
        }
        co_return 9;
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        for (int i = 0; i < 3; ++i) {
            task.cancel();
            co_await sleep_ms(1);
        }
        const int result = co_await task;
        trace("result", result);
    };
    CHECK(run(body()));
    trace.expect({"1 refuses 0", "2 refuses 1", "3 refuses 2", "4 result 9"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: one that has ended is not cancelled and keeps its value") {
    auto child = [&]() -> Coro<int> { co_return 1; };
    auto body = [&]() -> Coro<> {
        auto task = create_task(child());
        (void)co_await task;
        trace("asked", task.cancel());
        const int result = co_await task;
        trace("result", result);
    };
    CHECK(run(body()));
    trace.expect({"0 asked 0", "0 result 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: cancel_task: forwarded to the task that it awaits; both end cancelled, the inner one first") {
    auto inner = [&]() -> Coro<> { co_await notes_cancellation(trace, "inner"); };
    auto outer = [&](Task<> task) -> Coro<> {
        auto result = co_await catch_cancelled(awaits(task));
        if (!result) {
            trace("outer");
            co_await pass_cancelled();
        }
    };
    auto body = [&]() -> Coro<> {
        auto i = create_task(inner());
        auto o = create_task(outer(i));
        co_await sleep_ms(1);
        o.cancel();
        auto result = co_await catch_cancelled(o);
        trace("main", result == cancelled);
        CHECK(i.error() == Error::cancelled);
        CHECK(o.error() == Error::cancelled);
    };
    CHECK(run(body()));
    trace.expect({"1 inner", "1 outer", "1 main 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: if the awaited task refuses, the one who awaits it goes on with its value") {
    auto inner = [&]() -> Coro<int> {
        auto result = co_await catch_cancelled(sleep_ms(100));
        if (!result) trace("inner refuses");
        co_await sleep_ms(1);
        co_return 3;
    };
    auto outer = [&](Task<int> task) -> Coro<> {
        const int result = co_await task;
        trace("outer got", result);
    };
    auto body = [&]() -> Coro<> {
        auto i = create_task(inner());
        auto o = create_task(outer(i));
        co_await sleep_ms(1);
        o.cancel();
        co_await o;
        trace("main");
    };
    CHECK(run(body()));
    trace.expect({"1 inner refuses", "2 outer got 3", "2 main"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_task: through nested coroutines, innermost first") {
    auto a = [&]() -> Coro<> {
        const Noted finally{trace, "a"};
        co_await sleep_ms(100);
    };
    auto b = [&]() -> Coro<> {
        const Noted finally{trace, "b"};
        co_await a();
    };
    auto c = [&]() -> Coro<> {
        const Noted finally{trace, "c"};
        co_await b();
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(c());
        co_await sleep_ms(1);
        task.cancel();
        auto result = co_await catch_cancelled(task);
        trace("main", result == cancelled);
    };
    CHECK(run(body()));
    trace.expect({"1 a", "1 b", "1 c", "1 main 1"});
}

TEST_CASE_FIXTURE(
    Simulated, "asyncio: cancel_wait_on_finished: a task that waits for one that has just ended, before and after its own turn") {
    auto ends = [&](int ms) -> Coro<int> {
        co_await sleep_ms(ms);
        trace("ends");
        co_return 1;
    };
    auto waits = [&](Task<int> task) -> Coro<> {
        auto result = co_await catch_cancelled(awaits(task));
        if (!result) {
            trace("cancelled");
            co_await pass_cancelled();
        }
        trace("got", *result);
    };
    auto body = [&]() -> Coro<> {
        // `ends` has ended and has made `waits` ready, when `cancels` strikes
        auto task = create_task(ends(1));
        auto waiter = create_task(waits(task));
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(1);
            CHECK(task.done());
            CHECK_FALSE(waiter.done());
            trace("asked", waiter.cancel());
        };
        co_await create_task(cancels());
        auto result = co_await catch_cancelled(waiter);
        CHECK(result == cancelled);

        auto late = create_task(waits(task));
        co_await yield();
        co_await yield();
        co_await yield();
        CHECK(late.done());
        trace("asked", late.cancel());
    };
    CHECK(run(body()));
    trace.expect({"1 ends", "1 asked 1", "1 cancelled", "1 got 1", "1 asked 0"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_fair: tasks that cancel each other for ever leave the others their turns") {
    bool stop = false;
    std::vector<Task<>> tasks;
    int caught = 0;
    auto fights = [&](std::size_t other) -> Coro<> {
        (void)co_await catch_cancelled(yield());  // or the other would be cancelled before it starts
        while (!stop) {
            tasks[other].cancel();
            auto result = co_await catch_cancelled(sleep_ms(10));
            if (!result) ++caught;
        }
    };
    auto counts = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            trace("turn", i);
            co_await yield();
        }
    };
    auto body = [&]() -> Coro<> {
        tasks.push_back(create_task(fights(1)));
        tasks.push_back(create_task(fights(0)));
        co_await create_task(counts());
        trace("main");
        stop = true;
        for (auto& task : tasks) (void)co_await catch_cancelled(task);
        tasks.clear();
    };
    CHECK(run(body()));
    CHECK(caught >= 3);
    trace.expect({"0 turn 0", "0 turn 1", "0 turn 2", "0 main"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel_fair2: a task that others cancel again and again still gets to run") {
    int runs = 0;
    bool stop = false;
    auto victim = [&]() -> Coro<> {
        while (!stop) {
            (void)co_await catch_cancelled(sleep_ms(1000));
            ++runs;
        }
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(victim());
        auto cancels = [&]() -> Coro<> {
            for (int i = 0; i < 20; ++i) {
                task.cancel();
                co_await yield();
            }
        };
        co_await gather(cancels(), cancels());
        CHECK(runs >= 19);
        stop = true;
        task.cancel();
        co_await task;
    };
    CHECK(run(body()));
    CHECK(sim::now() == 0us);
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: cancel: two tasks await one; the cancellation of either cancels the awaited one and so both") {
    auto inner = [&]() -> Coro<> { co_await notes_cancellation(trace, "inner"); };
    auto outer = [&](Task<> task, int number) -> Coro<> {
        auto result = co_await catch_cancelled(awaits(task));
        if (!result) trace("outer", number);
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(inner());
        auto one = create_task(outer(task, 1));
        auto two = create_task(outer(task, 2));
        co_await sleep_ms(1);
        two.cancel();
        co_await one;
        co_await two;
    };
    CHECK(run(body()));
    trace.expect({"1 inner", "1 outer 1", "1 outer 2"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: cancel: a user's interrupt in a busy program cancels main, not the task that ran last") {
    for (int at_us = 1; at_us <= 4; ++at_us) {
        sim::reset();
        bool stop = false;
        int ended = 0;
        auto spins = [&]() -> Coro<> {
            while (!stop) co_await yield();
            ++ended;
        };
        auto body = [&]() -> Coro<> {
            auto one = create_task(spins());
            auto two = create_task(spins());
            auto result = co_await catch_cancelled(spins());
            CHECK(result == cancelled);
            stop = true;
            co_await one;
            co_await two;
        };
        sim::stop_at(sim::Duration{at_us});
        CHECK(run(body()));
        CHECK(ended == 2);
    }
}

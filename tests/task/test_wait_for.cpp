#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/queue/queue.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/lock.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<int> seven_after(int ms) {
    if (ms > 0) co_await sleep_ms(ms);
    co_return 7;
}
Coro<> long_sleep() { co_await sleep_ms(1000); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "what ends in time gives its value, and the timer is gone") {
    auto main = [&]() -> Coro<> {
        auto at_once = co_await wait_for(seven_after(0), 100ms);
        trace("at once " + outcome(at_once));
        auto later = co_await wait_for(seven_after(5), 100ms);
        trace("later " + outcome(later));
        auto of_none = co_await wait_for(sleep_ms(5), 100ms);
        trace("sleep " + outcome(of_none));
        auto by_ms = co_await wait_for_ms(seven_after(5), 100);
        trace("wait_for_ms " + outcome(by_ms));
    };
    CHECK(run(main()));
    trace.expect({"0 at once 7", "5 later 7", "10 sleep ok", "15 wait_for_ms 7"});
    CHECK(sim::now() == 15ms);
}

TEST_CASE_FIXTURE(Simulated, "what takes too long is destroyed, innermost first, and gives timeout") {
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        co_await long_sleep();
    };
    auto outer = [&]() -> Coro<int> {
        Noted noted{trace, "outer destroyed"};
        co_await inner();
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(outer(), 10ms);
        trace(outcome(r));
        auto s = co_await wait_for_ms(outer(), 10);
        trace(outcome(s));
        co_await sleep_ms(1);
        trace("main goes on");
    };
    CHECK(run(main()));
    trace.expect({"10 inner destroyed", "10 outer destroyed", "10 timeout", "20 inner destroyed", "20 outer destroyed",
                  "20 timeout", "21 main goes on"});
}

TEST_CASE_FIXTURE(Simulated, "a sleep as long as the limit is a timeout, as in asyncio") {
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(sleep_ms(10), 10ms);
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 timeout"});
}

// The inner coroutine's answers to the timeout -----------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "if the inner coroutine ignores the cancellation and returns, its value is the result") {
    auto stubborn = [&]() -> Coro<int> {
        auto r = co_await catch_cancelled(long_sleep());
        trace("inner " + outcome(r));
        co_await sleep_ms(20);
        co_return 7;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(stubborn(), 10ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 inner cancelled", "30 outer 7"});
}

TEST_CASE_FIXTURE(Simulated, "if the inner coroutine cleans up with awaits and passes the cancellation on, the result is timeout") {
    auto tidy = [&]() -> Coro<int> {
        auto r = co_await catch_cancelled(long_sleep());
        trace("inner " + outcome(r));
        co_await sleep_ms(20);
        trace("cleaned up");
        co_await pass_cancelled();
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(tidy(), 10ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 inner cancelled", "30 cleaned up", "30 outer timeout"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception of the inner coroutine comes through, also one thrown in its clean-up") {
    auto throws = [](int ms) -> Coro<> {
        if (ms > 0) co_await sleep_ms(ms);
        throw std::runtime_error{"broken"};
    };
    auto throws_in_clean_up = []() -> Coro<> {
        (void)co_await catch_cancelled(long_sleep());
        throw std::runtime_error{"in the clean-up"};
    };
    auto attempt = [&](Coro<> coroutine) -> Coro<> {
        try {
            (void)co_await wait_for(std::move(coroutine), 10ms);
            trace("not reached");
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    auto main = [&]() -> Coro<> {
        co_await attempt(throws(0));
        co_await attempt(throws(1));
        co_await attempt(throws_in_clean_up());
    };
    CHECK(run(main()));
    trace.expect({"0 broken", "1 broken", "11 in the clean-up"});
    CHECK(sim::now() == 11ms);
}
#endif

TEST_CASE_FIXTURE(Simulated, "other errors that end the inner coroutine come back as values") {
    std::optional<Event> event;
    auto destroyer = [&]() -> Coro<> {
        co_await sleep_ms(1);
        event.reset();
    };
    auto twice_awaited = []() -> Coro<> {
        auto c = seven_after(0);
        co_await c;
        co_await c;
    };
    auto main = [&]() -> Coro<> {
        event.emplace();
        auto task = create_task(destroyer());
        auto r = co_await wait_for(event->wait(), 10ms);
        trace(outcome(r));
        auto s = co_await wait_for(twice_awaited(), 10ms);
        trace(outcome(s));
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed", "1 misuse"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation that the inner coroutine makes up by itself passes through; it is no timeout") {
    auto gives_up = []() -> Coro<> { co_await pass_cancelled(); };
    auto child = [&]() -> Coro<> {
        (void)co_await wait_for(gives_up(), 10ms);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(child());
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled"});
}

// No time at all ----------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a limit of zero or less does not start a coroutine") {
    auto child = [&]([[maybe_unused]] Noted noted) -> Coro<int> {
        trace("not reached");
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        for (const auto limit : {0ms, -5ms}) {
            auto r = co_await wait_for(child(Noted{trace, "parameter destroyed"}), limit);
            trace(outcome(r));
        }
        auto r = co_await wait_for_ms(child(Noted{trace, "parameter destroyed"}), 0);
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect(
        {"0 parameter destroyed", "0 timeout", "0 parameter destroyed", "0 timeout", "0 parameter destroyed", "0 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "a limit of zero gives another awaitable's value if it is ready, else timeout") {
    Event set;
    Event not_set;
    set.set();
    auto main = [&]() -> Coro<> {
        for (const auto limit : {0ms, -5ms}) {
            auto ready = co_await wait_for(set.wait(), limit);
            trace(outcome(ready));
            auto waits = co_await wait_for(not_set.wait(), limit);
            trace(outcome(waits));
        }
    };
    CHECK(run(main()));
    trace.expect({"0 ok", "0 timeout", "0 ok", "0 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "a limit of zero cancels the task that waits and no other, in any order") {
    Event not_set;
    for_each_order([&] {
        auto other = []() -> Coro<int> {
            int rounds = 0;
            for (; rounds < 5; ++rounds) co_await yield();
            co_return rounds;
        };
        auto main = [&]() -> Coro<> {
            auto a = create_task(other());
            auto b = create_task(other());
            for (int i = 0; i < 3; ++i) {
                auto r = co_await wait_for(not_set.wait(), 0ms);
                CHECK(r == std::unexpected{Error::timeout});
            }
            auto of_a = co_await catch_cancelled(a);
            auto of_b = co_await catch_cancelled(b);
            CHECK(of_a == 5);
            CHECK(of_b == 5);
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated, "a limit of zero on a task that is done gives its value, on one that runs it cancels it") {
    auto main = [&]() -> Coro<> {
        auto done = create_task(seven_after(0));
        co_await done;
        auto r = co_await wait_for(done, 0ms);
        trace(outcome(r));
        auto running = create_task(seven_after(5));
        auto s = co_await wait_for(running, 0ms);
        trace(outcome(s));
        CHECK(running.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"0 7", "0 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "a limit of centuries is no limit") {
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(seven_after(5), std::chrono::years{1000});
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"5 7"});
}

// Awaitables --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task is cancelled at the timeout, and waited for") {
    auto child = [&]() -> Coro<int> {
        Noted noted{trace, "child destroyed"};
        auto r = co_await catch_cancelled(long_sleep());
        trace(outcome(r));
        co_await sleep_ms(5);
        co_await pass_cancelled();
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        auto r = co_await wait_for(task, 10ms);
        trace("main " + outcome(r));
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"10 cancelled", "15 child destroyed", "15 main timeout"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "a task that ignores the timeout gives its value; a cancelled one cancels; a broken one throws") {
    auto stubborn = []() -> Coro<int> {
        (void)co_await catch_cancelled(long_sleep());
        co_return 7;
    };
    auto broken = []() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    auto waits_for = [&](Task<int> task) -> Coro<> {
        auto r = co_await wait_for(task, 10ms);
        trace(outcome(r));
    };
    auto main = [&]() -> Coro<> {
        co_await waits_for(create_task(stubborn()));
        auto victim = create_task(seven_after(100));
        auto waiter = create_task(waits_for(victim));
        co_await sleep_ms(1);
        victim.cancel();
        auto r = co_await catch_cancelled(waiter);
        trace("waiter " + outcome(r));
        try {
            co_await waits_for(create_task(broken()));
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(main()));
    trace.expect({"10 7", "11 waiter cancelled", "12 broken"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "a limit on a task that awaits another is forwarded to the innermost") {
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        co_await long_sleep();
    };
    auto outer = [&](Task<> task) -> Coro<> {
        Noted noted{trace, "outer destroyed"};
        co_await task;
    };
    auto main = [&]() -> Coro<> {
        auto first = create_task(inner());
        auto second = create_task(outer(first));
        auto r = co_await wait_for(second, 10ms);
        trace(outcome(r));
        CHECK(first.error() == Error::cancelled);
        CHECK(second.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"10 inner destroyed", "10 outer destroyed", "10 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "raw awaitables: a timed out waiter has left its queue, lock and event") {
    Queue<int, 1> queue;
    Lock lock;
    Event event;
    auto main = [&]() -> Coro<> {
        auto nothing = co_await wait_for(queue.get(), 1ms);
        trace("get " + outcome(nothing));
        CHECK(queue.put_nowait(1));
        auto full = co_await wait_for(queue.put(2), 1ms);
        trace("put " + outcome(full));
        auto value = co_await wait_for(queue.get(), 1ms);
        trace("get " + outcome(value));
        CHECK(queue.empty());
        co_await lock.acquire();
        auto locked = co_await wait_for(lock.acquire(), 1ms);
        trace("acquire " + outcome(locked));
        CHECK(lock.release());
        CHECK_FALSE(lock.locked());
        auto unset = co_await wait_for(event.wait(), 1ms);
        trace("wait " + outcome(unset));
        event.set();
        auto set = co_await wait_for(event.wait(), 1ms);
        trace("wait " + outcome(set));
    };
    CHECK(run(main()));
    trace.expect({"1 get timeout", "2 put timeout", "2 get 1", "3 acquire timeout", "4 wait timeout", "4 wait ok"});
}

TEST_CASE_FIXTURE(Simulated, "a message that arrives in the instant of the timeout is not lost") {
    for_each_order([&] {
        Queue<int, 4> queue;
        auto producer = [&]() -> Coro<> {
            for (int i = 0; i < 20; ++i) {
                co_await sleep_ms(1);
                co_await queue.put(i);
            }
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(producer());
            int expected = 0;
            while (expected < 20) {
                auto r = co_await wait_for(queue.get(), 1ms);
                if (r) CHECK(*r == expected++);
            }
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated, "a gather under a limit: in time it gives all values, too late all children are cancelled") {
    auto child = [&](int ms) -> Coro<int> {
        Noted noted{trace, "child " + std::to_string(ms) + " ends"};
        co_await sleep_ms(ms);
        co_return ms;
    };
    auto main = [&]() -> Coro<> {
        auto in_time = co_await wait_for(gather(child(5), child(3)), 10ms);
        REQUIRE(in_time);
        const auto [a, b] = *in_time;
        CHECK(a == 5);
        CHECK(b == 3);
        auto late = co_await wait_for(gather(child(100), child(1), child(200)), 10ms);
        trace(outcome(late));
        auto patient = co_await wait_for(gather(return_exceptions, child(100), child(200)), 10ms);
        trace(outcome(patient));
        std::vector<Coro<int>> list;
        for (const int ms : {2, 1}) list.push_back(child(ms));
        auto all = co_await wait_for(gather(std::move(list)), 10ms);
        CHECK(all == std::vector{2, 1});
    };
    CHECK(run(main()));
    trace.expect({"3 child 3 ends", "5 child 5 ends", "6 child 1 ends", "15 child 100 ends", "15 child 200 ends", "15 timeout",
                  "25 child 100 ends", "25 child 200 ends", "25 timeout", "26 child 1 ends", "27 child 2 ends"});
}

TEST_CASE_FIXTURE(Simulated, "limits and catches can be written around each other directly") {
    auto main = [&]() -> Coro<> {
        auto inner_first = co_await wait_for(wait_for(long_sleep(), 5ms), 10ms);
        REQUIRE(inner_first);
        trace("inner first: inner " + outcome(*inner_first));
        auto outer_first = co_await wait_for(wait_for(long_sleep(), 10ms), 5ms);
        trace("outer first: outer " + outcome(outer_first));
        auto caught = co_await wait_for(catch_cancelled(long_sleep()), 5ms);
        REQUIRE(caught);
        trace("catch within a limit: " + outcome(*caught));
        auto limited_by = co_await catch_cancelled(wait_for(long_sleep(), 5ms));
        REQUIRE(limited_by);
        trace("limit within a catch: " + outcome(*limited_by));
        current_task().cancel();
        auto cancelled = co_await catch_cancelled(wait_for(long_sleep(), 5ms));
        trace("cancelled: " + outcome(cancelled));
    };
    CHECK(run(main()));
    trace.expect({"5 inner first: inner timeout", "10 outer first: outer timeout", "15 catch within a limit: cancelled",
                  "20 limit within a catch: timeout", "20 cancelled: cancelled"});
}

// Nesting -----------------------------------------------------------------------------------------------------------------------------

namespace {

/// Waits for a second under `limit`, notes how that ended, and then sleeps for 50 ms.
Coro<int> limited(Trace& trace, std::chrono::milliseconds limit) {
    auto r = co_await wait_for(long_sleep(), limit);
    trace("inner " + outcome(r));
    co_await sleep_ms(50);
    co_return 7;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "nested: the inner limit comes first") {
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(limited(trace, 10ms), 100ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 inner timeout", "60 outer 7"});
}

TEST_CASE_FIXTURE(Simulated, "nested: the inner limit, then the outer in what follows") {
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(limited(trace, 10ms), 30ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 inner timeout", "30 outer timeout"});
}

TEST_CASE_FIXTURE(Simulated, "nested: the outer limit comes first") {
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(limited(trace, 100ms), 10ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"10 outer timeout"});
}

TEST_CASE_FIXTURE(Simulated, "nested: both limits at the same instant are the outer's timeout") {
    auto three_deep = [&]() -> Coro<int> {
        auto r = co_await wait_for(limited(trace, 10ms), 10ms);
        trace("middle " + outcome(r));
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(limited(trace, 10ms), 10ms);
        trace("outer " + outcome(r));
        auto s = co_await wait_for(three_deep(), 10ms);
        trace("outermost " + outcome(s));
    };
    CHECK(run(main()));
    trace.expect({"10 outer timeout", "20 outermost timeout"});
}

TEST_CASE_FIXTURE(Simulated, "nested: the outer limit strikes while the inner cleans up after its own") {
    auto tidy = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(long_sleep());
        trace("tidy " + outcome(r));
        co_await sleep_ms(100);
        trace("not reached");
    };
    auto inner = [&]() -> Coro<> {
        auto r = co_await wait_for(tidy(), 10ms);
        trace("inner " + outcome(r));
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(inner(), 30ms);
        trace("outer " + outcome(r));
    };
    CHECK(run(main()));
    // The clean-up is cancelled, and both limits have been exceeded: the outermost one tells.
    trace.expect({"10 tidy cancelled", "30 outer timeout"});
}

// A cancellation from outside -----------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task cancelled while it waits: the inner coroutine ends first, then the task, as cancelled") {
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        auto r = co_await catch_cancelled(long_sleep());
        trace("inner " + outcome(r));
        co_await sleep_ms(5);
        co_await pass_cancelled();
    };
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "child destroyed"};
        (void)co_await wait_for(inner(), 100ms);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        task.cancel();
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 inner cancelled", "6 inner destroyed", "6 child destroyed", "6 main cancelled"});
    CHECK(sim::now() == 6ms);
}

TEST_CASE_FIXTURE(Simulated, "cancelled after the limit has passed but before it has been told of that: cancelled") {
    std::optional<Task<>> task;
    auto child = [&]() -> Coro<> {
        auto r = co_await wait_for(long_sleep(), 10ms);
        trace("child " + outcome(r));
    };
    auto canceller = [&]() -> Coro<> {
        co_await sleep_ms(10);
        task->cancel();
    };
    auto main = [&]() -> Coro<> {
        auto earlier = create_task(canceller());
        task = create_task(child());
        auto r = co_await catch_cancelled(*task);
        trace("main " + outcome(r));
        task = create_task(child());
        co_await yield();
        auto later = create_task(canceller());
        auto s = co_await catch_cancelled(*task);
        trace("main " + outcome(s));
        task.reset();
    };
    CHECK(run(main()));
    trace.expect({"10 main cancelled", "20 child timeout", "20 main ok"});
}

TEST_CASE_FIXTURE(Simulated, "cancelled and then, in the same pass, timed out: cancelled") {
    std::optional<Task<>> task;
    auto child = [&]() -> Coro<> {
        auto r = co_await wait_for(long_sleep(), 1ms);
        trace("child " + outcome(r));
    };
    // Busy tasks let time go by, so that the limit is reached while the cancelled task waits for its turn.
    auto busy = []() -> Coro<> {
        while (true) co_await yield();
    };
    auto main = [&]() -> Coro<> {
        task = create_task(child());
        co_await sleep(900us);
        std::vector<Task<>> tasks;
        for (int i = 0; i < 200; ++i) tasks.push_back(create_task(busy()));
        for (int i = 0; i < 5; ++i) co_await yield();
        task->cancel();
        auto r = co_await catch_cancelled(*task);
        CHECK(sim::now() > 1ms);
        CHECK(r == std::unexpected{Error::cancelled});
        task.reset();
    };
    CHECK(run(main()));
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "cancelled just as the inner coroutine ends is cancelled") {
    std::optional<Task<>> task;
    auto child = [&]() -> Coro<> {
        auto r = co_await wait_for(seven_after(10), 100ms);
        trace("child " + outcome(r));
    };
    auto canceller = [&]() -> Coro<> {
        co_await sleep_ms(10);
        task->cancel();
    };
    auto main = [&]() -> Coro<> {
        auto first = create_task(canceller());
        task = create_task(child());
        auto r = co_await catch_cancelled(*task);
        trace("main " + outcome(r));
        task.reset();
    };
    CHECK(run(main()));
    trace.expect({"10 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation that was swallowed earlier does not turn a later timeout into a cancellation") {
    auto stubborn = []() -> Coro<int> {
        (void)co_await catch_cancelled(long_sleep());
        co_return 7;
    };
    auto forwards = [&]() -> Coro<> {
        trace("value", co_await create_task(stubborn()));  // a cancellation is forwarded, and refused there
        co_await sleep_ms(100);
    };
    auto catches = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(long_sleep());
        trace(outcome(r));
        co_await sleep_ms(100);
    };
    auto child = [&](Coro<> body) -> Coro<> {
        auto r = co_await wait_for(std::move(body), 10ms);
        trace("child " + outcome(r));
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(child(catches()));
        co_await sleep_ms(1);
        a.cancel();
        co_await a;
        auto b = create_task(child(forwards()));
        co_await sleep_ms(1);
        b.cancel();
        auto r = co_await catch_cancelled(b);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "10 child timeout", "11 value 7", "20 child timeout", "20 main ok"});
}

TEST_CASE_FIXTURE(Simulated, "tasks that wait for each other with limits all come to an end") {
    for_each_order([&] {
        std::optional<Task<>> first;
        std::optional<Task<>> second;
        auto waits = [&](std::optional<Task<>>& other, std::chrono::milliseconds limit) -> Coro<> {
            co_await yield();
            (void)co_await catch_cancelled(yield());
            if (other) (void)co_await wait_for(*other, limit);
        };
        auto main = [&]() -> Coro<> {
            first = create_task(waits(second, 10ms));
            second = create_task(waits(first, 20ms));
            co_await sleep_ms(100);
            CHECK(first->done());
            CHECK(second->done());
            first.reset();
            second.reset();
        };
        CHECK(run(main()));
        CHECK(sim::now() == 100ms);
    });
}

TEST_CASE_FIXTURE(Simulated, "a thousand limits of a thousand tasks, most of them met, leave no timer behind") {
    auto child = [&](int i) -> Coro<int> {
        auto r = co_await wait_for(seven_after(i % 7), std::chrono::milliseconds{i % 5});
        co_return r ? 1 : 0;
    };
    auto main = [&]() -> Coro<int> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 1000; ++i) tasks.push_back(create_task(child(i)));
        int in_time = 0;
        for (auto& task : tasks) in_time += co_await task;
        co_return in_time;
    };
    int expected = 0;
    for (int i = 0; i < 1000; ++i) expected += i % 7 < i % 5 ? 1 : 0;
    CHECK(run(main()) == expected);
    CHECK(sim::now() < 5ms);
}

// A cancellation and another error at once -----------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated,
                  "cancelled when the wait has just ended with an error: the cancellation is not lost, and comes first") {
    for (const bool cancelled_first : {false, true}) {
        std::optional<Event> event{std::in_place};
        auto child = [&]() -> Coro<> {
            auto r = co_await wait_for(event->wait(), 10ms);
            trace("child " + outcome(r));
            co_await sleep_ms(5);
            trace("child goes on");
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(child());
            co_await sleep_ms(1);
            if (cancelled_first) CHECK(task.cancel());
            event.reset();
            if (!cancelled_first) CHECK(task.cancel());
            auto r = co_await catch_cancelled(task);
            trace("main " + outcome(r));
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        trace.expect({"1 main cancelled"});
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "a limit that strikes when the wait has just ended with an error is a timeout, and the outer one not lost") {
    for (const bool outer_too : {false, true}) {
        std::optional<Event> event{std::in_place};
        auto inner = [&]() -> Coro<> {
            auto r = co_await wait_for(event->wait(), outer_too ? 50ms : 10ms);
            trace("inner " + outcome(r));
            co_await sleep_ms(100);
            trace("inner goes on");
        };
        auto main = [&]() -> Coro<> {
            sim::at(10ms, [&] { event.reset(); });  // just before the timers of that time
            auto r = co_await wait_for(inner(), outer_too ? 10ms : 500ms);
            trace("outer " + outcome(r));
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        if (outer_too) {
            trace.expect({"10 outer timeout"});
        } else {
            trace.expect({"10 inner timeout", "110 inner goes on", "110 outer ok"});
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "at the end of run a task is told of what main's end destroyed, and then cancelled: the run ends") {
    auto left = [&](Event& event) -> Coro<> {
        while (true) {
            auto r = co_await wait_for(event.wait(), 10ms);
            trace(outcome(r));
            if (r.has_value() || r.error() != Error::destroyed) continue;
            co_await sleep_ms(1);
            trace("not reached");
        }
    };
    auto main = [&]() -> Coro<> {
        Event event;
        create_task(left(event));
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed"});
    CHECK(sim::now() == 1ms);
}

TEST_CASE_FIXTURE(Simulated, "three limits, of which the innermost and the outermost strike together: the outermost's timeout") {
    for (const bool cleans_up : {false, true}) {
        for (const unsigned movable : {0U, 1U, 2U, 4U, 5U, 7U}) {  // which of them are `timeout`s
            CAPTURE(movable);
            for_each_order([&] {
                auto body = [&]() -> Coro<> {
                    auto r = co_await catch_cancelled(sleep_ms(100));
                    if (cleans_up) co_await sleep_ms(5);
                    if (!r) co_await pass_cancelled();
                };
                auto limited = [&](unsigned depth, Coro<> inside, std::chrono::milliseconds after) -> Coro<> {
                    Result<void> r = std::unexpected{Error::none};
                    if ((movable >> depth & 1U) != 0) {
                        auto limit = timeout(after);
                        r = co_await limit(std::move(inside));
                    } else {
                        r = co_await wait_for(std::move(inside), after);
                    }
                    trace(outcome(r), depth);
                };
                auto main = [&]() -> Coro<> {
                    co_await limited(2, limited(1, limited(0, body(), 10ms), 20ms), 10ms);
                    co_await sleep_ms(20);
                    trace("goes on");
                };
                CHECK(run(main()));
                if (cleans_up) {
                    trace.expect({"15 timeout 2", "35 goes on"});
                } else {
                    trace.expect({"10 timeout 2", "30 goes on"});
                }
            });
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "limits in the clean-up after a limit are limits of their own") {
    auto body = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(100));
        trace("bye " + outcome(co_await wait_for(sleep_ms(100), 5ms)));
        auto two = [&]() -> Coro<> { trace("inner " + outcome(co_await wait_for(sleep_ms(100), 2ms))); };
        trace("outer " + outcome(co_await wait_for(two(), 2ms)));
        co_await pass_cancelled();
    };
    auto main = [&]() -> Coro<> { trace("all " + outcome(co_await wait_for(body(), 10ms))); };
    CHECK(run(main()));
    trace.expect({"15 bye timeout", "17 outer timeout", "17 all timeout"});
}

TEST_CASE_FIXTURE(Simulated,
                  "if the inner coroutine refuses a cancellation from outside, its value is the result, as since CPython 3.12") {
    for (const bool in_a_task : {false, true}) {
        auto stubborn = []() -> Coro<int> {
            (void)co_await catch_cancelled(long_sleep());
            co_await sleep_ms(5);
            co_return 7;
        };
        auto child = [&]() -> Coro<> {
            if (in_a_task) {
                auto task = create_task(stubborn());
                trace("child " + outcome(co_await wait_for(task, 100ms)));
            } else {
                trace("child " + outcome(co_await wait_for(stubborn(), 100ms)));
            }
            co_await sleep_ms(1);
            trace("goes on");
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(child());
            co_await sleep_ms(1);
            task.cancel();
            trace("main " + outcome(co_await catch_cancelled(task)));
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        trace.expect({"6 child 7", "7 goes on", "7 main ok"});
    }
}

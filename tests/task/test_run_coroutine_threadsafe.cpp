#include <uasync/task/run_coroutine_threadsafe.hpp>

#include <uasync/task/event_loop.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

// Between two loops of one thread: what blocks is in tests/linux/.

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: the task runs when its loop does, and its waiter goes on in its own") {
    EventLoop there;
    EventLoop here;
    auto works = [&]() -> Coro<int> {
        trace("there");
        co_await sleep_ms(5);
        trace("slept");
        co_return 7;
    };
    std::optional<RemoteTask<int>> remote;
    auto waits = [&]() -> Coro<int> {
        remote = run_coroutine_threadsafe(works(), there, "works");
        CHECK_FALSE(remote->done());
        CHECK(remote->result() == Result<int>{std::unexpected{Error::unavailable}});
        const int value = co_await *remote;
        trace("here", value);
        co_return value;
    };
    auto waiter = here.create_task(waits());
    here.stop();
    CHECK(here.run_forever() == Error::none);
    auto lasts = []() -> Coro<> { co_await sleep_ms(6); };
    CHECK(there.run_until_complete(lasts()));
    CHECK(remote->done());
    CHECK(remote->result() == Result<int>{7});
    CHECK_FALSE(remote->cancel());
    CHECK(here.run_until_complete(waiter) == Result<int>{7});
    trace.expect({"0 there", "5 slept", "6 here 7"});
}

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: cancelling the waiter cancels the task, and the waiter goes on at once") {
    auto works = [&]() -> Coro<> {
        const auto result = co_await catch_cancelled(sleep_ms(100));
        trace("task " + outcome(result));
        co_await sleep_ms(5);
        trace("task cleaned up");
        co_await pass_cancelled();
    };
    auto main = [&]() -> Coro<> {
        const auto remote = run_coroutine_threadsafe(works(), running_loop());
        auto waits = [&]() -> Coro<> { co_await remote; };
        auto waiter = create_task(waits());
        co_await sleep_ms(1);
        waiter.cancel();
        const auto result = co_await catch_cancelled(waiter);
        trace("waiter " + outcome(result));
        const auto again = co_await catch_cancelled(remote);
        trace("awaited again " + outcome(again));
    };
    CHECK(run(main()));
    trace.expect({"1 task cancelled", "1 waiter cancelled", "6 task cleaned up", "6 awaited again cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: a task that is cancelled before its first step never runs, and says so") {
    auto main = [&]() -> Coro<> {
        auto works = [&]() -> Coro<> {
            trace("not reached");
            co_return;
        };
        const auto remote = run_coroutine_threadsafe(works(), running_loop());
        CHECK(remote.cancel());
        const auto result = co_await catch_cancelled(remote);
        trace(outcome(result));
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: exceptions and values pass, as often as they are asked for") {
    auto main = [&]() -> Coro<> {
        auto throws = []() -> Coro<int> {
            co_await yield();
            throw 7;
        };
        auto gives = []() -> Coro<std::string> { co_return "value"; };
        const auto thrower = run_coroutine_threadsafe(throws(), running_loop());
        const auto giver = run_coroutine_threadsafe(gives(), running_loop());
        for (int i = 0; i < 2; ++i) {
            try {
                co_await thrower;
            } catch (int thrown) {
                trace("caught", thrown);
            }
            const std::string value = co_await giver;
            trace(value);
        }
        CHECK_THROWS_AS((void)thrower.result(), int);
        CHECK(giver.result() == Result<std::string>{"value"});
    };
    CHECK(run(main()));
    trace.expect({"0 caught 7", "0 value", "0 caught 7", "0 value"});
}

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: a loop that is closed first gives destroyed") {
    auto never_comes = []() -> Coro<> { co_await sleep(1h); };
    std::optional<RemoteTask<>> remote;
    {
        EventLoop loop;
        remote = run_coroutine_threadsafe(never_comes(), loop);
    }
    CHECK(remote->result() == Result<void>{std::unexpected{Error::destroyed}});
}

TEST_CASE_FIXTURE(Simulated, "run_coroutine_threadsafe: all tasks that await one call go on, in their order") {
    EventLoop there;
    EventLoop here;
    auto works = [&]() -> Coro<int> {
        co_await sleep_ms(5);
        co_return 7;
    };
    auto remote = run_coroutine_threadsafe(works(), there);
    auto waits = [&](const char* name) -> Coro<> { trace(name, co_await remote); };
    auto first = here.create_task(waits("first"));
    auto second = here.create_task(waits("second"));
    (void)here.run_ready();
    auto sleeps = [&]() -> Coro<> { co_await sleep_ms(10); };
    CHECK(there.run_until_complete(sleeps()));
    (void)here.run_ready();
    CHECK(first.done());
    CHECK(second.done());
    trace.expect({"10 first 7", "10 second 7"});
}

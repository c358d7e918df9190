// What CPython's tests of timeouts, shield, wait, as_completed and task groups check, as ordered traces.

#include <array>
#include <string>

#include <uasync/task/as_completed.hpp>
#include <uasync/task/shield.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<int> numbered(Trace& trace, int number, int ms) {
    auto result = co_await catch_cancelled(sleep_ms(ms));
    if (!result) {
        trace("cancelled", number);
        co_await pass_cancelled();
    }
    trace("end", number);
    co_return number;
}

/// `try: await inner; except CancelledError: note; raise`
Coro<> notes(Trace& trace, std::string text, Coro<> inner) {
    auto result = co_await catch_cancelled(std::move(inner));
    trace(text + " " + outcome(result));
    if (!result) co_await pass_cancelled();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "asyncio: timeouts: nested: the outer one strikes first and cancels through the inner one") {
    auto inner = [&]() -> Coro<> {
        auto limit = timeout(100ms);
        auto result = co_await limit(numbered(trace, 1, 1000));
        trace("inner " + outcome(result));
    };
    auto body = [&]() -> Coro<> {
        auto limit = timeout(5ms);
        auto result = co_await limit(inner());
        trace("outer " + outcome(result));
        co_await sleep_ms(1);
        trace("main goes on");
    };
    CHECK(run(body()));
    trace.expect({"5 cancelled 1", "5 outer timeout", "6 main goes on"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: timeouts: nested: the inner one strikes first, the outer one in what follows") {
    auto inner = [&]() -> Coro<> {
        auto limit = timeout(5ms);
        auto result = co_await limit(numbered(trace, 1, 1000));
        trace("inner " + outcome(result));
        co_await sleep_ms(1000);
    };
    auto body = [&]() -> Coro<> {
        auto limit = timeout(8ms);
        auto result = co_await limit(inner());
        trace("outer " + outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"5 cancelled 1", "5 inner timeout", "8 outer timeout"});
}

TEST_CASE_FIXTURE(
    Simulated, "asyncio: timeouts: a task of one's own, cancelled from outside, is no timeout; also if that comes first of two") {
    auto work = [&]() -> Coro<> {
        auto limit = timeout(10ms);
        auto result = co_await limit(numbered(trace, 1, 1000));
        trace("never " + outcome(result));
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(notes(trace, "work", work()));
        co_await sleep_ms(3);
        task.cancel();
        auto result = co_await catch_cancelled(task);
        trace("main " + outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"3 cancelled 1", "3 work cancelled", "3 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: timeouts: moved before it strikes, disabled, and enabled again") {
    auto body = [&]() -> Coro<> {
        auto limit = timeout(5ms);
        auto work = [&]() -> Coro<> {
            co_await sleep_ms(4);
            limit.reschedule(Clock::now() + 5ms);
            co_await sleep_ms(4);
            limit.reschedule(std::nullopt);
            co_await sleep_ms(100);
            trace("alive");
            limit.reschedule(Clock::now() + 2ms);
            co_await sleep_ms(1000);
        };
        auto result = co_await limit(work());
        trace(outcome(result), limit.expired());
    };
    CHECK(run(body()));
    trace.expect({"108 alive", "110 timeout 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: timeouts: zero and the past: the body runs up to its first wait") {
    auto body = [&]() -> Coro<> {
        co_await sleep_ms(5);
        auto zero = timeout(0ms);
        auto result = co_await zero(numbered(trace, 1, 10));
        trace("zero " + outcome(result));
        auto past = timeout_at(Clock::now() - 3ms);
        result = co_await past(numbered(trace, 2, 10));
        trace("past " + outcome(result));
        auto ready = []() -> Coro<int> { co_return 3; };
        auto again = timeout(0ms);
        result = co_await again(ready());
        trace("ready " + outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"5 cancelled 1", "5 zero timeout", "5 cancelled 2", "5 past timeout", "5 ready 3"});
}

TEST_CASE_FIXTURE(
    Simulated, "asyncio: shield: the waiter is cancelled at once, the task goes on; cancelled itself it takes the waiter along") {
    auto body = [&]() -> Coro<> {
        auto task = create_task(numbered(trace, 1, 10));
        auto waits = [&]() -> Coro<> { (void)co_await shield(task); };
        auto waiter = create_task(notes(trace, "waiter", waits()));
        co_await sleep_ms(2);
        waiter.cancel();
        (void)co_await catch_cancelled(waiter);
        trace("done", task.done());
        const int result = co_await task;
        trace("result", result);

        auto other = create_task(numbered(trace, 2, 10));
        auto waits_too = [&]() -> Coro<> { (void)co_await shield(other); };
        auto second = create_task(notes(trace, "second", waits_too()));
        co_await sleep_ms(2);
        other.cancel();
        (void)co_await catch_cancelled(second);
    };
    CHECK(run(body()));
    trace.expect({"2 waiter cancelled", "2 done 0", "10 end 1", "10 result 1", "12 cancelled 2", "12 second cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for of a shielded task: a timeout, and the task goes on to its end") {
    auto body = [&]() -> Coro<> {
        auto task = create_task(numbered(trace, 1, 10));
        auto result = co_await wait_for(shield(task), 4ms);
        trace(outcome(result));
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"4 timeout", "10 end 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait: the first, all, a timeout; nobody is cancelled by it") {
    auto body = [&]() -> Coro<> {
        std::array tasks{create_task(numbered(trace, 1, 10)), create_task(numbered(trace, 2, 5)),
                         create_task(numbered(trace, 3, 20))};
        (void)co_await wait(tasks, first_completed);
        trace("first", tasks[0].done() + 2 * tasks[1].done() + 4 * tasks[2].done());
        auto r = co_await wait_for(wait(tasks), 10ms);
        trace("all " + std::string{r ? "in time" : "too late"}, tasks[0].done() + 2 * tasks[1].done() + 4 * tasks[2].done());
        (void)co_await wait(tasks);
        trace("all");
    };
    CHECK(run(body()));
    trace.expect({"5 end 2", "5 first 2", "10 end 1", "15 all too late 3", "20 end 3", "20 all"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: as_completed: in the order of their ends, equal ones in that of the arguments") {
    auto body = [&]() -> Coro<> {
        auto completed = as_completed(numbered(trace, 1, 10), numbered(trace, 2, 5), numbered(trace, 3, 10));
        while (auto task = co_await completed.next()) {
            const int result = co_await *task;
            trace("got", result);
        }
    };
    CHECK(run(body()));
    trace.expect({"5 end 2", "5 got 2", "10 end 1", "10 end 3", "10 got 1", "10 got 3"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: taskgroups: a task that fails cancels the body and the others, which may clean up first") {
    auto misuse = [&]() -> Coro<> {
        co_await sleep_ms(3);
        auto once = numbered(trace, 9, 0);
        (void)co_await once;
        (void)co_await once;
    };
    auto tidies = [&]() -> Coro<> {
        auto result = co_await catch_cancelled(sleep_ms(100));
        trace("tidies " + outcome(result));
        co_await sleep_ms(4);
        trace("tidied");
        co_await pass_cancelled();
    };
    auto body = [&]() -> Coro<> {
        TaskGroup group;
        auto inside = [&]() -> Coro<> {
            (void)group.create_task(misuse(), "misuse");
            (void)group.create_task(tidies(), "tidies");
            co_await numbered(trace, 1, 100);
        };
        auto result = co_await group(inside());
        trace("group " + outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"3 end 9", "3 tidies cancelled", "3 cancelled 1", "7 tidied", "7 group misuse"});
}

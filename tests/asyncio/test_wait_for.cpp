// What the asyncio suites check of wait_for, as CPython answers it.

#include <stdexcept>
#include <string>
#include <tuple>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<void> cancelled = std::unexpected{Error::cancelled};
const Result<int> int_timeout = std::unexpected{Error::timeout};

Coro<int> numbered(Trace& trace, int number, int ms) {
    trace("start", number);
    auto result = co_await catch_cancelled(sleep_ms(ms));
    if (!result) {
        trace("cancelled", number);
        co_await pass_cancelled();
    }
    trace("end", number);
    co_return number;
}

Coro<> notes_cancellation(Trace& trace, std::string text) {
    auto result = co_await catch_cancelled(sleep_ms(100));
    if (!result) {
        trace(text);
        co_await pass_cancelled();
    }
}

/// `except CancelledError: note; raise` around anything
Coro<> notes_around(Trace& trace, std::string text, Coro<> inner) {
    auto result = co_await catch_cancelled(std::move(inner));
    if (!result) {
        trace(text);
        co_await pass_cancelled();
    }
}

}  // namespace

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for: in time, too late, an inner that ignores the cancellation, one that throws") {
    auto stubborn = [&]() -> Coro<int> {
        auto result = co_await catch_cancelled(sleep_ms(20));
        if (!result) trace("ignores");
        co_await sleep_ms(20);
        trace("ends");
        co_return 4;
    };
    auto bad = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"bad"};
    };
    auto body = [&]() -> Coro<> {
        auto result = co_await wait_for(numbered(trace, 1, 5), 10ms);
        trace("result", result.value_or(-1));
        result = co_await wait_for(numbered(trace, 2, 20), 10ms);
        trace("timeout", result == int_timeout);
        result = co_await wait_for(stubborn(), 10ms);
        trace("result", result.value_or(-1));
        try {
            (void)co_await wait_for(bad(), 10ms);
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "5 end 1", "5 result 1", "5 start 2", "15 cancelled 2", "15 timeout 1", "25 ignores", "45 ends",
                  "45 result 4", "46 bad"});
}
#endif

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: wait_for: the task that it waits for is cancelled by another: a cancellation, not a timeout") {
    auto body = [&]() -> Coro<> {
        auto task = create_task(numbered(trace, 1, 10));
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(1);
            task.cancel();
        };
        create_task(cancels());
        auto waits = [&]() -> Coro<> {
            (void)co_await wait_for(task, 100ms);
            trace("not a value");
        };
        auto result = co_await catch_cancelled(waits());
        trace("cancelled", result == cancelled);
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "1 cancelled 1", "1 cancelled 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for: itself cancelled: the inner one first, then the waiter") {
    auto waits = [&]() -> Coro<> { (void)co_await wait_for(notes_cancellation(trace, "inner"), 1s); };
    auto body = [&]() -> Coro<> {
        auto task = create_task(notes_around(trace, "wait_for", waits()));
        co_await sleep_ms(1);
        task.cancel();
        auto result = co_await catch_cancelled(task);
        trace("main", result == cancelled);
    };
    CHECK(run(body()));
    trace.expect({"1 inner", "1 wait_for", "1 main 1"});
}

TEST_CASE_FIXTURE(
    Simulated, "asyncio: wait_for: cancelled in the moment in which the inner one ends: one of the two, and nothing in between") {
    for_each_order([&] {
        bool got = false;
        bool inner_ended = false;
        auto inner = [&]() -> Coro<int> {
            co_await sleep_ms(2);
            inner_ended = true;
            co_return 1;
        };
        auto waits = [&]() -> Coro<> {
            auto result = co_await wait_for(inner(), 1s);
            CHECK(result == Result<int>{1});
            got = true;
        };
        auto body = [&]() -> Coro<> {
            auto task = create_task(waits());
            co_await sleep_ms(2);
            const bool asked = task.cancel();
            auto result = co_await catch_cancelled(task);
            CHECK(result == (asked ? cancelled : Result<void>{}));
            CHECK(got == !asked);
            CHECK(inner_ended == !asked);
        };
        CHECK(run(body()));
    });
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: wait_for: cancelled in the moment in which the time is up: cancelled or timed out, both once") {
    for_each_order([&] {
        int ends = 0;
        auto inner = [&]() -> Coro<> {
            struct Counts {
                explicit Counts(int& n) : n_{n} {}
                ~Counts() { ++n_; }
                int& n_;
            } const counts{ends};
            co_await sleep_ms(100);
        };
        Error seen = Error::none;
        auto waits = [&]() -> Coro<> {
            auto result = co_await wait_for(inner(), 2ms);
            seen = result.error();
        };
        auto body = [&]() -> Coro<> {
            auto task = create_task(waits());
            co_await sleep_ms(2);
            const bool asked = task.cancel();
            auto result = co_await catch_cancelled(task);
            CHECK(ends == 1);
            if (asked) CHECK(result == cancelled);
            if (!asked) CHECK(seen == Error::timeout);
        };
        CHECK(run(body()));
    });
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for_fwd: a timeout reaches through tasks and nested wait_for to the innermost await") {
    auto b = [&]() -> Coro<> { (void)co_await wait_for(notes_cancellation(trace, "a"), 1s); };
    auto body = [&]() -> Coro<> {
        auto task = create_task(notes_around(trace, "b", b()));
        auto result = co_await wait_for(task, 5ms);
        trace("timeout", result == Result<void>{std::unexpected{Error::timeout}});
        trace("cancelled", task.error() == Error::cancelled);
    };
    CHECK(run(body()));
    trace.expect({"5 a", "5 b", "5 timeout 1", "5 cancelled 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for_fwd: if the innermost catches it, the value comes through") {
    auto a = [&]() -> Coro<int> {
        auto result = co_await catch_cancelled(sleep_ms(100));
        if (!result) trace("a caught");
        co_return 5;
    };
    auto b = [&]() -> Coro<int> {
        const int result = co_await a();
        trace("b", result);
        co_return result;
    };
    auto body = [&]() -> Coro<> {
        auto result = co_await wait_for(create_task(b()), 5ms);
        trace("got", result.value_or(-1));
    };
    CHECK(run(body()));
    trace.expect({"5 a caught", "5 b 5", "5 got 5"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for_fwd: of nested timeouts the one that is up first counts, at its own place") {
    for (const int outer_ms : {3, 7}) {
        trace.clear();
        sim::reset();
        auto middle = [&]() -> Coro<int> {
            auto result = co_await wait_for(numbered(trace, 1, 100), 5ms);
            trace("inner timeout", result == int_timeout);
            co_await sleep_ms(100);
            co_return 2;
        };
        auto body = [&]() -> Coro<> {
            auto result = co_await wait_for(middle(), std::chrono::milliseconds{outer_ms});
            trace("outer timeout", result == int_timeout);
        };
        CHECK(run(body()));
        if (outer_ms == 3) trace.expect({"0 start 1", "3 cancelled 1", "3 outer timeout 1"});
        if (outer_ms == 7) trace.expect({"0 start 1", "5 cancelled 1", "5 inner timeout 1", "7 outer timeout 1"});
    }
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for_linked_task: tasks under timeouts that depend on each other") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto a = [&]() -> Coro<> {
            co_await event.wait();
            trace("a");
        };
        auto first = create_task(a());
        auto b = [&]() -> Coro<> {
            const Noted end{trace, "b ends"};
            auto result = co_await wait_for(first, 50ms);
            trace("b", result.has_value());
        };
        auto second = create_task(b());
        auto c = [&]() -> Coro<> {
            co_await sleep_ms(1);
            event.set();
            co_await second;
            trace("c");
        };
        auto result = co_await wait_for(create_task(c()), 20ms);
        trace("main", result.has_value());
    };
    CHECK(run(body()));
    trace.expect({"1 a", "1 b 1", "1 b ends", "1 c", "1 main 1"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "asyncio: wait_for: a timeout of zero: nothing is started, a task that has ended gives its value, another is cancelled") {
    auto body = [&]() -> Coro<> {
        auto result = co_await wait_for(numbered(trace, 1, 0), 0ms);
        trace("timeout", result == int_timeout);
        auto done = create_task(numbered(trace, 2, 0));
        co_await sleep_ms(1);
        result = co_await wait_for(done, 0ms);
        trace("result", result.value_or(-1));
        auto running = create_task(numbered(trace, 3, 10));
        co_await yield();
        result = co_await wait_for(running, 0ms);
        trace("timeout", result == int_timeout);
        CHECK(running.error() == Error::cancelled);
    };
    CHECK(run(body()));
    trace.expect({"0 timeout 1", "0 start 2", "0 end 2", "1 result 2", "1 start 3", "1 cancelled 3", "1 timeout 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for: a timeout that is due at once hits its own task, whoever is ready") {
    for_each_order([&] {
        int ended = 0;
        auto other = [&]() -> Coro<> {
            for (int i = 0; i < 3; ++i) co_await yield();
            ++ended;
        };
        auto body = [&]() -> Coro<> {
            Event event;
            auto a = create_task(other());
            auto b = create_task(other());
            for (int i = 0; i < 3; ++i) {
                auto result = co_await wait_for(event.wait(), 0ms);
                CHECK(result == Result<void>{std::unexpected{Error::timeout}});
            }
            co_await a;
            co_await b;
        };
        CHECK(run(body()));
        CHECK(ended == 2);
    });
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait_for: of a gather, of a wait_for, of a catch_cancelled") {
    auto body = [&]() -> Coro<> {
        auto both = co_await wait_for(gather(numbered(trace, 1, 1), numbered(trace, 2, 2)), 5ms);
        CHECK(both == Result<std::tuple<int, int>>{std::tuple{1, 2}});
        both = co_await wait_for(gather(numbered(trace, 3, 1), numbered(trace, 4, 20)), 5ms);
        CHECK(both == Result<std::tuple<int, int>>{std::unexpected{Error::timeout}});
        trace("timeout");
        auto inner = co_await wait_for(wait_for(numbered(trace, 5, 20), 3ms), 5ms);
        CHECK(inner == Result<Result<int>>{int_timeout});
        trace("inner timeout");
        auto caught = co_await wait_for(catch_cancelled(numbered(trace, 6, 20)), 5ms);
        CHECK(caught == Result<Result<int>>{Result<int>{std::unexpected{Error::cancelled}}});
        trace("caught");
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "1 end 1", "2 end 2", "2 start 3", "2 start 4", "3 end 3", "7 cancelled 4", "7 timeout",
                  "7 start 5", "10 cancelled 5", "10 inner timeout", "10 start 6", "15 cancelled 6", "15 caught"});
}

// What the asyncio suites check of gather, as CPython answers it. (MicroPython's gather_notimpl lists what it cannot do: await a task that is
// in a gather, gather a task that is awaited. CPython can, and so does this.)

#include <stdexcept>
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
const Result<int> int_cancelled = std::unexpected{Error::cancelled};

Coro<int> numbered(Trace& trace, int number, int ms) {
    trace("start", number);
    co_await sleep_ms(ms);
    trace("end", number);
    co_return number;
}

#if UASYNC_EXCEPTIONS
Coro<int> fails(Trace& trace, int number, int ms) {
    trace("start", number);
    co_await sleep_ms(ms);
    trace("fails", number);
    throw std::runtime_error{std::to_string(number)};
}
#endif

Coro<> notes_cancellation(Trace& trace, std::string text) {
    auto result = co_await catch_cancelled(sleep_ms(100));
    if (!result) {
        trace(text);
        co_await pass_cancelled();
    }
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "asyncio: gather: results come in the order of the arguments; without arguments it goes straight on") {
    auto body = [&]() -> Coro<> {
        auto [a, b, c] = co_await gather(numbered(trace, 1, 3), numbered(trace, 2, 1), numbered(trace, 3, 2));
        trace("sum of places", a + 10 * b + 100 * c);
        (void)co_await gather();
        trace("done");
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "0 start 3", "1 end 2", "2 end 3", "3 end 1", "3 sum of places 321", "3 done"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "asyncio: gather: one throws: the waiter is told at once, the others run on") {
    auto body = [&]() -> Coro<> {
        auto one = create_task(numbered(trace, 1, 1));
        auto two = create_task(fails(trace, 2, 2));
        auto three = create_task(numbered(trace, 3, 3));
        try {
            (void)co_await gather(one, two, three);
        } catch (const std::runtime_error& e) {
            trace(std::string{"caught "} + e.what());
        }
        trace("one", one.done());
        trace("three", three.done());
        co_await sleep_ms(2);
        trace("three", three.done());
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "0 start 3", "1 end 1", "2 fails 2", "2 caught 2", "2 one 1", "2 three 0", "3 end 3",
                  "4 three 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: gather: two throw in one pass: the waiter is told of the first, once") {
    auto body = [&]() -> Coro<> {
        auto one = create_task(fails(trace, 1, 1));
        auto two = create_task(fails(trace, 2, 1));
        try {
            (void)co_await gather(one, two);
        } catch (const std::runtime_error& e) {
            trace(std::string{"caught "} + e.what());
        }
        co_await sleep_ms(1);
        CHECK(two.error() == Error::exception);
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "1 fails 1", "1 fails 2", "1 caught 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: gather: return_exceptions: a value, an exception and a cancellation come back as values") {
    auto body = [&]() -> Coro<> {
        auto one = create_task(numbered(trace, 1, 1));
        auto two = create_task(fails(trace, 2, 2));
        auto three = create_task(numbered(trace, 3, 9));
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(3);
            three.cancel();
        };
        create_task(cancels());
        auto results = co_await gather(return_exceptions, one, two, three);
        CHECK(std::get<0>(results) == Result<int>{1});
        CHECK(std::get<1>(results) == Result<int>{std::unexpected{Error::exception}});
        CHECK(std::get<2>(results) == int_cancelled);
        trace("results");
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "0 start 3", "1 end 1", "2 fails 2", "3 results"});
}
#endif

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: gather: a child is cancelled by another task: the waiter is cancelled too, the other child runs on") {
    auto body = [&]() -> Coro<> {
        auto one = create_task(numbered(trace, 1, 3));
        auto two = create_task(numbered(trace, 2, 5));
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(1);
            one.cancel();
        };
        create_task(cancels());
        auto gathers = [&]() -> Coro<> { (void)co_await gather(one, two); };
        auto result = co_await catch_cancelled(gathers());
        trace("gather cancelled", result == cancelled);
        trace("one", one.done());
        trace("two", two.done());
        const int other = co_await two;
        trace("other", other);
    };
    CHECK(run(body()));
    trace.expect({"0 start 1", "0 start 2", "1 gather cancelled 1", "1 one 1", "1 two 0", "5 end 2", "5 other 2"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: gather: its cancellation cancels all children, and comes to the waiter after them") {
    for (const bool patient : {false, true}) {
        trace.clear();
        sim::reset();
        auto gathers = [&]() -> Coro<> {
            if (patient) {
                (void)co_await gather(return_exceptions, notes_cancellation(trace, "child 1"),
                                      notes_cancellation(trace, "child 2"));
            } else {
                (void)co_await gather(notes_cancellation(trace, "child 1"), notes_cancellation(trace, "child 2"));
            }
        };
        auto outer = [&]() -> Coro<> {
            auto result = co_await catch_cancelled(gathers());
            if (!result) {
                trace("gather");
                co_await pass_cancelled();
            }
        };
        auto body = [&]() -> Coro<> {
            auto task = create_task(outer());
            co_await sleep_ms(1);
            task.cancel();
            auto result = co_await catch_cancelled(task);
            trace("main", result == cancelled);
        };
        CHECK(run(body()));
        trace.expect({"1 child 1", "1 child 2", "1 gather", "1 main 1"});
    }
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "asyncio: gather_finished_early: with children that have ended before, in each way and place") {
    // o: ended with a value; c: cancelled; r: threw. The third child ends a millisecond later.
    auto ok = [&]() -> Coro<int> { co_return 1; };
    auto bad = [&]() -> Coro<int> {
        throw std::runtime_error{"bad"};
        co_return 0;
    };
    auto late = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        co_return 3;
    };
    auto ended = [&](char how) -> Coro<Task<int>> {
        auto task = how == 'r' ? create_task(bad()) : create_task(ok());
        if (how == 'c') task.cancel();
        co_await sleep_ms(1);
        CHECK(task.done());
        (void)task.error();  // seen
        co_return task;
    };
    const auto letter = [](const Result<int>& result) -> std::string {
        if (result) return std::to_string(*result);
        return result.error() == Error::cancelled ? "c" : "r";
    };
    auto gathers = [&](std::string& text, Task<int> a, Task<int> b, Task<int> c) -> Coro<> {
        try {
            auto [x, y, z] = co_await gather(a, b, c);
            text = std::to_string(x) + std::to_string(y) + std::to_string(z);
        } catch (const std::runtime_error&) {
            text = "raised";
        }
    };
    auto body = [&]() -> Coro<> {
        for (const std::string how : {"oo", "oc", "co", "cc", "ro", "rc"}) {
            std::string text = "cancelled";
            auto a = co_await ended(how[0]);
            auto b = co_await ended(how[1]);
            auto c = create_task(late());
            (void)co_await catch_cancelled(gathers(text, a, b, c));
            (void)co_await c;
            trace(how + " " + text);
        }
        for (const std::string how : {"oo", "oc", "co", "cc"}) {
            auto a = co_await ended(how[0]);
            auto b = co_await ended(how[1]);
            auto results = co_await gather(return_exceptions, a, b, late());
            trace(how + " " + letter(std::get<0>(results)) + letter(std::get<1>(results)) + letter(std::get<2>(results)));
        }
    };
    CHECK(run(body()));
    std::vector<std::string> texts;
    for (const std::string& line : trace.lines()) {
        if (line.find("report") == std::string::npos) texts.push_back(line.substr(line.find(' ') + 1));
    }
    CHECK(texts == std::vector<std::string>{"oo 113", "oc cancelled", "co cancelled", "cc cancelled", "ro raised", "rc raised",
                                            "oo 113", "oc 1c3", "co c13", "cc cc3"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "asyncio: gather_notimpl: a task that another one awaits may be gathered, and the other way round") {
    auto body = [&]() -> Coro<> {
        auto task = create_task(numbered(trace, 1, 2));
        auto awaits = [&]() -> Coro<> {
            const int result = co_await task;
            trace("waiter got", result);
        };
        auto waiter = create_task(awaits());
        co_await sleep_ms(1);
        auto [a, b] = co_await gather(task, numbered(trace, 2, 2));
        trace("gathered", a + 10 * b);
        co_await waiter;

        auto again = create_task(numbered(trace, 3, 2));
        auto gathers = [&]() -> Coro<> {
            auto [c, d] = co_await gather(again, again);  // even twice
            trace("gathered", c + 10 * d);
        };
        auto gatherer = create_task(gathers());
        co_await yield();
        const int result = co_await again;
        trace("main got", result);
        co_await gatherer;
    };
    CHECK(run(body()));
    // Who waits first goes on first. (In CPython a gather's waiter needs one more pass of the loop, and main would come before it.)
    trace.expect({"0 start 1", "1 start 2", "2 end 1", "2 waiter got 1", "3 end 2", "3 gathered 21", "3 start 3", "5 end 3",
                  "5 gathered 33", "5 main got 3"});
}

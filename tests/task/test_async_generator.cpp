#include <uasync/task/async_generator.hpp>
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

AsyncGenerator<int> count(int limit, int ms) {
    for (int i = 1; i <= limit; ++i) {
        if (ms >= 0) co_await sleep_ms(ms);
        co_yield i;
    }
}

AsyncGenerator<std::string> noted(Trace& trace) {
    Noted destroyed{trace, "generator destroyed"};
    co_yield "one";
    co_await sleep_ms(10);
    co_yield "two";
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: gives its values, then nothing, ever") {
    auto main = [&]() -> Coro<> {
        auto slow = count(3, 5);
        while (auto value = co_await slow.next()) trace("value", *value);
        CHECK_FALSE((co_await slow.next()).has_value());
        auto at_once = count(2, -1);
        while (auto value = co_await at_once.next()) trace("value", *value);
        auto nothing = count(0, 1);
        CHECK_FALSE((co_await nothing.next()).has_value());
    };
    CHECK(run(main()));
    trace.expect({"5 value 1", "10 value 2", "15 value 3", "15 value 1", "15 value 2"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: a hundred thousand values, slow and fast, take no stack") {
    auto mixed = [&]() -> AsyncGenerator<int> {
        for (int i = 0; i < 100'000; ++i) {
            if (i % 3 == 0) co_await yield();
            co_yield i;
        }
    };
    auto main = [&]() -> Coro<> {
        auto values = mixed();
        long long sum = 0;
        while (auto value = co_await values.next()) sum += *value;
        CHECK(sum == 99'999LL * 50'000LL);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: lazy, and destroyed innermost first when it is dropped on the way") {
    auto main = [&]() -> Coro<> {
        {
            auto values = noted(trace);
            trace("made");
            trace(*co_await values.next());
            Noted local{trace, "local destroyed"};
        }
        trace("after");
        auto never_run = noted(trace);
    };
    CHECK(run(main()));
    trace.expect({"0 made", "0 one", "0 local destroyed", "0 generator destroyed", "0 after"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: a cancellation or timeout inside of next ends it") {
    auto main = [&]() -> Coro<> {
        auto values = noted(trace);
        (void)co_await values.next();
        auto r = co_await wait_for(values.next(), 3ms);
        trace(r ? "value" : "timeout");
        CHECK_FALSE((co_await values.next()).has_value());
        auto loops = [&]() -> Coro<> {
            auto inner = noted(trace);
            Noted local{trace, "local destroyed"};
            while (auto value = co_await inner.next()) trace(*value);
        };
        auto task = create_task(loops());
        co_await sleep_ms(1);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"3 generator destroyed", "3 timeout", "3 one", "4 generator destroyed", "4 local destroyed", "4 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: generators of generators") {
    auto doubled = [&](AsyncGenerator<int> source) -> AsyncGenerator<int> {
        while (auto value = co_await source.next()) co_yield *value * 2;
    };
    auto main = [&]() -> Coro<> {
        auto values = doubled(doubled(count(3, 2)));
        while (auto value = co_await values.next()) trace("value", *value);
    };
    CHECK(run(main()));
    trace.expect({"2 value 4", "4 value 8", "6 value 12"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: a next inside of another's is misuse") {
    auto main = [&]() -> Coro<> {
        auto values = count(3, 2);
        auto asks = [&]() -> Coro<int> {
            auto value = co_await values.next();
            co_return value.value_or(-1);
        };
        auto [first, second] = co_await gather(return_exceptions, asks(), asks());
        trace(outcome(first));
        trace(outcome(second));
        trace(outcome(co_await catch_cancelled(asks())));
    };
    CHECK(run(main()));
    trace.expect({"2 1", "2 misuse", "4 2"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: an exception leaves through next, and ends it") {
    auto throws = [&](int ms) -> AsyncGenerator<int> {
        co_yield 1;
        if (ms > 0) co_await sleep_ms(ms);
        throw std::runtime_error{"thrown"};
    };
    auto main = [&]() -> Coro<> {
        for (int ms = 0; ms < 2; ++ms) {
            auto values = throws(ms);
            (void)co_await values.next();
            bool caught = false;
            try {
                (void)co_await values.next();
            } catch (const std::runtime_error&) {
                caught = true;
            }
            CHECK(caught);
            CHECK_FALSE((co_await values.next()).has_value());
        }
    };
    CHECK(run(main()));
}
#endif

// Dropped, replaced, moved while somebody waits in next -------------------------------------------------------------------------------------

namespace {

/// A task that takes the next value of `*generator`.
Coro<> asks(Trace& trace, std::optional<AsyncGenerator<std::string>>& generator) {
    Noted local{trace, "asker's local destroyed"};
    auto value = co_await generator->next();
    trace(value ? *value : "the end");
}

AsyncGenerator<std::string> from_queue(Trace& trace, Queue<std::string, 4>& queue) {
    Noted destroyed{trace, "generator destroyed"};
    while (true) {
        auto value = co_await catch_cancelled(queue.get());  // what ends the generator is not for it to catch
        std::string text = outcome(value);
        co_yield text;
    }
}

}  // namespace

TEST_CASE_FIXTURE(
    Simulated, "AsyncGenerator: dropped or replaced while a task waits in next, that ends with destroyed, frames innermost first") {
    for (const bool replaced : {false, true}) {
        trace.clear();
        Queue<std::string, 4> queue;
        auto main = [&]() -> Coro<> {
            std::optional<AsyncGenerator<std::string>> generator = from_queue(trace, queue);
            auto task = create_task(asks(trace, generator));
            co_await yield();
            if (replaced) {
                *generator = noted(trace);
            } else {
                generator.reset();
            }
            trace("dropped");
            trace(outcome(co_await catch_cancelled(task)));
            queue.put_nowait("kept");
            trace("in the queue", static_cast<int>(queue.qsize()));
            if (replaced) trace(*co_await generator->next());
        };
        CHECK(run(main()));
        if (replaced) {
            trace.expect({"0 dropped", "0 generator destroyed", "0 asker's local destroyed", "0 destroyed", "0 in the queue 1",
                          "0 one", "0 generator destroyed"});
        } else {
            trace.expect({"0 dropped", "0 generator destroyed", "0 asker's local destroyed", "0 destroyed", "0 in the queue 1"});
        }
        sim::reset();
        sim::capture(true);
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "AsyncGenerator: dropped just after its await was woken, cancelled or had slept enough: nothing is lost") {
    for (int what = 0; what < 4; ++what) {
        CAPTURE(what);
        sim::reset();
        sim::capture(true);
        trace.clear();
        Queue<std::string, 4> queue;
        auto main = [&]() -> Coro<> {
            std::optional<AsyncGenerator<std::string>> generator = from_queue(trace, queue);
            auto task = create_task(asks(trace, generator));
            co_await yield();
            if (what == 0) queue.put_nowait("message");
            if (what == 1) task.cancel();
            generator.reset();
            if (what == 2) queue.put_nowait("message");
            if (what == 3) task.cancel();
            trace(outcome(co_await catch_cancelled(task)));
            trace("in the queue", static_cast<int>(queue.qsize()));
        };
        CHECK(run(main()));
        const bool message = what == 0 || what == 2;
        trace.expect({"0 generator destroyed", "0 asker's local destroyed", what == 1 || what == 3 ? "0 cancelled" : "0 destroyed",
                      message ? "0 in the queue 1" : "0 in the queue 0"});
    }
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: dropped while it awaits tasks of its own, those end before its variables do") {
    auto child = [&](const char* what, const std::string& variable) -> Coro<> {
        const Noted noted{trace, what};
        co_await defer(sleep_ms(50), [&]() -> Coro<> {
            co_await sleep_ms(2);
            trace(what + std::string{" cleaned up, "} + variable);
        });
    };
    enum { of_gather, of_select, of_group, of_task, last };
    for (int awaits = 0; awaits != last; ++awaits) {
        CAPTURE(awaits);
        trace.clear();
        auto values = [&]() -> AsyncGenerator<int> {
            const Noted noted{trace, "generator"};
            const std::string variable = "variable";
            if (awaits == of_gather) co_await gather(child("a", variable), child("b", variable));
            if (awaits == of_select) (void)co_await select(child("a", variable), child("b", variable));
            if (awaits == of_group) {
                TaskGroup group;
                auto body = [&]() -> Coro<> {
                    group.create_task(child("a", variable));
                    co_await child("b", variable);
                };
                (void)co_await group(body());
            }
            if (awaits == of_task) {
                co_await create_task(child("a", variable));
                trace("not reached");
            }
            co_yield 1;
        };
        auto main = [&]() -> Coro<> {
            std::optional<AsyncGenerator<int>> generator{values()};
            auto asks_for_one = [&]() -> Coro<> { trace("asker " + outcome(co_await catch_cancelled(generator->next()))); };
            auto asker = create_task(asks_for_one());
            co_await sleep_ms(1);
            generator.reset();
            co_await asker;
            trace("main");
        };
        CHECK(run(main()));
        const auto& lines = trace.lines();
        REQUIRE(lines.size() == (awaits == of_task ? 5 : 7));
        CHECK(lines[lines.size() - 3].ends_with(" generator"));
        CHECK(lines[lines.size() - 2].ends_with(" asker destroyed"));
        CHECK(lines[0].find("cleaned up, variable") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: dropped, its body cannot catch that, neither as a cancellation nor as a timeout") {
    enum { caught, limited, limit_has_struck, last };
    auto values = [&](int how) -> AsyncGenerator<int> {
        const Noted noted{trace, "generator"};
        if (how == caught) (void)co_await catch_cancelled(defer(sleep_ms(50), [] { return sleep_ms(3); }));
        if (how == limited) (void)co_await wait_for(catch_cancelled(sleep_ms(50)), 60ms);
        if (how == limit_has_struck) (void)co_await wait_for(defer(sleep_ms(50), [] { return sleep_ms(20); }), 1ms);
        trace("not reached");
        co_yield 7;
    };
    auto main = [&]() -> Coro<> {
        for (int how = caught; how != last; ++how) {
            std::optional<AsyncGenerator<int>> generator{values(how)};
            auto asks_for_one = [&]() -> Coro<> { trace("asker " + outcome(co_await catch_cancelled(generator->next()))); };
            auto asker = create_task(asks_for_one());
            co_await sleep_ms(how == limit_has_struck ? 2 : 1);
            generator.reset();
            co_await asker;
        }
    };
    CHECK(run(main()));
    trace.expect({"4 generator", "4 asker destroyed", "5 generator", "5 asker destroyed", "7 generator", "7 asker destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: dropped, and the asker cancelled while the generator cleans up: it is cancelled") {
    auto values = [&]() -> AsyncGenerator<int> {
        co_await defer(sleep_ms(50), [] { return sleep_ms(4); });
        co_yield 7;
    };
    auto main = [&]() -> Coro<> {
        std::optional<AsyncGenerator<int>> generator{values()};
        auto asks_for_one = [&]() -> Coro<> { (void)co_await generator->next(); };
        auto asker = create_task(asks_for_one());
        co_await sleep_ms(1);
        generator.reset();
        co_await sleep_ms(1);
        asker.cancel();
        trace(outcome(co_await catch_cancelled(asker)));
    };
    CHECK(run(main()));
    trace.expect({"2 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: moved while a task waits in next, that gets its value, and the new object goes on") {
    auto main = [&]() -> Coro<> {
        std::optional<AsyncGenerator<std::string>> generator = noted(trace);
        (void)co_await generator->next();
        auto task = create_task(asks(trace, generator));
        co_await sleep_ms(1);
        auto moved = std::make_unique<AsyncGenerator<std::string>>(std::move(*generator));
        generator.reset();
        auto again = std::make_unique<AsyncGenerator<std::string>>(noted(trace));
        *again = std::move(*moved);
        moved.reset();
        co_await task;
        CHECK_FALSE((co_await again->next()).has_value());
        CHECK_FALSE((co_await again->next()).has_value());
    };
    CHECK(run(main()));
    trace.expect({"10 two", "10 asker's local destroyed", "10 generator destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: a next of one that was moved from is misuse, not the end") {
    auto main = [&]() -> Coro<> {
        auto values = count(3, 1);
        auto loops = [&]() -> Coro<> {
            while (auto value = co_await values.next()) trace("value", *value);
            trace("the end");
        };
        auto task = create_task(loops());
        co_await sleep_ms(1);
        co_await yield();
        auto thief = std::move(values);
        trace(outcome(co_await catch_cancelled(task)));
        CHECK(*co_await thief.next() == 3);
    };
    CHECK(run(main()));
    trace.expect({"1 value 1", "2 value 2", "2 misuse"});
}

TEST_CASE_FIXTURE(Simulated,
                  "AsyncGenerator: one that drops itself gives its value and is destroyed when the task comes out of it") {
    std::optional<AsyncGenerator<int>> generator;
    auto drops_itself = [&](int ms) -> AsyncGenerator<int> {
        Noted destroyed{trace, "generator destroyed"};
        if (ms > 0) co_await sleep_ms(ms);
        generator.reset();
        trace("dropped");
        co_yield 7;
    };
    auto main = [&]() -> Coro<> {
        for (int ms = 0; ms < 2; ++ms) {
            generator = drops_itself(ms);
            const auto value = co_await generator->next();
            trace("value", value.value_or(-1));
        }
    };
    CHECK(run(main()));
    trace.expect({"0 dropped", "0 generator destroyed", "0 value 7", "1 dropped", "1 generator destroyed", "1 value 7"});
}

TEST_CASE_FIXTURE(
    Simulated, "AsyncGenerator: dropped, replaced, moved and cancelled at any moment and in any order, nothing is left or lost") {
    for_each_order([&] {
        Queue<std::string, 4> queue;
        int got = 0;
        Trace unused;
        auto takes = [&](AsyncGenerator<std::string>& generator) -> Coro<> {
            for (int i = 0; i < 3; ++i) {
                const auto value = co_await generator.next();
                if (value && value->starts_with("message")) ++got;
            }
        };
        auto puts = [&]() -> Coro<> {
            for (int i = 0; i < 4; ++i) {
                co_await queue.put("message");
                co_await sleep_ms(i % 2);
            }
        };
        auto main = [&]() -> Coro<> {
            auto generator = std::make_unique<AsyncGenerator<std::string>>(from_queue(unused, queue));
            auto first = create_task(takes(*generator));
            auto putter = create_task(puts());
            co_await sleep_ms(1);
            auto moved = std::make_unique<AsyncGenerator<std::string>>(std::move(*generator));
            const bool cancelled = sim::now().count() % 2 == 0 && first.cancel();
            (void)cancelled;
            moved.reset();
            (void)co_await catch_cancelled(first);
            co_await putter;
            while (queue.get_nowait()) ++got;
        };
        CHECK(run(main()));
        CHECK(got == 4);
    });
}

TEST_CASE_FIXTURE(Simulated, "AsyncGenerator: one that is moved by assignment while a task waits in its next ends where it is") {
    auto ends = []() -> AsyncGenerator<int> {
        co_await sleep_ms(1);
        if (false) co_yield 0;
    };
    auto main = [&]() -> Coro<> {
        AsyncGenerator<int> from = ends();
        AsyncGenerator<int> to = ends();
        auto waits = [&]() -> Coro<> {
            const auto value = co_await from.next();
            trace(value.has_value() ? "value" : "the end");
        };
        auto waiter = create_task(waits());
        co_await yield();
        to = std::move(from);
        co_await waiter;
        const auto value = co_await to.next();
        trace(value.has_value() ? "value" : "the end");
    };
    CHECK(run(main()));
    trace.expect({"1 the end", "1 the end"});
}

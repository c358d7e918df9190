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
        long sum = 0;
        while (auto value = co_await values.next()) sum += *value;
        CHECK(sum == 99'999L * 50'000L);
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

#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/async_generator.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/time/sleep.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<int> value_after(int value, int ms) {
    if (ms > 0) co_await sleep_ms(ms);
    co_return value;
}
Coro<> long_sleep() { co_await sleep_ms(1000); }
#if UASYNC_EXCEPTIONS
Coro<int> throws_after(const char* what, int ms) {
    if (ms > 0) co_await sleep_ms(ms);
    throw std::runtime_error{what};
}
#endif
/// Ends with Error::misuse.
Coro<> rests(int ms) { co_await sleep_ms(ms); }
Coro<int> fails_after(int ms) {
    if (ms > 0) co_await sleep_ms(ms);
    auto c = value_after(1, 0);
    co_await c;
    co_return co_await c;
}

}  // namespace

// Results -----------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "children run at the same time, and results come in the order of the arguments") {
    auto text = []() -> Coro<std::string> {
        co_await sleep_ms(5);
        co_return "text";
    };
    auto nothing = []() -> Coro<> { co_await sleep_ms(1); };
    auto main = [&]() -> Coro<> {
        auto [slow, string, fast, none] = co_await gather(value_after(1, 30), text(), value_after(2, 10), nothing());
        static_assert(std::is_same_v<decltype(none), std::monostate>);
        trace("slow", slow);
        trace(string);
        trace("fast", fast);
    };
    CHECK(run(main()));
    trace.expect({"30 slow 1", "30 text", "30 fast 2"});
}

TEST_CASE_FIXTURE(Simulated, "coroutines become tasks at once and in order, tasks keep their place") {
    auto child = [&](const char* name) -> Coro<> {
        trace(name);
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child("a task from before"));
        auto all = gather(child("first"), task, child("second"));
        trace("gather was called");
        co_await all;
    };
    CHECK(run(main()));
    trace.expect({"0 gather was called", "0 a task from before", "0 first", "0 second"});
}

// The arrays have names: GCC 12 destroys one that is a temporary of the co_await twice.

TEST_CASE_FIXTURE(Simulated, "an array gives an array, a vector a vector") {
    auto main = [&]() -> Coro<> {
        std::array coroutines{value_after(1, 3), value_after(2, 2), value_after(3, 1)};
        auto array = co_await gather(std::move(coroutines));
        static_assert(std::is_same_v<decltype(array), std::array<int, 3>>);
        CHECK((array == std::array{1, 2, 3}));
        std::vector<Coro<int>> list;
        for (int i = 0; i < 4; ++i) list.push_back(value_after(i, 4 - i));
        auto vector = co_await gather(std::move(list));
        CHECK((vector == std::vector{0, 1, 2, 3}));
        std::array tasks{create_task(value_after(5, 1)), create_task(value_after(6, 0))};
        auto of_tasks = co_await gather(tasks);
        CHECK(std::is_same_v<decltype(of_tasks), std::array<int, 2>>);
        CHECK(of_tasks[0] == 5);
        CHECK(of_tasks[1] == 6);
        std::array sleeps{long_sleep(), long_sleep()};
        auto voids = co_await gather(std::move(sleeps));
        static_assert(std::is_same_v<decltype(voids), std::array<std::monostate, 2>>);
    };
    CHECK(run(main()));
    CHECK(sim::now() == 1008ms);
}

TEST_CASE_FIXTURE(Simulated, "a gather may be named and awaited later") {
    auto main = [&]() -> Coro<> {
        auto all = gather(std::array{value_after(1, 3), value_after(2, 2)});
        co_await sleep_ms(1);
        auto array = co_await all;
        CHECK((array == std::array{1, 2}));
    };
    CHECK(run(main()));
    CHECK(sim::now() == 3ms);
}

TEST_CASE_FIXTURE(Simulated, "nothing to gather is nothing to wait for") {
    auto main = [&]() -> Coro<> {
        co_await gather();
        std::array<Coro<int>, 0> no_array;
        auto array = co_await gather(std::move(no_array));
        CHECK(array.empty());
        std::vector<Coro<int>> no_list;
        auto vector = co_await gather(std::move(no_list));
        CHECK(vector.empty());
        auto results = co_await gather(return_exceptions, std::vector<Coro<int>>{});
        CHECK(results.empty());
    };
    CHECK(run(main()));
    CHECK(sim::now() == 0ms);
}

TEST_CASE_FIXTURE(Simulated, "values are moved out of coroutines: they need not be copyable") {
    auto pointer = [](int x) -> Coro<std::unique_ptr<int>> {
        co_await yield();
        co_return std::make_unique<int>(x);
    };
    auto main = [&]() -> Coro<> {
        auto [a, b] = co_await gather(pointer(1), pointer(2));
        CHECK(*a == 1);
        CHECK(*b == 2);
        auto [c, d] = co_await gather(return_exceptions, pointer(3), fails_after(1));
        REQUIRE(c);
        CHECK(**c == 3);
        CHECK(outcome(d) == "misuse");
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "200 children, in whichever order they run") {
    for_each_order(
        [&] {
            auto main = [&]() -> Coro<int> {
                std::vector<Coro<int>> coroutines;
                for (int i = 0; i < 200; ++i) coroutines.push_back(value_after(i, i * 7 % 13));
                auto values = co_await gather(std::move(coroutines));
                for (int i = 0; i < 200; ++i) CHECK(values[static_cast<std::size_t>(i)] == i);
                co_return std::accumulate(values.begin(), values.end(), 0);
            };
            CHECK(run(main()) == 19'900);
        },
        20);
}

TEST_CASE_FIXTURE(Simulated, "gathers nest") {
    auto pair = [](int x) -> Coro<int> {
        auto [a, b] = co_await gather(value_after(x, 2), value_after(x + 1, 1));
        co_return a + b;
    };
    auto main = [&]() -> Coro<int> {
        auto [a, b, c] = co_await gather(pair(1), pair(10), pair(100));
        co_return a + b + c;
    };
    CHECK(run(main()) == 3 + 21 + 201);
}

TEST_CASE_FIXTURE(Simulated, "the same task may be given twice") {
    auto main = [&]() -> Coro<> {
        auto task = create_task(value_after(7, 5));
        auto [a, b] = co_await gather(return_exceptions, task, task);
        CHECK(a == 7);
        CHECK(b == 7);
    };
    CHECK(run(main()));
}

// Children that have ended already ------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "any of three tasks may have ended already: all eight combinations") {
    for (unsigned ended = 0; ended < 8; ++ended) {
        CAPTURE(ended);
        auto main = [&]() -> Coro<> {
            std::vector<Task<int>> tasks;
            for (int i = 0; i < 3; ++i) tasks.push_back(create_task(value_after(i, (ended >> i & 1U) != 0 ? 0 : 5)));
            co_await sleep_ms(1);
            auto [a, b, c] = co_await gather(tasks[0], tasks[1], tasks[2]);
            CHECK(a == 0);
            CHECK(b == 1);
            CHECK(c == 2);
        };
        CHECK(run(main()));
    }
}

TEST_CASE_FIXTURE(Simulated, "a task that has failed already ends the gather with its error, whatever the others do in that pass") {
    for_each_order([&] {
        auto ends_soon = [](int turns) -> Coro<int> {
            for (int i = 0; i < turns; ++i) co_await yield();
            co_return 1;
        };
        for (int turns = 0; turns < 4; ++turns) {
            CAPTURE(turns);
            auto gathers = [](Task<int> good, Task<int> bad) -> Coro<> { co_await gather(good, bad); };
            auto main = [&]() -> Coro<> {
                auto bad = create_task(fails_after(0), "bad");
                while (!bad.done()) co_await yield();
                auto good = create_task(ends_soon(turns));
                for (int i = 0; i < turns; ++i) co_await yield();
                auto r = co_await catch_cancelled(gathers(good, bad));
                CHECK(r == std::unexpected{Error::misuse});
                co_await good;
                int still_running = 0;
                for (int i = 0; i < 3; ++i) {
                    co_await sleep_ms(1);
                    ++still_running;
                }
                CHECK(still_running == 3);
            };
            CHECK(run(main()));
        }
    });
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "a task that has thrown already throws from the gather") {
    auto main = [&]() -> Coro<> {
        auto bad = create_task(throws_after("broken", 0));
        auto good = create_task(value_after(1, 5));
        co_await yield();
        try {
            co_await gather(good, bad);
            trace("not reached");
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await good;
    };
    CHECK(run(main()));
    trace.expect({"0 broken"});
}
#endif

// Failure -----------------------------------------------------------------------------------------------------------------------------

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "one child throws: the waiter is told at once, the others run on") {
    auto other = [&]() -> Coro<> {
        co_await sleep_ms(20);
        trace("other ends");
    };
    auto main = [&]() -> Coro<> {
        try {
            co_await gather(other(), throws_after("broken", 5));
            trace("not reached");
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(30);
    };
    CHECK(run(main()));
    trace.expect({"5 broken", "20 other ends"});
}

TEST_CASE_FIXTURE(Simulated,
                  "two children throw in the same pass: the first one's exception comes out, no error is reported twice") {
    auto main = [&]() -> Coro<> {
        try {
            co_await gather(throws_after("first", 5), throws_after("second", 5));
            trace("not reached");
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"5 first"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "one child fails without an exception: the gather ends in the same way, the others run on") {
    auto other = [&]() -> Coro<> {
        co_await sleep_ms(20);
        trace("other ends");
    };
    auto gathers = [&]() -> Coro<> {
        Noted noted{trace, "waiter destroyed"};
        co_await gather(other(), fails_after(5));
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(gathers());
        trace(outcome(r));
        co_await sleep_ms(30);
    };
    CHECK(run(main()));
    trace.expect({"5 waiter destroyed", "5 misuse", "20 other ends"});
}

TEST_CASE_FIXTURE(Simulated, "one child is cancelled: the waiter is cancelled, the others run on") {
    auto other = [&]() -> Coro<> {
        co_await sleep_ms(20);
        trace("other ends");
    };
    auto gathers = [&](Task<> task) -> Coro<> { co_await gather(other(), task); };
    auto main = [&]() -> Coro<> {
        auto child = create_task(long_sleep());
        auto waiter = create_task(gathers(child));
        co_await sleep_ms(1);
        child.cancel();
        auto r = co_await catch_cancelled(waiter);
        trace(outcome(r));
        co_await sleep_ms(30);
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "20 other ends"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "return_exceptions gives each child's outcome as a value") {
    auto main = [&]() -> Coro<> {
        auto victim = create_task(value_after(1, 100));
        auto canceller = [](Task<int> task) -> Coro<> {
            co_await sleep_ms(1);
            task.cancel();
        };
        auto [good, thrown, failed, cancelled, none] = co_await gather(
            return_exceptions, value_after(7, 5), throws_after("broken", 2), fails_after(3), victim, canceller(victim));
        trace(outcome(good));
        trace(outcome(thrown));
        trace(outcome(failed));
        trace(outcome(cancelled));
        trace(outcome(none));
        std::array coroutines{value_after(1, 1), fails_after(1)};
        auto array = co_await gather(return_exceptions, std::move(coroutines));
        trace(outcome(array[0]) + " " + outcome(array[1]));
    };
    CHECK(run(main()));
    trace.expect({"5 7", "5 exception", "5 misuse", "5 cancelled", "5 ok", "6 1 misuse"});
}
#endif

// Cancellation ------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "cancelling the gather cancels all children in order, and the waiter ends as cancelled") {
    auto child = [&](const char* name) -> Coro<> {
        Noted noted{trace, name};
        co_await long_sleep();
    };
    auto gathers = [&]() -> Coro<> {
        Noted noted{trace, "waiter destroyed"};
        co_await gather(child("a"), child("b"), child("c"));
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(gathers());
        co_await sleep_ms(1);
        task.cancel();
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 a", "1 b", "1 c", "1 waiter destroyed", "1 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "cancelling a gather whose children all refuse ends it as cancelled when they have ended") {
    auto stubborn = [&](int ms) -> Coro<int> {
        (void)co_await catch_cancelled(long_sleep());
        co_await sleep_ms(ms);
        trace("refused");
        co_return 1;
    };
    auto gathers = [&]() -> Coro<> {
        co_await gather(stubborn(5), stubborn(10));
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(gathers());
        co_await sleep_ms(1);
        task.cancel();
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"6 refused", "11 refused", "11 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "cancelling a gather with return_exceptions cancels the waiter too, when all children have ended") {
    auto tidy = [&](int ms) -> Coro<> {
        (void)co_await catch_cancelled(long_sleep());
        co_await sleep_ms(ms);
        trace("tidied up");
        co_await pass_cancelled();
    };
    auto gathers = [&]() -> Coro<> {
        (void)co_await gather(return_exceptions, tidy(5), tidy(10));
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(gathers());
        co_await sleep_ms(1);
        task.cancel();
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"6 tidied up", "11 tidied up", "11 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "catch_cancelled around a gather gives its values, or what ended it") {
    auto main = [&]() -> Coro<> {
        auto values = co_await catch_cancelled(gather(value_after(1, 5), value_after(2, 3)));
        REQUIRE(values);
        const auto [a, b] = *values;
        CHECK(a == 1);
        CHECK(b == 2);
        auto failed = co_await catch_cancelled(gather(value_after(1, 5), fails_after(3)));
        trace(outcome(failed));
        current_task().cancel();
        auto cancelled = co_await catch_cancelled(gather(long_sleep(), long_sleep()));
        trace(outcome(cancelled));
    };
    CHECK(run(main()));
    trace.expect({"8 misuse", "8 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "a gather that was cancelled before its first turn cancels the children it has made") {
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "child destroyed"};
        co_await long_sleep();
        trace("not reached");
    };
    auto gathers = [&]() -> Coro<> {
        current_task().cancel();
        co_await gather(child(), child());
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(create_task(gathers()));
        trace(outcome(r));
    };
    CHECK(run(main()));
    // Neither child had begun, so there is nothing to destroy inside.
    trace.expect({"0 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "a task that gathers itself ends with misuse, as one that awaits itself does") {
    std::optional<Task<>> self;
    auto child = [&]() -> Coro<> {
        co_await value_after(1, 1);
        co_await gather(create_task(value_after(1, 1)), *self);
    };
    auto main = [&]() -> Coro<> {
        self = create_task(child(), "narcissus");
        auto r = co_await catch_cancelled(*self);
        trace(outcome(r));
        co_await sleep_ms(5);
        self.reset();
    };
    CHECK(run(main()) == Result<void>{});
    trace.expect({"1 misuse"});
}

TEST_CASE_FIXTURE(Simulated, "a gather that is never awaited leaves its tasks running") {
    auto child = [&]() -> Coro<> {
        co_await sleep_ms(1);
        trace("child");
    };
    auto main = [&]() -> Coro<> {
        {
            auto dropped = gather(child(), child());
            (void)dropped;
        }
        co_await sleep_ms(5);
    };
    CHECK(run(main()));
    trace.expect({"1 child", "1 child"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "the waiter destroyed while children run leaves their lists") {
    for_each_order([&] {
        auto stubborn = []() -> Coro<int> {
            (void)co_await catch_cancelled(long_sleep());
            co_await sleep_ms(5);
            co_return 1;
        };
        auto gathers = [&]() -> Coro<> { co_await gather(stubborn(), throws_after("broken", 1), stubborn()); };
        auto main = [&]() -> Coro<> {
            auto task = create_task(gathers());
            bool thrown = false;
            try {
                co_await task;
            } catch (const std::runtime_error&) {
                thrown = true;
            }
            CHECK(thrown);
            co_await sleep_ms(1);
        };
        CHECK(run(main()));
        CHECK(sim::now() == 7ms);
    });
}
#endif

TEST_CASE_FIXTURE(Simulated, "cancelled again, a gather and an await of a task cancel again, as in asyncio") {
    auto cleans = [&](const char* name) -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        auto cleaned = co_await catch_cancelled(sleep_ms(20));
        trace(std::string{name} + (cleaned ? " cleaned" : " cut short"));
        co_await pass_cancelled();
    };
    auto gathers = [&]() -> Coro<> { co_await gather(cleans("one"), cleans("two")); };
    auto awaits = [&]() -> Coro<> { co_await create_task(cleans("task")); };
    auto main = [&]() -> Coro<> {
        std::array tasks{create_task(gathers()), create_task(awaits())};
        for (const int ms : {1, 9}) {
            co_await sleep_ms(ms);
            for (const auto& task : tasks) CHECK(task.cancel());
        }
        for (const auto& task : tasks) trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"10 one cut short", "10 two cut short", "10 task cut short", "10 cancelled", "10 cancelled"});
}

// What becomes of errors ----------------------------------------------------------------------------------------------------------------

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated,
                  "a child that fails after the gather has told of another failure is not reported; one that nobody asked for is") {
    for_each_order([&] {
        auto catches = [&](int ms, int others) -> Coro<> {
            try {
                co_await gather(throws_after("first", ms), throws_after("second", others), fails_after(others));
                trace("not reached");
            } catch (const std::runtime_error& e) {
                trace(e.what());
            }
        };
        auto main = [&]() -> Coro<> {
            co_await catches(1, 3);
            auto ended = create_task(throws_after("ended", 0), "ended");
            const std::array handles{ended};
            (void)co_await wait(handles);
            auto late = create_task(throws_after("late", 3), "late");
            auto too = create_task(fails_after(3), "too");
            auto gathers = [&]() -> Coro<> { co_await gather(ended, late, too); };
            auto [r] = co_await gather(return_exceptions, gathers());
            CHECK(r.error() == Error::exception);
            auto forgotten = create_task(throws_after("forgotten", 1), "forgotten");
            co_await sleep_ms(9);
        };
        CHECK(run(main()));
        REQUIRE(trace.lines().size() == 2);
        CHECK(trace.lines()[0] == "1 first");
        CHECK(trace.lines()[1].ends_with("report forgotten: exception forgotten"));
    });
}

TEST_CASE_FIXTURE(Simulated, "a gather in a generator that is dropped cancels its children, which tell of nothing later") {
    auto gathers = [&]() -> Coro<> { co_await gather(throws_after("one", 3), rests(5)); };
    auto generates = [&]() -> AsyncGenerator<int> {
        co_await gathers();
        co_yield 1;
    };
    auto main = [&]() -> Coro<> {
        std::optional<AsyncGenerator<int>> generator = generates();
        auto asks = [&]() -> Coro<> { (void)co_await generator->next(); };
        auto task = create_task(asks());
        co_await sleep_ms(1);
        generator.reset();
        trace(outcome(co_await catch_cancelled(task)));
        co_await sleep_ms(9);
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "return_exceptions gives the exception beside Error::exception, and converts to a Result") {
    auto main = [&]() -> Coro<> {
        auto [thrown, failed, well] = co_await gather(return_exceptions, throws_after("broken", 1), fails_after(1), rests(1));
        CHECK(thrown.error() == Error::exception);
        CHECK_THROWS_WITH_AS(std::rethrow_exception(thrown.exception()), "broken", std::runtime_error);
        CHECK(failed.error() == Error::misuse);
        CHECK(failed.exception() == nullptr);
        CHECK(well.has_value());
        CHECK(well.exception() == nullptr);
        const Result<> result = well;
        CHECK(result);
        std::array both{throws_after("array", 1), throws_after("other", 2)};
        auto results = co_await gather(return_exceptions, std::move(both));
        CHECK_THROWS_WITH_AS(std::rethrow_exception(results[0].exception()), "array", std::runtime_error);
        CHECK_THROWS_WITH_AS(std::rethrow_exception(results[1].exception()), "other", std::runtime_error);
    };
    CHECK(run(main()));
    trace.expect({});
}
#endif

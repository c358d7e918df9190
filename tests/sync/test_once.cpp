#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

Trace* of_free_function = nullptr;
Coro<> free_function() {
    (*of_free_function)("free");
    co_return;
}

/// Needs what an initialisation of 5 ms makes; `fails` of them fail.
Coro<> needs(Trace& trace, Once& once, int id, int& fails) {
    auto result = co_await once.call([&]() -> Coro<Result<void>> {
        trace("initialises", id);
        co_await sleep_ms(5);
        if (fails-- > 0) co_return std::unexpected{Error::unavailable};
        co_return Result<void>{};
    });
    trace(std::to_string(id) + " " + outcome(result));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Once: the first does it, who comes meanwhile waits, who comes later goes straight on") {
    auto body = [&]() -> Coro<> {
        Once once;
        int fails = 0;
        CHECK_FALSE(once.done());
        create_task(needs(trace, once, 1, fails));
        create_task(needs(trace, once, 2, fails));
        auto third = create_task(needs(trace, once, 3, fails));
        co_await third;
        CHECK(once.done());
        const auto before = frame_pool_use().in_use;
        co_await once.call(free_function);
        CHECK(frame_pool_use().in_use == before);
        co_await needs(trace, once, 4, fails);
    };
    CHECK(run(body()));
    trace.expect({"0 initialises 1", "5 1 ok", "5 2 ok", "5 3 ok", "5 4 ok"});
}

TEST_CASE_FIXTURE(Simulated, "Once: functions, lambdas by value and by name, each as long as it is needed") {
    auto body = [&]() -> Coro<> {
        of_free_function = &trace;
        Once a;
        co_await a.call(free_function);
        CHECK(a.done());
        co_await a.call(free_function);
        Once b;
        int count = 0;
        co_await b.call([&]() -> Coro<> {
            co_await sleep_ms(1);
            ++count;
        });
        Once c;
        auto named = [&count, text = std::string(40, 'x')]() -> Coro<> {
            co_await sleep_ms(1);
            count += static_cast<int>(text.size());
        };
        auto in_time = co_await wait_for(c.call(named), 10ms);
        CHECK(in_time);
        CHECK(count == 41);
    };
    CHECK(run(body()));
    trace.expect({"0 free"});
}

TEST_CASE_FIXTURE(Simulated, "Once: where the first fails, the next who waits tries; each is told of its own failure") {
    auto body = [&]() -> Coro<> {
        Once once;
        int fails = 2;
        for (int id = 1; id <= 4; ++id) create_task(needs(trace, once, id, fails));
        co_await sleep_ms(100);
        CHECK(once.done());
    };
    CHECK(run(body()));
    trace.expect(
        {"0 initialises 1", "5 1 unavailable", "5 initialises 2", "10 2 unavailable", "10 initialises 3", "15 3 ok", "15 4 ok"});
}

TEST_CASE_FIXTURE(Simulated, "Once: cancelled: who initialises, who waits, and by a timeout") {
    auto body = [&]() -> Coro<> {
        Once once;
        int fails = 0;
        std::vector<Task<>> tasks;
        for (int id = 0; id < 4; ++id) tasks.push_back(create_task(needs(trace, once, id, fails)));
        co_await sleep_ms(2);
        tasks[1].cancel();
        tasks[0].cancel();
        auto result = co_await catch_cancelled(tasks[0]);
        CHECK(result == cancelled);
        CHECK_FALSE(once.done());
        co_await gather(tasks[2], tasks[3]);
        CHECK(tasks[1].error() == Error::cancelled);
        Once other;
        auto slow = [&]() -> Coro<> { co_await sleep_ms(50); };
        auto late = co_await wait_for(other.call(slow), 1ms);
        CHECK(late.error() == Error::timeout);
        CHECK_FALSE(other.done());
        co_await other.call(slow);
        CHECK(other.done());
    };
    CHECK(run(body()));
    trace.expect({"0 initialises 0", "2 initialises 2", "7 2 ok", "7 3 ok"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "Once: an exception leaves it undone") {
    auto body = [&]() -> Coro<> {
        Once once;
        auto throws = [&]() -> Coro<> {
            co_await sleep_ms(1);
            throw std::runtime_error{"no"};
        };
        bool caught = false;
        try {
            co_await once.call(throws);
        } catch (const std::runtime_error&) {
            caught = true;
        }
        CHECK(caught);
        CHECK_FALSE(once.done());
    };
    CHECK(run(body()));
}
#endif

TEST_CASE_FIXTURE(Simulated, "Once: in any order and with any cancellation it is done once, by somebody") {
    for (unsigned when = 0; when < 12; ++when) {
        for_each_order(
            [&] {
                int done = 0;
                int at_it = 0;
                auto body = [&]() -> Coro<> {
                    Once once;
                    auto initialise = [&]() -> Coro<> {
                        CHECK(++at_it - done > 0);
                        co_await yield();
                        co_await yield();
                        ++done;
                    };
                    auto one = [&]() -> Coro<> {
                        co_await once.call(initialise);
                        CHECK(once.done());
                        CHECK(done == 1);
                    };
                    std::vector<Task<>> tasks;
                    for (int i = 0; i < 4; ++i) tasks.push_back(create_task(one()));
                    for (unsigned i = 0; i < when; ++i) co_await yield();
                    tasks[when % 4].cancel();
                    tasks[when / 4].cancel();
                    for (auto& task : tasks) (void)co_await catch_cancelled(task);
                };
                CHECK(run(body()));
                CHECK(done == 1);
            },
            20);
    }
}

TEST_CASE_FIXTURE(Simulated, "Once: destroyed under who waits and who initialises: that one finishes and touches nothing") {
    auto body = [&]() -> Coro<> {
        auto once = std::make_unique<Once>();
        int fails = 0;
        create_task(needs(trace, *once, 1, fails), "first");
        create_task(needs(trace, *once, 2, fails), "second");
        co_await sleep_ms(1);
        once.reset();
        co_await sleep_ms(10);
    };
    CHECK(run(body()));
    trace.expect({"0 initialises 1", "1 report second" + was_destroyed, "5 1 ok"});
}

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const std::string was_broken = std::string{": "} + to_string(Error::broken);

/// Waits, and notes its index or why there is none.
Coro<> comes(Trace& trace, Barrier& barrier, int id) {
    auto index = co_await catch_cancelled(barrier.wait());
    trace(std::to_string(id) + " " + outcome(index));
    if (!index && index.error() == Error::cancelled) co_await pass_cancelled();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Barrier: all go on when the last has come, who does not wait; again and again") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{3};
        CHECK(barrier.parties() == 3);
        CHECK(barrier.n_waiting() == 0);
        auto walks = [&](int id) -> Coro<> {
            for (int round = 0; round < 2; ++round) {
                co_await sleep_ms(id);
                const auto index = co_await barrier.wait();
                trace(std::to_string(id) + " round " + std::to_string(round) + " index", static_cast<long long>(index));
            }
        };
        auto first = create_task(walks(1));
        auto second = create_task(walks(2));
        auto third = create_task(walks(3));
        co_await sleep(2500us);
        CHECK(barrier.n_waiting() == 2);
        co_await gather(first, second, third);
        CHECK(barrier.n_waiting() == 0);
        CHECK_FALSE(barrier.broken());
    };
    CHECK(run(body()));
    trace.expect({"3 3 round 0 index 2", "3 1 round 0 index 0", "3 2 round 0 index 1", "6 3 round 1 index 2", "6 1 round 1 index 0",
                  "6 2 round 1 index 1"});
}

TEST_CASE_FIXTURE(Simulated, "Barrier: for one it does not wait; for none it is misuse") {
    auto body = [&]() -> Coro<> {
        Barrier alone{1};
        for (int i = 0; i < 3; ++i) {
            const auto index = co_await alone.wait();
            CHECK(index == 0);
        }
        Barrier none{0};
        auto result = co_await catch_cancelled(none.wait());
        CHECK(result.error() == Error::misuse);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Barrier: who is cancelled does not count; indices stay different; after the last has come it is too late") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{3};
        auto first = create_task(comes(trace, barrier, 1));
        auto second = create_task(comes(trace, barrier, 2));
        co_await sleep_ms(1);
        first.cancel();
        CHECK(barrier.n_waiting() == 1);
        auto third = create_task(comes(trace, barrier, 3));
        co_await sleep_ms(1);
        CHECK(barrier.n_waiting() == 2);
        create_task(comes(trace, barrier, 4));
        co_await yield();
        CHECK_FALSE(second.done());
        third.cancel();
        co_await sleep_ms(1);
        auto late = co_await wait_for(barrier.wait(), 1ms);
        CHECK(late.error() == Error::timeout);
        CHECK(barrier.n_waiting() == 0);
    };
    CHECK(run(body()));
    trace.expect({"1 1 cancelled", "2 4 2", "2 2 0", "2 3 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "Barrier: reset ends the wait of who is there; abort also of who comes, until a reset") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{3};
        barrier.reset();
        create_task(comes(trace, barrier, 1));
        create_task(comes(trace, barrier, 2));
        co_await sleep_ms(1);
        barrier.reset();
        CHECK(barrier.n_waiting() == 0);
        CHECK_FALSE(barrier.broken());
        create_task(comes(trace, barrier, 3));
        co_await sleep_ms(1);
        barrier.abort();
        CHECK(barrier.broken());
        co_await comes(trace, barrier, 4);
        create_task(comes(trace, barrier, 5));
        co_await sleep_ms(1);
        barrier.reset();
        CHECK_FALSE(barrier.broken());
        co_await gather(comes(trace, barrier, 6), comes(trace, barrier, 7), comes(trace, barrier, 8));
    };
    CHECK(run(body()));
    trace.expect({"1 1 broken", "1 2 broken", "2 4 broken", "2 3 broken", "2 5 broken", "3 8 2", "3 6 0", "3 7 1"});
}

TEST_CASE_FIXTURE(Simulated, "Barrier: a task that does not catch it ends with the error and is reported") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{2};
        auto waits = [&]() -> Coro<> { co_await barrier.wait(); };
        create_task(waits(), "worker");
        co_await sleep_ms(1);
        barrier.abort();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 report worker" + was_broken});
}

TEST_CASE_FIXTURE(Simulated,
                  "Barrier: in any order, with a cancellation at any time, the rest meets as often as there are enough") {
    for (unsigned when = 0; when < 10; ++when) {
        for_each_order(
            [&] {
                std::array<unsigned, 3> seen{};
                auto body = [&]() -> Coro<> {
                    Barrier barrier{3};
                    auto one = [&]() -> Coro<> {
                        co_await yield();
                        const auto index = co_await barrier.wait();
                        ++seen[index];
                        co_await yield();
                    };
                    std::vector<Task<>> tasks;
                    for (int i = 0; i < 7; ++i) tasks.push_back(create_task(one()));
                    for (unsigned i = 0; i < when; ++i) co_await yield();
                    tasks[when % 7].cancel();
                    co_await sleep_ms(1);
                    unsigned met = 0;
                    for (auto& task : tasks) met += task.done() && task.error() == Error::none ? 1U : 0U;
                    CHECK(met + barrier.n_waiting() + (tasks[when % 7].error() == Error::cancelled ? 1U : 0U) == 7);
                    CHECK(barrier.n_waiting() <= 1);
                    barrier.abort();
                    for (auto& task : tasks) (void)co_await catch_cancelled(task);
                };
                CHECK(run(body()));
                CHECK(seen[0] + seen[1] + seen[2] >= 5);
                for (unsigned n : seen) CHECK(n <= 2);
            },
            20);
    }
}

TEST_CASE_FIXTURE(Simulated, "Barrier: destroyed under waiters, also under those whose turn was to come") {
    auto body = [&]() -> Coro<> {
        auto barrier = std::make_unique<Barrier>(3U);
        create_task(comes(trace, *barrier, 1));
        auto second = create_task(comes(trace, *barrier, 2));
        co_await sleep_ms(1);
        create_task(comes(trace, *barrier, 3));
        create_task(comes(trace, *barrier, 4));
        co_await yield();
        second.cancel();
        barrier.reset();
        co_await sleep_ms(1);
        barrier = std::make_unique<Barrier>(3U);
        create_task(comes(trace, *barrier, 5));
        create_task(comes(trace, *barrier, 6));
        co_await sleep_ms(1);
        (void)co_await barrier->wait();
        barrier.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 3 2", "1 1 destroyed", "1 2 cancelled", "1 4 destroyed", "3 5 destroyed", "3 6 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "Barrier: a deadlock names it") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{2};
        (void)co_await barrier.wait();
    };
    CHECK(run(body()) == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in Barrier::wait"));
}

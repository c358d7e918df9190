#include <memory>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::misuse;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

template <class S>
Coro<> holds(Trace& trace, S& semaphore, int id, int ms) {
    auto guard = co_await semaphore.scoped_lock();
    trace("has it", id);
    co_await sleep_ms(ms);
    trace("leaves", id);
}

Coro<> acquires(Trace& trace, Semaphore& semaphore, int id) {
    co_await semaphore.acquire();
    trace("has it", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Semaphore: so many go straight on, the rest first in, first out as places come free") {
    auto body = [&]() -> Coro<> {
        Semaphore semaphore{2};
        CHECK_FALSE(semaphore.locked());
        co_await gather(holds(trace, semaphore, 1, 10), holds(trace, semaphore, 2, 5), holds(trace, semaphore, 3, 20),
                        holds(trace, semaphore, 4, 1));
        CHECK_FALSE(semaphore.locked());
        co_await semaphore.acquire();
        CHECK_FALSE(semaphore.locked());
        co_await semaphore.acquire();
        CHECK(semaphore.locked());
        Semaphore one;
        co_await one.acquire();
        CHECK(one.locked());
    };
    CHECK(run(body()));
    trace.expect(
        {"0 has it 1", "0 has it 2", "5 leaves 2", "5 has it 3", "10 leaves 1", "10 has it 4", "11 leaves 4", "25 leaves 3"});
}

TEST_CASE_FIXTURE(Simulated, "Semaphore: it counts what others put there; releases before an acquire are kept") {
    auto body = [&]() -> Coro<> {
        Semaphore things{0};
        CHECK(things.locked());
        CHECK(things.release());
        CHECK(things.release());
        co_await things.acquire();
        co_await things.acquire();
        CHECK(things.locked());
        auto task = create_task(acquires(trace, things, 1));
        co_await sleep_ms(1);
        CHECK(things.release());
        CHECK(things.locked());  // it is on its way
        auto late = create_task(acquires(trace, things, 2));
        co_await task;
        co_await sleep_ms(1);
        CHECK_FALSE(late.done());
        CHECK(things.release());
        co_await late;
    };
    CHECK(run(body()));
    trace.expect({"1 has it 1", "2 has it 2"});
}

TEST_CASE_FIXTURE(Simulated, "BoundedSemaphore: a release too many is Error::misuse and does nothing") {
    auto body = [&]() -> Coro<> {
        BoundedSemaphore semaphore{2};
        CHECK(semaphore.release() == misuse);
        co_await semaphore.acquire();
        co_await gather(holds(trace, semaphore, 1, 2), holds(trace, semaphore, 2, 1));
        CHECK(semaphore.release());
        CHECK(semaphore.release() == misuse);
        co_await semaphore.acquire();
        co_await semaphore.acquire();
        CHECK(semaphore.locked());
        BoundedSemaphore none{0};
        CHECK(none.locked());
        CHECK(none.release() == misuse);
    };
    CHECK(run(body()));
    trace.expect({"0 has it 1", "2 leaves 1", "2 has it 2", "3 leaves 2"});
}

TEST_CASE_FIXTURE(Simulated, "Semaphore: cancelled while waiting, and just as it was handed a place: the next has it") {
    auto body = [&]() -> Coro<> {
        Semaphore semaphore{0};
        std::vector<Task<>> tasks;
        for (int id = 0; id < 4; ++id) tasks.push_back(create_task(acquires(trace, semaphore, id)));
        co_await sleep_ms(1);
        tasks[1].cancel();
        CHECK(semaphore.release());
        tasks[0].cancel();
        co_await tasks[2];
        CHECK_FALSE(tasks[3].done());
        CHECK(semaphore.release());
        tasks[3].cancel();
        auto result = co_await catch_cancelled(tasks[3]);
        CHECK(result == cancelled);
        CHECK_FALSE(semaphore.locked());  // nobody wanted it
        co_await semaphore.acquire();
        auto late = co_await wait_for(semaphore.acquire(), 5ms);
        CHECK(late.error() == Error::timeout);
        CHECK(semaphore.release());
        CHECK_FALSE(semaphore.locked());
    };
    CHECK(run(body()));
    trace.expect({"1 has it 2"});
}

TEST_CASE_FIXTURE(Simulated, "Semaphore: in any order and with any two cancellations, never more than n inside and no place lost") {
    constexpr unsigned tasks_count = 6;
    for (unsigned n = 1; n <= 3; ++n) {
        for (unsigned when = 0; when < 10; ++when) {
            for_each_order(
                [&] {
                    unsigned inside = 0;
                    unsigned most = 0;
                    unsigned served = 0;
                    struct Inside {
                        explicit Inside(unsigned& count) : count_{count} { ++count_; }
                        ~Inside() { --count_; }
                        unsigned& count_;
                    };
                    auto one = [&](BoundedSemaphore& semaphore) -> Coro<> {
                        co_await yield();
                        auto guard = co_await semaphore.scoped_lock();
                        const Inside here{inside};
                        most = std::max(most, inside);
                        ++served;
                        co_await yield();
                        co_await yield();
                    };
                    auto body = [&]() -> Coro<> {
                        BoundedSemaphore semaphore{n};
                        std::vector<Task<>> tasks;
                        for (unsigned i = 0; i < tasks_count; ++i) tasks.push_back(create_task(one(semaphore)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        tasks[when % tasks_count].cancel();
                        tasks[(when + 3) % tasks_count].cancel();
                        for (auto& task : tasks) (void)co_await catch_cancelled(task);
                        for (unsigned i = 0; i < n; ++i) {
                            CHECK_FALSE(semaphore.locked());
                            co_await semaphore.acquire();
                        }
                        CHECK(semaphore.locked());
                    };
                    CHECK(run(body()));
                    CHECK(most <= n);
                    CHECK(served >= tasks_count - 2);
                },
                10);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Semaphore: destroyed under waiters, also under one that a place is on its way to") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto semaphore = std::make_unique<Semaphore>(0U);
            auto first = create_task(acquires(trace, *semaphore, 1));
            auto second = create_task(acquires(trace, *semaphore, 2));
            auto third = create_task(acquires(trace, *semaphore, 3));
            co_await sleep_ms(1);
            CHECK(semaphore->release());
            CHECK(semaphore->release());
            second.cancel();
            semaphore.reset();
            auto result = co_await catch_cancelled(first);
            CHECK(result == destroyed);
            result = co_await catch_cancelled(second);
            CHECK(result == cancelled);
            result = co_await catch_cancelled(third);
            CHECK(result == destroyed);
        };
        CHECK(run(body()));
        for (const std::string& line : trace.lines()) CHECK(line.find("has it") == std::string::npos);
    });
    trace.clear();
    auto body = [&]() -> Coro<> {
        auto semaphore = std::make_unique<Semaphore>(0U);
        create_task(acquires(trace, *semaphore, 1), "first");
        create_task(acquires(trace, *semaphore, 2), "second");
        co_await yield();
        semaphore.reset();
        co_await sleep_ms(1);
    };
    sim::reset();
    CHECK(run(body()));
    trace.expect({"0 report first" + was_destroyed, "0 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "Semaphore: a deadlock names it") {
    auto body = [&]() -> Coro<> {
        Semaphore semaphore;
        auto guard = co_await semaphore.scoped_lock();
        co_await semaphore.acquire();
    };
    CHECK(run(body()) == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in Semaphore::acquire"));
}

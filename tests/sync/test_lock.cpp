#include <memory>
#include <string>
#include <optional>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

/// Holds the lock for a while.
Coro<> holds(Trace& trace, Lock& lock, int id, int ms) {
    auto guard = co_await lock.scoped_lock();
    trace("has it", id);
    co_await sleep_ms(ms);
    trace("leaves", id);
}

Coro<> acquires(Trace& trace, Lock& lock, int id) {
    co_await lock.acquire();
    trace("has it", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Lock: a free lock is acquired without giving the turn away") {
    auto notes = [&]() -> Coro<> {
        trace("other");
        co_return;
    };
    auto body = [&]() -> Coro<> {
        Lock lock;
        CHECK_FALSE(lock.locked());
        create_task(notes());
        co_await lock.acquire();
        CHECK(lock.locked());
        trace("has it");
        CHECK(lock.release());
        CHECK_FALSE(lock.locked());
        {
            auto guard = co_await lock.scoped_lock();
            CHECK(lock.locked());
        }
        CHECK_FALSE(lock.locked());
        trace("done");
        co_await yield();
    };
    CHECK(run(body()));
    trace.expect({"0 has it", "0 done", "0 other"});
}

TEST_CASE_FIXTURE(Simulated, "Lock: releasing one that is not locked is Error::misuse") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        CHECK(lock.release() == Result<void>{std::unexpected{Error::misuse}});
        co_await lock.acquire();
        CHECK(lock.release());
        CHECK(lock.release() == Result<void>{std::unexpected{Error::misuse}});
        CHECK_FALSE(lock.locked());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Lock: contenders are served first in, first out; a sleeping holder keeps it") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        auto children = std::array{holds(trace, lock, 1, 10), holds(trace, lock, 2, 0), holds(trace, lock, 3, 5)};
        co_await gather(std::move(children));
        CHECK_FALSE(lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"0 has it 1", "10 leaves 1", "10 has it 2", "10 leaves 2", "10 has it 3", "15 leaves 3"});
}

TEST_CASE_FIXTURE(Simulated, "Lock: on its way from hand to hand nobody overtakes, not even who released it") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        create_task(acquires(trace, lock, 1));
        co_await sleep_ms(1);
        CHECK(lock.release());
        CHECK_FALSE(lock.locked());  // as in asyncio, and yet nobody comes in between
        auto barger = create_task(acquires(trace, lock, 2));
        auto again = co_await wait_for(lock.acquire(), 1ms);
        CHECK(again == Result<void>{std::unexpected{Error::timeout}});
        CHECK_FALSE(barger.done());
        CHECK(lock.release());
        co_await barger;
        CHECK(lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"1 has it 1", "2 has it 2"});
}

TEST_CASE_FIXTURE(Simulated, "Lock: the guard releases it by scope, by its end after a move, and when the holder is cancelled") {
    auto keeps = [&](Lock& lock) -> Coro<> {
        std::optional<Lock::Guard> kept;
        {
            auto guard = co_await lock.scoped_lock();
            kept.emplace(std::move(guard));
        }
        trace("moved");
        CHECK(lock.locked());
        kept.reset();
        CHECK_FALSE(lock.locked());
        auto guard = co_await lock.scoped_lock();
        co_await sleep_ms(1000);
        trace("never");
    };
    auto body = [&]() -> Coro<> {
        Lock lock;
        auto holder = create_task(keeps(lock));
        co_await sleep_ms(1);
        auto waiter = create_task(holds(trace, lock, 1, 1));
        co_await sleep_ms(1);
        holder.cancel();
        CHECK(lock.locked());
        co_await waiter;
        CHECK_FALSE(lock.locked());
        CHECK(holder.error() == Error::cancelled);
    };
    CHECK(run(body()));
    trace.expect({"0 moved", "2 has it 1", "3 leaves 1"});
}

TEST_CASE_FIXTURE(Simulated, "Lock: a guard that was moved holds nothing once the lock was released by hand or is gone") {
    auto body = [&]() -> Coro<> {
        std::optional<Lock> lock{std::in_place};
        auto first = co_await lock->scoped_lock();
        auto second = std::move(first);
        CHECK(lock->release());
        CHECK_FALSE(second);
        auto third = co_await lock->scoped_lock();
        auto fourth = std::move(third);
        CHECK(static_cast<bool>(fourth));
        lock.reset();
        CHECK_FALSE(fourth);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Lock: cancelled while waiting: the others keep their order") {
    for (int k = 0; k < 4; ++k) {
        trace.clear();
        auto body = [&]() -> Coro<> {
            Lock lock;
            co_await lock.acquire();
            std::vector<Task<>> tasks;
            for (int id = 0; id < 4; ++id) tasks.push_back(create_task(holds(trace, lock, id, 0)));
            co_await yield();
            CHECK(tasks[static_cast<std::size_t>(k)].cancel());
            CHECK(lock.release());
            for (auto& task : tasks) {
                auto result = co_await catch_cancelled(task);
                CHECK(result == (&task == &tasks[static_cast<std::size_t>(k)] ? cancelled : Result<void>{}));
            }
            CHECK_FALSE(lock.locked());
        };
        sim::reset();
        CHECK(run(body()));
        std::vector<std::string> expected;
        for (int id = 0; id < 4; ++id) {
            if (id == k) continue;
            expected.push_back("0 has it " + std::to_string(id));
            expected.push_back("0 leaves " + std::to_string(id));
        }
        CHECK(trace.lines() == expected);
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Lock: cancelled just as it was handed the lock: the next in line has it, and without a next it is free") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        auto first = create_task(acquires(trace, lock, 1));
        auto second = create_task(acquires(trace, lock, 2));
        auto third = create_task(acquires(trace, lock, 3));
        co_await sleep_ms(1);
        CHECK(lock.release());  // into the hands of the first
        CHECK(first.cancel());
        CHECK(second.cancel());
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        co_await third;
        CHECK(lock.locked());

        auto last = create_task(acquires(trace, lock, 4));
        co_await sleep_ms(1);
        CHECK(lock.release());
        CHECK(last.cancel());
        CHECK_FALSE(lock.locked());
        result = co_await catch_cancelled(last);
        CHECK(result == cancelled);
        CHECK_FALSE(lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"1 has it 3"});
}

TEST_CASE_FIXTURE(Simulated, "Lock: a timeout at the very moment of the release takes it or leaves it, never half") {
    for (int release_ms = 4; release_ms <= 6; ++release_ms) {
        for_each_order([&] {
            auto tries = [&](Lock& lock, bool& has) -> Coro<> {
                auto result = co_await wait_for(lock.acquire(), 5ms);
                has = result.has_value();
                if (!has) CHECK(result.error() == Error::timeout);
            };
            auto body = [&]() -> Coro<> {
                Lock lock;
                co_await lock.acquire();
                bool has = false;
                auto task = create_task(tries(lock, has));
                co_await sleep_ms(release_ms);
                CHECK(lock.release());
                co_await task;
                CHECK(lock.locked() == has);
                if (release_ms < 5) CHECK(has);
                if (release_ms > 5) CHECK_FALSE(has);
            };
            CHECK(run(body()));
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "Lock: in any order and with any cancellation, one holder at a time and nobody forgotten") {
    constexpr unsigned tasks_count = 5;
    for (unsigned victim = 0; victim < tasks_count; ++victim) {
        for (unsigned when = 0; when < 14; ++when) {
            for_each_order(
                [&] {
                    unsigned inside = 0;
                    unsigned served = 0;
                    auto one = [&](Lock& lock) -> Coro<> {
                        co_await yield();
                        auto guard = co_await lock.scoped_lock();
                        CHECK(inside == 0);
                        ++inside;
                        ++served;
                        struct Leave {
                            explicit Leave(unsigned& count) : count_{count} {}
                            ~Leave() { --count_; }
                            unsigned& count_;
                        } const leave{inside};
                        co_await yield();
                        co_await yield();
                    };
                    auto body = [&]() -> Coro<> {
                        Lock lock;
                        std::vector<Task<>> tasks;
                        for (unsigned i = 0; i < tasks_count; ++i) tasks.push_back(create_task(one(lock)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        const unsigned before = served;
                        tasks[victim].cancel();
                        for (auto& task : tasks) (void)co_await catch_cancelled(task);
                        CHECK_FALSE(lock.locked());
                        CHECK(inside == 0);
                        const bool was_cancelled = tasks[victim].error() == Error::cancelled;
                        CHECK(served >= tasks_count - (was_cancelled ? 1 : 0));
                        CHECK(before <= served);
                    };
                    CHECK(run(body()));
                },
                20);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Lock: destroyed while tasks wait: each ends with Error::destroyed and is reported by name") {
    auto body = [&]() -> Coro<> {
        auto lock = std::make_unique<Lock>();
        co_await lock->acquire();
        create_task(acquires(trace, *lock, 1), "first");
        create_task(acquires(trace, *lock, 2), "second");
        co_await sleep_ms(1);
        lock.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 report first" + was_destroyed, "1 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "Lock: destroyed on its way into a waiter's hands: that one ends with Error::destroyed too") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto lock = std::make_unique<Lock>();
            co_await lock->acquire();
            auto first = create_task(acquires(trace, *lock, 1), "first");
            auto second = create_task(holds(trace, *lock, 2, 1), "second");
            co_await sleep_ms(1);
            CHECK(lock->release());
            lock.reset();
            auto result = co_await catch_cancelled(first);
            CHECK(result == destroyed);
            result = co_await catch_cancelled(second);
            CHECK(result == destroyed);
        };
        CHECK(run(body()));
        for (const std::string& line : trace.lines()) CHECK(line.find("has it") == std::string::npos);
    });
}

TEST_CASE_FIXTURE(Simulated, "Lock: handed over, cancelled and destroyed before the waiter's turn") {
    auto body = [&]() -> Coro<> {
        auto lock = std::make_unique<Lock>();
        co_await lock->acquire();
        auto task = create_task(acquires(trace, *lock, 1));
        co_await sleep_ms(1);
        CHECK(lock->release());
        CHECK(task.cancel());
        lock.reset();
        auto result = co_await catch_cancelled(task);
        CHECK(result == cancelled);
    };
    CHECK(run(body()));
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "Lock: a task that acquires it twice waits for ever") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        co_await lock.acquire();
    };
    const auto result = run(body());
    CHECK(result == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in Lock::acquire"));
}

TEST_CASE_FIXTURE(Simulated,
                  "Lock: a task that was cancelled with the lock in its hands, and went on, does not end with the lock") {
    auto body = [&]() -> Coro<> {
        auto lock = std::make_unique<Lock>();
        co_await lock->acquire();
        auto goes_on = [&]() -> Coro<int> {
            auto r = co_await catch_cancelled(lock->acquire());
            CHECK(r == cancelled);
            for (int i = 0; i < 6; ++i) co_await yield();
            co_return 1;
        };
        auto task = create_task(goes_on());
        co_await sleep_ms(1);
        CHECK(lock->release());
        CHECK(task.cancel());
        co_await yield();
        co_await yield();
        lock.reset();
        const int result = co_await task;
        CHECK(result == 1);
    };
    CHECK(run(body()));
}

#include <memory>
#include <optional>
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

/// Waits once, by the guard; the destructor of `left` runs with the lock held.
Coro<> waits(Trace& trace, Condition& condition, int id) {
    auto guard = co_await condition.scoped_lock();
    struct Left {
        Left(Trace& t, Condition& c, int i) : trace{t}, condition{c}, id{i} {}
        ~Left() {
            if (!woken) trace("unwound " + std::to_string(id) + (condition.locked() ? " locked" : " unlocked"));
        }
        Trace& trace;
        Condition& condition;
        int id;
        bool woken = false;
    } left{trace, condition, id};
    co_await condition.wait();
    left.woken = true;
    CHECK(condition.locked());
    trace("woken", id);
}

Coro<> waits_plainly(Trace& trace, Condition& condition, int id) {
    auto guard = co_await condition.scoped_lock();
    co_await condition.wait();
    trace("woken", id);
}

Coro<> holds(Trace& trace, Lock& lock, int id, int ms) {
    auto guard = co_await lock.scoped_lock();
    trace("has it", id);
    co_await sleep_ms(ms);
    trace("leaves", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Condition: the notified are in line for the lock from the notify on, first come first served") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        for (int id = 1; id <= 4; ++id) create_task(waits(trace, condition, id));
        co_await sleep_ms(1);
        CHECK_FALSE(condition.locked());
        {
            auto guard = co_await condition.scoped_lock();
            CHECK(condition.notify(2));
            auto after = [&]() -> Coro<> {
                auto also = co_await condition.scoped_lock();
                trace("contender");
            };
            create_task(after());
            co_await sleep_ms(1);
            trace("leaves");
        }
        co_await sleep_ms(1);
        co_await condition.acquire();
        CHECK(condition.notify_all());
        CHECK(condition.notify());  // nobody waits
        CHECK(condition.release());
        co_await sleep_ms(1);
        CHECK_FALSE(condition.locked());
    };
    CHECK(run(body()));
    trace.expect({"2 leaves", "2 woken 1", "2 woken 2", "2 contender", "3 woken 3", "3 woken 4"});
}

TEST_CASE_FIXTURE(Simulated, "Condition: wait_for asks with the lock held, and gives what the predicate gave") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        int level = 0;
        auto consumer = [&]() -> Coro<> {
            auto guard = co_await condition.scoped_lock();
            const int* found = co_await condition.wait_for([&]() -> const int* {
                CHECK(condition.locked());
                trace("asks", level);
                return level >= 2 ? &level : nullptr;
            });
            trace("found", *found);
            const bool at_once = co_await condition.wait_for([&] { return level == 2; });
            CHECK(at_once);
        };
        auto task = create_task(consumer());
        for (int i = 0; i < 2; ++i) {
            co_await sleep_ms(1);
            auto guard = co_await condition.scoped_lock();
            ++level;
            CHECK(condition.notify_all());
        }
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"0 asks 0", "1 asks 1", "2 asks 2", "2 found 2"});
}

TEST_CASE_FIXTURE(Simulated, "Condition: waiting and notifying without the lock is misuse, also while the lock is on its way") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        CHECK(condition.notify() == misuse);
        CHECK(condition.notify_all() == misuse);
        CHECK(condition.release() == misuse);
        auto result = co_await catch_cancelled(condition.wait());
        CHECK(result == misuse);
        auto forever = co_await catch_cancelled(condition.wait_for([] { return false; }));
        CHECK(forever.error() == Error::misuse);
        auto at_once = co_await condition.wait_for([] { return 7; });
        CHECK(at_once == 7);
        co_await condition.acquire();
        auto contender = create_task(waits_plainly(trace, condition, 1));
        co_await yield();
        CHECK(condition.release());
        CHECK(condition.notify() == misuse);
        co_await yield();
        contender.cancel();
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Condition: cancelled while it waits: unwound with the lock held, at once or when its turn for the lock comes") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        Condition condition{lock};
        auto first = create_task(waits(trace, condition, 1));
        auto second = create_task(waits(trace, condition, 2));
        co_await sleep_ms(1);
        first.cancel();
        first.cancel();
        CHECK(lock.locked());  // by the first, which is about to be unwound
        auto contender = create_task(holds(trace, lock, 3, 1));
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        co_await sleep(500us);
        second.cancel();  // the contender has it
        CHECK_FALSE(second.done());
        second.cancel();
        result = co_await catch_cancelled(second);
        CHECK(result == cancelled);
        CHECK_FALSE(lock.locked());
        CHECK(contender.done());
        co_await lock.acquire();
        CHECK(condition.notify());  // meets nobody
    };
    CHECK(run(body()));
    trace.expect({"1 unwound 1 locked", "1 has it 3", "2 leaves 3", "2 unwound 2 locked"});
}

TEST_CASE_FIXTURE(Simulated, "Condition: a timeout comes back with the lock held; a cancellation beats it, whichever came first") {
    for (int cancel_us : {0, 800, 1500, 2500}) {
        CAPTURE(cancel_us);
        sim::reset();
        trace.clear();
        auto body = [&]() -> Coro<> {
            Lock lock;
            Condition condition{lock};
            auto limited = [&]() -> Coro<> {
                auto guard = co_await lock.scoped_lock();
                auto result = co_await wait_for(condition.wait(), 1ms);
                CHECK(lock.locked());
                CHECK(guard);
                CHECK(result.error() == Error::timeout);
                trace("timeout");
            };
            auto task = create_task(limited());
            co_await yield();
            create_task(holds(trace, lock, 1, 2));
            if (cancel_us != 0) {
                co_await sleep(std::chrono::microseconds{cancel_us});
                const bool waits_still = cancel_us < 2000;
                CHECK(task.cancel() == waits_still);
            }
            auto result = co_await catch_cancelled(task);
            CHECK(result == (cancel_us == 0 || cancel_us > 2000 ? Result<void>{} : cancelled));
            CHECK(sim::now() >= 2ms);
            CHECK_FALSE(lock.locked());
        };
        CHECK(run(body()));
        if (cancel_us == 0) trace.expect({"0 has it 1", "2 leaves 1", "2 timeout"});
    }
}

TEST_CASE_FIXTURE(Simulated, "Condition: a notification that meets a cancelled task goes to the next, at each stage") {
    for (int stage = 0; stage < 3; ++stage) {
        CAPTURE(stage);
        sim::reset();
        trace.clear();
        auto body = [&]() -> Coro<> {
            Condition condition;
            auto first = create_task(waits(trace, condition, 1));
            auto second = create_task(waits(trace, condition, 2));
            auto third = create_task(waits(trace, condition, 3));
            co_await sleep_ms(1);
            co_await condition.acquire();
            if (stage == 0) first.cancel();  // before: in line, and not notified
            CHECK(condition.notify());
            if (stage == 1) first.cancel();  // in line
            CHECK(condition.release());
            if (stage == 2) first.cancel();  // has been handed the lock
            co_await second;
            CHECK(first.error() == Error::cancelled);
            CHECK_FALSE(third.done());
            co_await condition.acquire();
            CHECK(condition.notify());
            CHECK(condition.release());
            co_await third;
        };
        CHECK(run(body()));
        trace.expect({"1 unwound 1 locked", "1 woken 2", "1 woken 3"});
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Condition: caught, the cancellation leaves the lock with the guard; explicit acquire and release work as well") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        auto stubborn = [&](bool with_guard) -> Coro<> {
            std::optional<Lock::Guard> guard;
            if (with_guard) {
                guard.emplace(co_await condition.scoped_lock());
            } else {
                co_await condition.acquire();
            }
            auto result = co_await catch_cancelled(condition.wait());
            CHECK(result == cancelled);
            CHECK(condition.locked());
            co_await sleep_ms(1);
            co_await condition.wait();
            trace("woken");
            if (!with_guard) CHECK(condition.release());
        };
        for (const bool with_guard : {true, false}) {
            auto task = create_task(stubborn(with_guard));
            co_await sleep_ms(1);
            task.cancel();
            co_await sleep(500us);
            CHECK(condition.locked());
            auto guard = co_await condition.scoped_lock();
            CHECK(condition.notify());
            CHECK(condition.release());
            CHECK_FALSE(guard);
            co_await task;
            CHECK_FALSE(condition.locked());
        }
    };
    CHECK(run(body()));
    trace.expect({"2 woken", "4 woken"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Condition: in any order, with two cancellations at any time, no notification is lost and the lock stays whole") {
    constexpr int count = 5;
    for (unsigned when = 0; when < 24; ++when) {
        for_each_order(
            [&] {
                int tokens = 0;
                int taken = 0;
                int inside = 0;
                auto body = [&]() -> Coro<> {
                    Lock lock;
                    Condition changed{lock};
                    auto consumer = [&]() -> Coro<> {
                        auto guard = co_await lock.scoped_lock();
                        co_await changed.wait_for([&] { return tokens > 0; });
                        CHECK(++inside == 1);
                        --tokens;
                        ++taken;
                        --inside;
                        co_await yield();
                    };
                    auto producer = [&]() -> Coro<> {
                        for (int i = 0; i < count; ++i) {
                            auto guard = co_await lock.scoped_lock();
                            co_await yield();
                            ++tokens;
                            CHECK(changed.notify());
                        }
                    };
                    std::vector<Task<>> tasks;
                    for (int i = 0; i < count; ++i) tasks.push_back(create_task(consumer()));
                    co_await yield();
                    auto producing = create_task(producer());
                    for (unsigned i = 0; i < when; ++i) co_await yield();
                    tasks[when % count].cancel();
                    tasks[when / 5].cancel();
                    co_await producing;
                    for (auto& task : tasks) (void)co_await catch_cancelled(task);
                    CHECK_FALSE(lock.locked());
                };
                CHECK(run(body()));
                CHECK(taken >= count - 2);
                CHECK(taken + tokens == count);
            },
            20);
    }
}

TEST_CASE_FIXTURE(Simulated, "Condition: destroyed: who waits ends with Error::destroyed, and the guard releases nothing") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        std::optional<Condition> condition{std::in_place, lock};
        auto first = create_task(waits_plainly(trace, *condition, 1));
        auto second = create_task(waits_plainly(trace, *condition, 2));
        auto third = create_task(waits_plainly(trace, *condition, 3));
        co_await sleep_ms(1);
        auto guard = co_await lock.scoped_lock();
        CHECK(condition->notify(2));
        second.cancel();
        condition.reset();
        auto result = co_await catch_cancelled(third);
        CHECK(result == destroyed);
        CHECK(lock.locked());  // still ours
        CHECK(guard);
        CHECK(lock.release());
        co_await first;  // had been notified, and needs the lock only
        result = co_await catch_cancelled(second);
        CHECK(result == cancelled);
        CHECK_FALSE(lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"1 woken 1"});
}

TEST_CASE_FIXTURE(Simulated, "Condition: it and its lock go under tasks at each stage; no guard touches the lock any more") {
    for (int stage = 0; stage < 6; ++stage) {
        CAPTURE(stage);
        for_each_order(
            [&] {
                auto body = [&]() -> Coro<> {
                    auto condition = std::make_unique<Condition>();
                    auto first = create_task(waits_plainly(trace, *condition, 1));
                    auto second = create_task(waits_plainly(trace, *condition, 2));
                    auto keeps = [&](Condition& shared) -> Coro<> {
                        auto guard = co_await shared.scoped_lock();
                        co_await sleep_ms(3);
                        CHECK_FALSE(guard);
                    };
                    co_await sleep_ms(1);
                    if (stage == 0) first.cancel();
                    std::optional<Task<>> holder;
                    if (stage != 0) {
                        holder = create_task(keeps(*condition));
                        co_await sleep_ms(1);
                    }
                    if (stage >= 3) CHECK(condition->notify());
                    if (stage == 2 || stage == 4) {
                        first.cancel();
                        second.cancel();
                    }
                    if (stage == 5) CHECK(condition->release());
                    condition.reset();
                    auto result = co_await catch_cancelled(first);
                    CHECK_FALSE(result);
                    result = co_await catch_cancelled(second);
                    CHECK_FALSE(result);
                    if (holder) co_await *holder;
                };
                CHECK(run(body()));
                for (const std::string& line : trace.lines()) CHECK(line.find("woken") == std::string::npos);
            },
            10);
    }
    auto leaves = [&]() -> Coro<> {
        Condition condition;
        create_task(waits_plainly(trace, condition, 1), "left over");
        co_await sleep_ms(1);
    };
    sim::reset();
    trace.clear();
    CHECK(run(leaves()));
    trace.expect({"1 report left over" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated,
                  "Condition: tasks that wait when main ends, its condition elsewhere, are unwound one by one with the lock held") {
    auto condition = std::make_unique<Condition>();
    auto body = [&]() -> Coro<> {
        for (int id = 1; id <= 3; ++id) create_task(waits(trace, *condition, id));
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    CHECK_FALSE(condition->locked());
    trace.expect({"1 unwound 1 locked", "1 unwound 2 locked", "1 unwound 3 locked"});
}

TEST_CASE_FIXTURE(Simulated, "Condition: a deadlock names it, whether it waits to be notified or for the lock") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        create_task(waits_plainly(trace, condition, 1), "notified");
        create_task(waits_plainly(trace, condition, 2), "waiting");
        co_await yield();
        co_await condition.acquire();
        CHECK(condition.notify());
        Event never_set;
        co_await never_set.wait();
    };
    CHECK(run(body()) == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("'notified' waits in Condition::wait"));
    CHECK(printed("'waiting' waits in Condition::wait"));
}

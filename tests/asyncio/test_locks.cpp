// What CPython's suite checks of Lock, Event, Condition, Semaphore, BoundedSemaphore and Barrier, beyond test_sync.cpp.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<void> misuse = std::unexpected{Error::misuse};
constexpr unsigned parties = 5;

/// Acquires a lock or semaphore, and keeps it.
template <class P>
Coro<> acquires(Trace& trace, P& primitive, int id) {
    co_await primitive.acquire();
    trace("has it", id);
}

/// Waits for an event.
Coro<> awaits(Trace& trace, Event& event, int id) {
    co_await event.wait();
    trace("woken", id);
}

/// Acquires a condition, waits, and keeps it.
Coro<> awaits(Trace& trace, Condition& condition, int id) {
    co_await condition.acquire();
    co_await condition.wait();
    trace("woken", id);
}

/// Whether the barrier let it pass: false if it was broken.
Coro<bool> passes(Barrier& barrier) {
    auto index = co_await catch_cancelled(barrier.wait());
    if (!index && index.error() == Error::cancelled) co_await pass_cancelled();
    co_return index.has_value();
}

template <class F>
Coro<> five(F& f) {
    std::vector<Task<>> tasks;
    for (unsigned i = 0; i < parties; ++i) tasks.push_back(create_task(f()));
    for (auto& task : tasks) co_await task;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "asyncio: Lock.acquire: each release is one turn for the next, also for who comes in between") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        create_task(acquires(trace, lock, 1));
        create_task(acquires(trace, lock, 2));
        co_await yield();
        CHECK(lock.release());
        CHECK_FALSE(lock.locked());
        co_await yield();
        CHECK(lock.locked());
        auto last = create_task(acquires(trace, lock, 3));
        CHECK(lock.release());
        co_await yield();
        trace("second release");
        CHECK(lock.release());
        co_await yield();
        CHECK(last.done());
    };
    CHECK(run(body()));
    trace.expect({"0 has it 1", "0 has it 2", "0 second release", "0 has it 3"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "asyncio: Lock: release and cancel race: one lock is taken once, and a finished waiter's cancellation harms nobody") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        auto first = create_task(acquires(trace, lock, 1));
        auto second = create_task(acquires(trace, lock, 2));
        auto third = create_task(acquires(trace, lock, 3));
        co_await yield();
        first.cancel();
        CHECK(lock.release());
        (void)co_await catch_cancelled(first);
        co_await yield();
        CHECK(second.done());
        CHECK_FALSE(third.done());
        CHECK(lock.release());
        third.cancel();  // was woken
        auto fourth = create_task(acquires(trace, lock, 4));
        co_await fourth;
        CHECK(third.error() == Error::cancelled);
        CHECK(lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"0 has it 2", "0 has it 4"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Event: who comes just before the set goes first; set, cleared and set again wakes once") {
    auto body = [&]() -> Coro<> {
        Event event;
        create_task(awaits(trace, event, 1));
        create_task(awaits(trace, event, 2));
        co_await yield();
        create_task(awaits(trace, event, 3));
        event.set();
        co_await yield();
        event.clear();
        auto task = create_task(awaits(trace, event, 4));
        co_await yield();
        event.set();
        event.clear();
        event.set();
        event.set();
        co_await yield();
        CHECK(task.done());
        event.clear();
        auto cancelled = create_task(awaits(trace, event, 5));
        co_await yield();
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        event.set();
    };
    CHECK(run(body()));
    trace.expect({"0 woken 3", "0 woken 1", "0 woken 2", "0 woken 4"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Condition.wait, notify, notify_all: nobody goes on before the release, then one for each") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        for (int id = 1; id <= 5; ++id) create_task(awaits(trace, condition, id));
        co_await yield();
        CHECK_FALSE(condition.locked());
        co_await condition.acquire();
        CHECK(condition.notify());
        co_await yield();
        trace("release");
        CHECK(condition.release());
        co_await yield();
        CHECK(condition.locked());  // by the first
        CHECK(condition.notify(2));
        co_await yield();
        for (int i = 0; i < 2; ++i) {
            trace("release");
            CHECK(condition.release());
            co_await yield();
        }
        CHECK(condition.notify_all());
        for (int i = 0; i < 3; ++i) {
            trace("release");
            CHECK(condition.release());
            co_await yield();
        }
        CHECK_FALSE(condition.locked());
    };
    CHECK(run(body()));
    trace.expect({"0 release", "0 woken 1", "0 release", "0 woken 2", "0 release", "0 woken 3", "0 release", "0 woken 4",
                  "0 release", "0 woken 5", "0 release"});
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: Condition: cancelled in wait the lock is held; contested, it is too; a given lock is shared") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        Condition condition{lock};
        auto waits = [&]() -> Coro<> { co_await condition.wait(); };
        co_await lock.acquire();
        CHECK(condition.locked());
        auto task = create_task(waits());
        co_await yield();
        CHECK_FALSE(lock.locked());
        task.cancel();
        (void)co_await catch_cancelled(task);
        CHECK(lock.locked());

        task = create_task(waits());
        co_await yield();
        co_await condition.acquire();
        CHECK(condition.notify());
        task.cancel();
        CHECK(condition.release());
        auto result = co_await catch_cancelled(task);
        CHECK(result.error() == Error::cancelled);
        CHECK(condition.locked());
        CHECK(condition.release());
        CHECK_FALSE(lock.locked());

        auto guard = co_await lock.scoped_lock();
        auto late = co_await wait_for(condition.wait(), 500ms);
        CHECK(late.error() == Error::timeout);
        CHECK(lock.locked());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Condition.wait_for: goes on only when the predicate is true; unacquired it is an error") {
    auto body = [&]() -> Coro<> {
        Condition condition;
        bool presumable = false;
        auto consumer = [&]() -> Coro<> {
            co_await condition.acquire();
            const bool result = co_await condition.wait_for([&] { return presumable; });
            CHECK(result);
            trace("goes on");
            CHECK(condition.release());
        };
        auto task = create_task(consumer());
        co_await yield();
        for (const bool now : {false, true}) {
            co_await condition.acquire();
            presumable = now;
            CHECK(condition.notify());
            CHECK(condition.release());
            co_await sleep_ms(1);
        }
        CHECK(task.done());
        const int at_once = co_await condition.wait_for([] { return 3; });
        CHECK(at_once == 3);
        auto waits = [&]() -> Coro<> { (void)co_await condition.wait_for([] { return false; }); };
        auto result = co_await catch_cancelled(waits());
        CHECK(result == misuse);
        CHECK(condition.notify() == misuse);
        CHECK(condition.notify_all() == misuse);
    };
    CHECK(run(body()));
    trace.expect({"1 goes on"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "asyncio: Condition: a wake-up that races with a cancellation is not lost, before and after it wants the lock again") {
    for (const bool relock : {false, true}) {
        auto body = [&]() -> Coro<> {
            Condition condition;
            int state = 0;
            auto consumer = [&]() -> Coro<> {
                auto guard = co_await condition.scoped_lock();
                while (true) {
                    co_await condition.wait_for([&] { return state != 0; });
                    if (state < 0) co_return;
                    --state;
                    CHECK(condition.notify_all());
                }
            };
            auto first = create_task(consumer());
            auto second = create_task(consumer());
            co_await yield();
            {
                auto guard = co_await condition.scoped_lock();
                ++state;
                CHECK(condition.notify());
                if (relock) co_await yield();
                first.cancel();
                auto consumed = co_await wait_for(condition.wait_for([&] { return state == 0; }), 10ms);
                CHECK(consumed.has_value());
                state = -1;
                CHECK(condition.notify_all());
            }
            co_await second;
            CHECK(first.error() == Error::cancelled);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Semaphore.acquire: value, release, waiters in order") {
    auto body = [&]() -> Coro<> {
        Semaphore semaphore{3};
        co_await semaphore.acquire();
        co_await semaphore.acquire();
        CHECK_FALSE(semaphore.locked());
        std::vector<Task<>> tasks;
        for (int id = 1; id <= 4; ++id) tasks.push_back(create_task(acquires(trace, semaphore, id)));
        co_await yield();
        CHECK(semaphore.locked());
        CHECK(semaphore.release());
        CHECK(semaphore.release());
        trace("two released");
        co_await yield();
        CHECK_FALSE(tasks[3].done());
        CHECK(semaphore.release());
        co_await tasks[3];
        CHECK(semaphore.release());
        CHECK_FALSE(semaphore.locked());
        BoundedSemaphore bounded;
        CHECK(bounded.release() == misuse);
        co_await bounded.acquire();
        CHECK(bounded.release());
        CHECK_FALSE(bounded.locked());
    };
    CHECK(run(body()));
    trace.expect({"0 has it 1", "0 two released", "0 has it 2", "0 has it 3", "0 has it 4"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Semaphore: cancelled before it was woken: the next in line is, and no more than one") {
    auto body = [&]() -> Coro<> {
        Semaphore semaphore{0};
        std::vector<Task<>> tasks;
        for (int id = 1; id <= 4; ++id) tasks.push_back(create_task(acquires(trace, semaphore, id)));
        co_await yield();
        tasks[0].cancel();
        tasks[1].cancel();
        CHECK(semaphore.release());
        co_await sleep_ms(1);
        CHECK(tasks[2].done());
        CHECK_FALSE(tasks[3].done());
        tasks[3].cancel();
        CHECK(semaphore.release());
        CHECK_FALSE(semaphore.locked());

        auto inside = [&]() -> Coro<> {
            auto guard = co_await semaphore.scoped_lock();
            co_await yield();
            tasks[0].cancel();
        };
        auto late = [&]() -> Coro<> {
            auto guard = co_await semaphore.scoped_lock();
            trace("never");
        };
        auto holder = create_task(inside());
        tasks[0] = create_task(late());
        co_await holder;
        auto free = co_await wait_for(semaphore.acquire(), 1s);
        CHECK(free.has_value());
    };
    CHECK(run(body()));
    trace.expect({"0 has it 3"});
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: Semaphore: first in, first out, round by round, and behind those whose place is on its way") {
    auto body = [&]() -> Coro<> {
        Semaphore one;
        auto twice = [&](int id) -> Coro<> {
            for (int i = 0; i < 2; ++i) {
                co_await one.acquire();
                trace("has it", id);
                co_await sleep_ms(10);
                CHECK(one.release());
            }
        };
        co_await gather(twice(1), twice(2), twice(3));

        Semaphore none{0};
        auto notes = [&](int id) -> Coro<> {
            trace("note", id);
            co_return;
        };
        std::optional<Task<>> fourth;
        auto first = [&]() -> Coro<> {
            co_await none.acquire();
            fourth = create_task(notes(14));
            trace("woken", 11);
        };
        auto second = [&]() -> Coro<> {
            for (int i = 0; i < 3; ++i) CHECK(none.release());
            CHECK(none.locked());  // the first has not had its turn
            co_await none.acquire();
            trace("woken", 12);
        };
        co_await gather(first(), second(), acquires(trace, none, 13));
        co_await *fourth;
    };
    CHECK(run(body()));
    trace.expect({"0 has it 1", "10 has it 2", "20 has it 3", "30 has it 1", "40 has it 2", "50 has it 3", "60 woken 11",
                  "60 woken 12", "60 has it 13", "60 note 14"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Barrier: filled one by one, all at once, twice; each return value once") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{parties};
        std::array<int, parties> seen{};
        auto twice = [&]() -> Coro<> {
            for (int i = 0; i < 2; ++i) {
                const auto index = co_await barrier.wait();
                ++seen[index];
            }
        };
        std::vector<Task<>> tasks;
        for (unsigned i = 1; i < parties; ++i) {
            tasks.push_back(create_task(twice()));
            co_await yield();
            CHECK(barrier.n_waiting() == i);
        }
        co_await twice();
        for (auto& task : tasks) co_await task;
        for (const int n : seen) CHECK(n == 2);
        CHECK(barrier.n_waiting() == 0);
        CHECK_FALSE(barrier.broken());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Barrier: who comes again while others go on waits for the next time; one is cancelled") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{parties};
        Barrier rest{parties - 2};
        unsigned again = 2;
        auto one = [&]() -> Coro<> {
            co_await barrier.wait();
            if (again > 0) {
                --again;
            } else {
                co_await rest.wait();
            }
            co_await barrier.wait();
        };
        co_await five(one);

        Barrier three{3};
        auto waits = [&]() -> Coro<> { co_await three.wait(); };
        auto first = create_task(waits());
        auto second = create_task(waits());
        co_await yield();
        first.cancel();
        co_await yield();
        CHECK(three.n_waiting() == 1);
        CHECK(first.error() == Error::cancelled);
        co_await gather(second, create_task(waits()), create_task(waits()));
        CHECK_FALSE(three.broken());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Barrier.reset: while tasks wait, who wait again; half on their way; half back again") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{parties};
        unsigned broken = 0;
        auto again = [&]() -> Coro<> {
            const bool passed = co_await passes(barrier);
            if (!passed) ++broken;
            co_await barrier.wait();
        };
        std::vector<Task<>> tasks;
        for (unsigned i = 1; i < parties; ++i) tasks.push_back(create_task(again()));
        co_await yield();
        barrier.reset();
        co_await yield();
        CHECK(broken == parties - 1);
        co_await barrier.wait();
        for (auto& task : tasks) co_await task;

        broken = 0;
        unsigned count = 0;
        auto half = [&]() -> Coro<> {
            const bool passed = co_await passes(barrier);
            if (!passed) {
                ++broken;
            } else if (++count == parties - parties / 2) {
                barrier.reset();
            }
        };
        co_await five(half);
        CHECK(broken == parties / 2);

        broken = 0;
        count = 0;
        unsigned broken_again = 0;
        auto back = [&]() -> Coro<> {
            bool passed = co_await passes(barrier);
            if (!passed) {
                ++broken;
            } else if (++count > parties / 2) {
                barrier.reset();
            }
            passed = co_await passes(barrier);
            if (!passed) ++broken_again;
        };
        co_await five(back);
        CHECK(broken == parties / 2);
        CHECK(broken_again == 0);
        CHECK(barrier.n_waiting() == 0);
        CHECK_FALSE(barrier.broken());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Barrier.abort: tells all, on their way, back again and to come; a reset makes it whole") {
    auto body = [&]() -> Coro<> {
        Barrier barrier{parties};
        Barrier other{parties};
        unsigned broken = 0;
        unsigned passed_twice = 0;
        unsigned whole = 0;
        auto one = [&]() -> Coro<> {
            auto index = co_await catch_cancelled(barrier.wait());
            if (index && *index == parties / 2) {
                barrier.abort();
            } else {
                bool passed = index.has_value();
                if (passed) passed = co_await passes(barrier);
                ++(passed ? passed_twice : broken);
            }
            const auto at_other = co_await other.wait();
            CHECK(barrier.broken());
            co_await other.wait();
            if (at_other == 0) barrier.reset();
            co_await other.wait();
            co_await barrier.wait();
            ++whole;
        };
        co_await five(one);
        CHECK(broken == parties - 1);
        CHECK(passed_twice == 0);
        CHECK(whole == parties);
        CHECK_FALSE(barrier.broken());
    };
    CHECK(run(body()));
}

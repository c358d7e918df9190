// What the asyncio suites check of Event, Lock, ThreadSafeFlag and Queue, as CPython answers it.

#include <string>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<int> waits(Trace& trace, Event& event, int number) {
    trace("waits", number);
    co_await event.wait();
    trace("woken", number);
    co_return number;
}

Coro<> waits_or_not(Trace& trace, Event& event, int number) {
    auto result = co_await catch_cancelled(event.wait());
    if (!result) {
        trace("cancelled", number);
        co_await pass_cancelled();
    }
    trace("woken", number);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "asyncio: event: set, clear, is_set, two waiters, cleared before they run") {
    auto body = [&]() -> Coro<> {
        Event event;
        event.set();
        co_await event.wait();
        trace("straight on");
        event.clear();
        CHECK_FALSE(event.is_set());
        auto a = create_task(waits(trace, event, 1));
        auto b = create_task(waits(trace, event, 2));
        co_await yield();
        event.set();
        trace("after set");
        (void)co_await a;
        trace("a");
        (void)co_await b;
        trace("b");
        event.clear();
        auto c = create_task(waits(trace, event, 3));
        auto d = create_task(waits(trace, event, 4));
        co_await yield();
        event.set();
        event.clear();
        (void)co_await c;
        (void)co_await d;
        trace("both");
    };
    CHECK(run(body()));
    trace.expect({"0 straight on", "0 waits 1", "0 waits 2", "0 after set", "0 woken 1", "0 woken 2", "0 a", "0 b", "0 waits 3",
                  "0 waits 4", "0 woken 3", "0 woken 4", "0 both"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: event: set then cancel, and cancel then set") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto a = create_task(waits_or_not(trace, event, 1));
        auto b = create_task(waits_or_not(trace, event, 2));
        co_await yield();
        event.set();
        a.cancel();
        co_await yield();
        co_await yield();
        CHECK(a.done());
        CHECK(b.done());
        event.clear();
        auto c = create_task(waits_or_not(trace, event, 3));
        auto d = create_task(waits_or_not(trace, event, 4));
        co_await yield();
        c.cancel();
        event.set();
        co_await yield();
        co_await yield();
        CHECK(c.error() == Error::cancelled);
        CHECK(d.error() == Error::none);
    };
    CHECK(run(body()));
    CHECK(trace.lines().size() == 4);
    trace.expect({"0 cancelled 1", "0 woken 2", "0 cancelled 3", "0 woken 4"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: event: wait_for on one") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto result = co_await wait_for(event.wait(), 10ms);
        trace("timeout", result == Result<void>{std::unexpected{Error::timeout}});
        auto sets = [&]() -> Coro<> {
            co_await sleep_ms(5);
            event.set();
        };
        create_task(sets());
        result = co_await wait_for(event.wait(), 10ms);
        trace("in time", result.has_value());
    };
    CHECK(run(body()));
    trace.expect({"10 timeout 1", "15 in time 1"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: event_fair: tasks that wake each other for ever leave the others their turns") {
    auto body = [&]() -> Coro<> {
        Event a;
        Event b;
        auto plays = [&](Event& mine, Event& theirs) -> Coro<> {
            while (true) {
                co_await mine.wait();
                mine.clear();
                theirs.set();
            }
        };
        auto waits_on_set = [&]() -> Coro<> {
            Event set;
            set.set();
            while (true) {
                co_await set.wait();  // does not wait
                co_await yield();
            }
        };
        auto one = create_task(plays(a, b));
        auto two = create_task(plays(b, a));
        auto three = create_task(waits_on_set());
        auto counts = [&]() -> Coro<> {
            for (int i = 0; i < 3; ++i) {
                trace("turn", i);
                co_await yield();
            }
        };
        a.set();
        co_await counts();
        trace("main");
        one.cancel();
        two.cancel();
        three.cancel();
        co_await yield();
        co_await yield();
    };
    CHECK(run(body()));
    trace.expect({"0 turn 0", "0 turn 1", "0 turn 2", "0 main"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: event_queue: with no task ready, an interrupt wakes the task that sets the event") {
    auto body = [&]() -> Coro<> {
        Event event;
        ThreadSafeFlag flag;
        auto bridge = [&]() -> Coro<> {
            while (true) {
                co_await flag.wait();
                trace("bridge");
                event.set();
            }
        };
        auto bridging = create_task(bridge());
        for (const auto at : {5ms, 9ms}) {
            sim::at(at, [&] { flag.set(); });
            co_await event.wait();
            event.clear();
            trace("woken");
        }
        bridging.cancel();
        co_await yield();
    };
    CHECK(run(body()));
    trace.expect({"5 bridge", "5 woken", "9 bridge", "9 woken"});
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: iterator_event: an event waited for in a nested coroutine, again and again, with no task ready") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto next = [&](int number) -> Coro<int> {
            co_await event.wait();
            event.clear();
            co_return number;
        };
        for (int i = 1; i <= 3; ++i) sim::at(i * 10ms, [&] { event.set(); });
        for (int i = 1; i <= 3; ++i) {
            const int got = co_await next(i);
            trace("next", got);
        }
    };
    CHECK(run(body()));
    trace.expect({"10 next 1", "20 next 2", "30 next 3"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: lock: acquire, release, locked, with, three contenders that come again") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        trace("locked", lock.locked());
        co_await lock.acquire();
        trace("locked", lock.locked());
        CHECK(lock.release());
        trace("locked", lock.locked());
        {
            auto guard = co_await lock.scoped_lock();
            trace("in", lock.locked());
        }
        trace("out", lock.locked());
        auto contends = [&](int number) -> Coro<> {
            for (int i = 0; i < 2; ++i) {
                auto guard = co_await lock.scoped_lock();
                trace("has", number);
                co_await sleep_ms(1);
            }
        };
        co_await gather(contends(1), contends(2), contends(3));
        trace("locked", lock.locked());
    };
    CHECK(run(body()));
    trace.expect({"0 locked 0", "0 locked 1", "0 locked 0", "0 in 1", "0 out 0", "0 has 1", "1 has 2", "2 has 3", "3 has 1",
                  "4 has 2", "5 has 3", "6 locked 0"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: lock: waiters and holders are cancelled") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        auto holds = [&](int number, int ms) -> Coro<> {
            auto guard = co_await lock.scoped_lock();
            trace("has", number);
            co_await sleep_ms(ms);
            trace("leaves", number);
        };
        auto a = create_task(holds(0, 2));
        auto b = create_task(holds(1, 2));
        auto c = create_task(holds(2, 2));
        auto d = create_task(holds(3, 2));
        co_await sleep_ms(1);
        b.cancel();
        c.cancel();
        co_await d;
        trace("locked", lock.locked());
        auto e = create_task(holds(5, 9));
        auto f = create_task(holds(6, 1));
        co_await sleep_ms(1);
        e.cancel();
        co_await f;
        CHECK(e.error() == Error::cancelled);
        trace("locked", lock.locked());
    };
    CHECK(run(body()));
    trace.expect(
        {"0 has 0", "2 leaves 0", "2 has 3", "4 leaves 3", "4 locked 0", "4 has 5", "5 has 6", "6 leaves 6", "6 locked 0"});
}

TEST_CASE_FIXTURE(Simulated,
                  "asyncio: lock_cancel: several waiters are cancelled in the moment of the release; the lock stays whole") {
    for (unsigned victims = 0; victims < 8; ++victims) {
        for_each_order(
            [&] {
                auto body = [&]() -> Coro<> {
                    Lock lock;
                    co_await lock.acquire();
                    int served = 0;
                    auto one = [&]() -> Coro<> {
                        co_await lock.acquire();
                        ++served;
                        co_await yield();
                        CHECK(lock.release());
                    };
                    std::vector<Task<>> tasks;
                    for (int i = 0; i < 3; ++i) tasks.push_back(create_task(one()));
                    co_await sleep_ms(1);
                    CHECK(lock.release());
                    for (unsigned i = 0; i < 3; ++i) {
                        if ((victims >> i & 1U) != 0) tasks[i].cancel();
                    }
                    co_await sleep_ms(1);
                    int expected = 3;
                    for (unsigned i = 0; i < 3; ++i) expected -= static_cast<int>(victims >> i & 1U);
                    CHECK(served == expected);
                    CHECK_FALSE(lock.locked());
                };
                CHECK(run(body()));
            },
            10);
    }
}

TEST_CASE_FIXTURE(Simulated, "asyncio: lock: released without being locked is an error") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        CHECK(lock.release() == Result<void>{std::unexpected{Error::misuse}});
        co_return;
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "asyncio: threadsafeflag: set by a task, in an interrupt, before the wait, and set, cleared, set") {
    auto body = [&]() -> Coro<> {
        ThreadSafeFlag flag;
        auto waiter = [&]() -> Coro<> {
            co_await flag.wait();
            trace("woken");
        };
        auto task = create_task(waiter());
        co_await yield();
        trace("set by a task");
        flag.set();
        trace("after set");
        co_await task;

        sim::at(10ms, [&] {
            trace("interrupt");
            flag.set();
        });
        auto again = create_task(waiter());
        co_await again;

        flag.set();
        trace("set before the wait");
        co_await create_task(waiter());

        flag.set();
        flag.clear();
        flag.set();
        co_await waiter();
        CHECK_FALSE(flag.is_set());
        auto none = co_await wait_for(flag.wait(), 1ms);
        CHECK(none == Result<void>{std::unexpected{Error::timeout}});
    };
    CHECK(run(body()));
    trace.expect({"0 set by a task", "0 after set", "0 woken", "10 interrupt", "10 woken", "10 set before the wait", "10 woken",
                  "10 woken"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: Queue of one place: putter and getter take turns") {
    auto body = [&]() -> Coro<> {
        Queue<int, 1> queue;
        auto puts = [&]() -> Coro<> {
            for (int i = 0; i < 4; ++i) {
                co_await queue.put(i);
                trace("put", i);
            }
        };
        auto gets = [&]() -> Coro<> {
            for (int i = 0; i < 4; ++i) {
                const int got = co_await queue.get();
                trace("got", got);
            }
        };
        co_await gather(puts(), gets());
    };
    CHECK(run(body()));
    trace.expect({"0 put 0", "0 got 0", "0 put 1", "0 got 1", "0 put 2", "0 got 2", "0 put 3", "0 got 3"});
}

TEST_CASE_FIXTURE(Simulated, "asyncio: wait and acquire give nothing") {
    using Waits = detail::AwaitResult<decltype(std::declval<Event&>().wait())>;
    using Flags = detail::AwaitResult<decltype(std::declval<ThreadSafeFlag&>().wait())>;
    using Locks = detail::AwaitResult<decltype(std::declval<Lock&>().acquire())>;
    using Acquires = detail::AwaitResult<decltype(std::declval<Semaphore&>().acquire())>;
    using Notified = detail::AwaitResult<decltype(std::declval<Condition&>().wait())>;
    static_assert(std::is_void_v<Waits> && std::is_void_v<Flags> && std::is_void_v<Locks> && std::is_void_v<Acquires> &&
                  std::is_void_v<Notified>);
}

// Levels of tasks: who runs first, and what is inherited through a Lock.

#include <array>
#include <memory>
#include <optional>
#include <string>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> notes(Trace& trace, const char* text, int times = 1) {
    for (int i = 0; i < times; ++i) {
        trace(text);
        co_await yield();
    }
}

/// Waits for the lock, holds it for some turns, and says when it has it and when it leaves.
Coro<> holds(Trace& trace, Lock& lock, std::string name, int turns) {
    auto guard = co_await lock.scoped_lock();
    trace(name + " has it");
    for (int i = 0; i < turns; ++i) co_await yield();
    trace(name + " leaves");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Priority: a ready task of a higher level runs first, first in, first out within a level") {
    auto body = [&]() -> Coro<> {
        create_task(notes(trace, "a 0", 2));
        create_task(notes(trace, "a 2", 2), Priority{2});
        create_task(notes(trace, "a 7", 2), Priority{7});
        create_task(notes(trace, "b 2", 2), Priority{2});
        create_task(notes(trace, "b 0", 2));
        create_task(notes(trace, "b 7", 2), Priority{7});
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 a 7", "0 b 7", "0 a 7", "0 b 7", "0 a 2", "0 b 2", "0 a 2", "0 b 2", "0 a 0", "0 b 0", "0 a 0", "0 b 0"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: shuffled orders stay within a level") {
    std::array<bool, 2> first_was{};
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            create_task(notes(trace, "low"));
            create_task(notes(trace, "a"), Priority{1});
            create_task(notes(trace, "b"), Priority{1});
            create_task(notes(trace, "high"), Priority{2});
            co_await sleep_ms(1);
        };
        CHECK(run(body()));
        REQUIRE(trace.lines().size() == 4);
        CHECK(trace.lines()[0] == "0 high");
        CHECK(trace.lines()[3] == "0 low");
        first_was.at(trace.lines()[1] == "0 a" ? 0 : 1) = true;
    });
    CHECK(first_was == std::array<bool, 2>{true, true});
}

TEST_CASE_FIXTURE(Simulated, "Priority: tasks that are woken run by their level, whatever wakes them") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto waits = [&](const char* text) -> Coro<> {
            co_await event.wait();
            trace(text);
        };
        auto sleeps = [&](const char* text) -> Coro<> {
            co_await sleep_ms(2);
            trace(text);
        };
        create_task(waits("event 0"));
        create_task(waits("event 3"), Priority{3});
        create_task(sleeps("sleep 0"));
        create_task(sleeps("sleep 5"), Priority{5});
        create_task(sleeps("sleep 1"), Priority{1});
        co_await sleep_ms(1);
        event.set();
        trace("set");
        co_await sleep_ms(3);
    };
    CHECK(run(body()));
    trace.expect({"1 set", "1 event 3", "1 event 0", "2 sleep 5", "2 sleep 1", "2 sleep 0"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: a task inherits nothing from its creator, nor from who awaits it") {
    auto body = [&]() -> Coro<> {
        auto creates = [&]() -> Coro<> {
            co_await gather(notes(trace, "child"), notes(trace, "other child"));
            trace("gathered");
        };
        auto high = create_task(creates(), Priority{6});
        create_task(notes(trace, "low", 2));
        co_await high;
    };
    CHECK(run(body()));
    trace.expect({"0 low", "0 child", "0 other child", "0 low", "0 gathered"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: the tasks of a group have their own levels") {
    auto body = [&]() -> Coro<> {
        TaskGroup group;
        auto in_group = [&]() -> Coro<> {
            group.create_task(notes(trace, "low"), "low");
            auto high = group.create_task(notes(trace, "high"), Priority{4}, "high");
            CHECK(high.name() == "high");
            CHECK(current_level(high) == 4);
            co_return;
        };
        CHECK(co_await group(in_group()));
    };
    CHECK(run(body()));
    trace.expect({"0 high", "0 low"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: a task cancelled by a higher one ends on its own turn") {
    auto body = [&]() -> Coro<> {
        auto low = create_task([](Trace& t) -> Coro<> {
            auto caught = co_await catch_cancelled(sleep_ms(1000));
            t(to_string(caught.error()));
        }(trace));
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(1);
            low.cancel();
            trace("cancels");
            co_await yield();
            trace("goes on");
        };
        create_task(cancels(), Priority{1});
        co_await sleep_ms(2);
        CHECK(low.done());
    };
    CHECK(run(body()));
    trace.expect({"1 cancels", "1 goes on", "1 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: an await that fails unwinds its task before a higher one runs") {
    auto body = [&]() -> Coro<> {
        Event go;
        auto fails = [&]() -> Coro<> {
            co_await go.wait();
            create_task(notes(trace, "high"), Priority{7});
            auto result = co_await catch_cancelled(detail::FailAwaiter{Error::unavailable});
            trace(to_string(result.error()));
        };
        create_task(fails());
        co_await yield();
        go.set();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 would have to wait", "0 high"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: functions that the loop calls count as level 0") {
    auto body = [&]() -> Coro<> {
        Callback callback{[](void* t) { (*static_cast<Trace*>(t))("callback"); }, &trace};
        running_loop().call_soon_threadsafe(callback);
        co_await sleep_ms(1);  // it is in the ready queue, or has been called
        trace.clear();
        running_loop().call_soon_threadsafe(callback);
        create_task(notes(trace, "low"));
        create_task(notes(trace, "high"), Priority{1});
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 high", "1 low", "1 callback"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: the holder of a lock has the level of the highest task that waits for it") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        auto low = create_task(holds(trace, lock, "low", 2));
        co_await yield();
        auto high = create_task(holds(trace, lock, "high", 1), Priority{5});
        create_task(notes(trace, "middle", 3), Priority{3});
        CHECK(current_level(low) == 0);
        co_await yield();  // main has level 0 too
        trace("main");
        co_await high;
    };
    CHECK(run(body()));
    trace.expect({"0 low has it", "0 low leaves", "0 high has it", "0 high leaves", "0 middle", "0 middle", "0 middle", "0 main"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: is inherited along a chain of three locks, and given back at each release") {
    auto body = [&]() -> Coro<> {
        std::array<Lock, 3> locks;
        std::array<TaskHandle, 3> holders;
        auto holds_two = [&](std::size_t i) -> Coro<> {
            co_await locks.at(i).acquire();
            co_await yield();
            if (i != 0) co_await locks.at(i - 1).acquire();
            trace("in " + std::to_string(i) + " with level", current_level(current_task()));
            if (i != 0) CHECK(locks.at(i - 1).release());
            co_await yield();
            trace("still " + std::to_string(i) + " with level", current_level(current_task()));
            CHECK(locks.at(i).release());
            trace("left " + std::to_string(i) + " with level", current_level(current_task()));
        };
        for (std::size_t i = 0; i < 3; ++i) holders.at(i) = create_task(holds_two(i));
        co_await yield();  // each has its own lock
        auto high =
            create_task([](Lock& lock) -> Coro<> { auto guard = co_await lock.scoped_lock(); }(locks[2]), Priority{6}, "high");
        auto busy = create_task(notes(trace, "busy", 2), Priority{5});
        co_await high;
        for (const TaskHandle& holder : holders) CHECK(current_level(holder) == 0);
        trace("high is done");
        co_await busy;
    };
    CHECK(run(body()));
    trace.expect({"0 in 0 with level 6", "0 still 0 with level 6", "0 left 0 with level 0", "0 in 1 with level 6",
                  "0 still 1 with level 6", "0 left 1 with level 0", "0 in 2 with level 6", "0 still 2 with level 6",
                  "0 left 2 with level 0", "0 busy", "0 busy", "0 high is done"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: what was inherited ends with the wait, however that ends") {
    auto body = [&]() -> Coro<> {
        std::optional<Lock> lock{std::in_place};
        auto holder = create_task([](Lock& l) -> Coro<> {
            co_await l.acquire();
            co_await sleep_ms(100);
        }(*lock));
        co_await yield();
        auto waits = [&]() -> Coro<> { (void)co_await catch_cancelled(lock->acquire()); };

        auto cancelled = create_task(waits(), Priority{3});
        co_await sleep_ms(1);
        CHECK(current_level(holder) == 3);
        cancelled.cancel();
        CHECK(current_level(holder) == 0);

        auto late = [&]() -> Coro<> { (void)co_await wait_for_ms(lock->acquire(), 5); };
        create_task(late(), Priority{4});
        co_await sleep_ms(1);
        CHECK(current_level(holder) == 4);
        co_await sleep_ms(5);
        CHECK(current_level(holder) == 0);

        create_task(waits(), Priority{5});
        create_task(waits(), Priority{2});
        co_await sleep_ms(1);
        CHECK(current_level(holder) == 5);
        lock.reset();
        CHECK(current_level(holder) == 0);
        holder.cancel();
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Priority: who is next for a lock inherits from those behind it while the lock is on its way") {
    auto body = [&]() -> Coro<> {
        Lock lock;
        co_await lock.acquire();
        auto next = create_task(holds(trace, lock, "next", 1));
        co_await yield();
        auto high = create_task(holds(trace, lock, "high", 0), Priority{2});
        co_await sleep_ms(1);
        CHECK(lock.release());
        CHECK_FALSE(lock.locked());
        CHECK(current_level(next) == 2);
        create_task(notes(trace, "middle"), Priority{1});
        co_await high;
    };
    CHECK(run(body()));
    trace.expect({"1 next has it", "1 next leaves", "1 high has it", "1 high leaves", "1 middle"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: a wait for a lock in a Condition counts once it is notified") {
    auto body = [&]() -> Coro<> {
        Condition changed;
        auto waits = [&]() -> Coro<> {
            auto guard = co_await changed.scoped_lock();
            co_await changed.wait();
            trace("high was notified");
        };
        auto high = create_task(waits(), Priority{6});
        co_await sleep_ms(1);
        auto notifies = [&]() -> Coro<> {
            auto guard = co_await changed.scoped_lock();
            trace("level", current_level(current_task()));
            (void)changed.notify();
            trace("level", current_level(current_task()));
            co_await yield();
        };
        create_task(notifies());
        create_task(notes(trace, "middle", 2), Priority{5});
        co_await high;
    };
    CHECK(run(body()));
    trace.expect({"1 middle", "1 middle", "1 level 0", "1 level 6", "1 high was notified"});
}

TEST_CASE_FIXTURE(Simulated, "Priority: tasks that wait for each other's locks, and a lock whose holder has ended, give no level") {
    auto body = [&]() -> Coro<> {
        Lock a;
        Lock b;
        Lock left;
        auto takes = [](Lock& first, Lock& second) -> Coro<> {
            co_await first.acquire();
            co_await yield();
            co_await second.acquire();
        };
        auto one = create_task(takes(a, b), "one");
        auto other = create_task(takes(b, a), "other");
        co_await yield();  // each has its first lock
        auto high = create_task([](Lock& lock) -> Coro<> { co_await lock.acquire(); }(a), Priority{7}, "high");
        create_task([](Lock& lock) -> Coro<> { co_await lock.acquire(); }(left));
        create_task(
            [](Lock& lock) -> Coro<> {
                co_await sleep_ms(1);
                co_await lock.acquire();
            }(left),
            Priority{3}, "late");
        co_await sleep_ms(2);
        CHECK(current_level(one) == 0);
        CHECK(current_level(other) == 0);
        co_await high;
    };
    sim::capture(true);
    CHECK(run(body()).error() == Error::deadlock);
    CHECK(printed("task 'high' waits in Lock::acquire, held by '"));
    CHECK(printed("task 'one' waits in Lock::acquire, held by 'other'"));
    CHECK(printed("task 'late' waits in Lock::acquire, held by a task that has ended or is of another loop"));
}

TEST_CASE_FIXTURE(Simulated,
                  "Priority: a ring of tasks that wait for each other gives no level to those that wait for it in a chain") {
    EventLoop loop;
    std::array<Lock, 5> locks;
    std::array<TaskHandle, 5> holders;
    auto takes = [](Lock& first, Lock& second) -> Coro<> {
        co_await first.acquire();
        co_await yield();
        co_await second.acquire();
    };
    // The first two wait for each other, and each of the others for the one before it.
    for (std::size_t i = 0; i < 5; ++i) holders.at(i) = loop.create_task(takes(locks.at(i), locks.at(i == 0 ? 1 : i - 1)));
    loop.run_ready();
    loop.run_ready();  // each has its first lock, and waits
    auto high = loop.create_task([](Lock& lock) -> Coro<> { co_await lock.acquire(); }(locks[4]), Priority{7});
    loop.run_ready();
    for (const TaskHandle& holder : holders) CHECK(current_level(holder) == 0);
    CHECK(current_level(high) == 0);
}

TEST_CASE_FIXTURE(Simulated, "Priority: does not go through a task of another loop") {
    EventLoop here;
    EventLoop there;
    Lock first;
    Lock second;
    auto keeps = [](Lock& lock) -> Coro<> {
        co_await lock.acquire();
        co_await sleep_ms(1000);
    };
    auto takes = [](Lock& own, Lock& other) -> Coro<> {
        co_await own.acquire();
        co_await other.acquire();
    };
    auto low = here.create_task(keeps(first));
    here.run_ready();
    there.create_task(takes(second, first));
    there.run_ready();
    here.create_task(takes(second, second), Priority{5});
    here.run_ready();
    CHECK(current_level(low) == 0);
}

TEST_CASE_FIXTURE(Simulated, "Priority: level 0 costs no memory") {
    auto body = [&]() -> Coro<> {
        auto waits = []() -> Coro<> { co_await sleep_ms(1000); };
        const auto before = frame_pool_use().in_use;
        auto plain = create_task(waits());
        const auto without = frame_pool_use().in_use;
        auto of_level_0 = create_task(waits(), Priority{0});
        CHECK(frame_pool_use().in_use - without == without - before);
        co_return;
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Priority: is that of a loop that somebody else drives, too, and leaves nothing behind") {
    EventLoop loop;
    loop.create_task(notes(trace, "low", 2));
    loop.create_task(notes(trace, "high", 2), Priority{1});
    auto sleeps = loop.create_task([]() -> Coro<> { co_await sleep_ms(1000); }(), Priority{2}, "sleeps");
    CHECK(sleeps.name() == "sleeps");
    for (int i = 0; i < 4; ++i) loop.run_ready();
    CHECK(current_level(sleeps) == 2);
    loop.close();  // the fixture checks that nothing is leaked
    CHECK(current_level(sleeps) == 0);
    trace.expect({"0 high", "0 high", "0 low", "0 low"});
}

TEST_CASE("Priority: a level that is computed is checked") {
    CHECK(Priority::from(0).value() == Priority{0});
    CHECK(Priority::from(7).value() == Priority{7});
    CHECK(Priority::from(8).error() == Error::misuse);
    CHECK(Priority::from(-1).error() == Error::misuse);
}

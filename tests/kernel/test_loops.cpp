// Several loops on one thread: each task goes on in its own.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

/// Runs what is ready in a loop, and what that makes ready, once.
void turn(EventLoop& loop) {
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "loops: a run sets the event that a task of a loop at rest waits for") {
    Event event;
    auto waiter = [&]() -> Coro<> {
        co_await event.wait();
        trace("woken");
        co_await sleep_ms(1);
        trace("slept");
    };
    EventLoop loop;
    auto task = loop.create_task(waiter());
    turn(loop);
    auto setter = [&]() -> Coro<> {
        co_await sleep_ms(5);
        event.set();
        co_await sleep_ms(5);
        trace("run ends");
    };
    CHECK(run(setter()));
    CHECK_FALSE(task.done());
    CHECK(loop.run_until_complete(task));
    trace.expect({"10 run ends", "10 woken", "11 slept"});
}

TEST_CASE_FIXTURE(Simulated,
                  "loops: cancel, queue, lock, join, future, semaphore, condition and barrier reach a task of another loop") {
    Queue<int, 1> queue;
    Lock lock;
    Future<int> future;
    Semaphore semaphore{0};
    Barrier barrier{2};
    Latest<int> latest;
    Broadcast<int, 2> broadcast;
    Pipe<4> pipe;
    auto child = []() -> Coro<int> {
        co_await sleep_ms(1000);
        co_return 1;
    };
    EventLoop loop;
    std::optional<Task<int>> joined;
    auto gets = [&]() -> Coro<> { trace("get", co_await queue.get()); };
    auto locks = [&]() -> Coro<> {
        const auto guard = co_await lock.scoped_lock();
        trace("locked");
    };
    auto joins = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(*joined);
        trace("joined " + outcome(r));
    };
    auto awaits = [&]() -> Coro<> { trace("future", co_await future); };
    auto acquires = [&]() -> Coro<> {
        co_await semaphore.acquire();
        trace("acquired");
    };
    auto comes = [&]() -> Coro<> {
        co_await barrier.wait();
        trace("barrier");
    };
    auto newest = [&]() -> Coro<> { trace("latest", co_await latest.get()); };
    auto subscriber = broadcast.subscribe();
    auto listens = [&]() -> Coro<> { trace("broadcast", co_await subscriber.get()); };
    std::array<char, 2> text{};
    auto reads = [&]() -> Coro<> { trace("read", static_cast<int>(co_await pipe.read(text))); };
    auto sleeps = [&]() -> Coro<> {
        Noted noted{trace, "cancelled"};
        co_await sleep_ms(1000);
    };
    joined = loop.create_task(child());
    loop.create_task(gets());
    loop.create_task(joins());
    loop.create_task(awaits());
    loop.create_task(acquires());
    loop.create_task(comes());
    loop.create_task(newest());
    loop.create_task(listens());
    loop.create_task(reads());
    auto sleeper = loop.create_task(sleeps());
    auto main = [&]() -> Coro<> {
        {
            const auto guard = co_await lock.scoped_lock();
            trace("main holds the lock");
            co_await sleep_ms(1);
        }
        co_await queue.put(7);
        CHECK(joined->cancel());
        CHECK(future.set_result(9));
        CHECK(semaphore.release());
        co_await barrier.wait();
        latest.put(3);
        broadcast.publish(4);
        co_await pipe.write("ab");
        CHECK(sleeper.cancel());
        co_await sleep_ms(1);
        trace("main ends");
    };
    turn(loop);
    {
        // The lock's waiter comes while another loop's task holds it.
        loop.create_task(locks());
        auto holder = [&]() -> Coro<> { co_await main(); };
        auto guard_first = [&]() -> Coro<> { co_await holder(); };
        CHECK(run(guard_first()));
    }
    trace("run has ended");
    turn(loop);
    turn(loop);
    loop.close();
    trace.expect({"0 main holds the lock", "2 main ends", "2 run has ended", "2 locked", "2 get 7", "2 future 9", "2 acquired",
                  "2 barrier", "2 latest 3", "2 broadcast 4", "2 read 2", "2 cancelled", "2 joined cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "loops: a task awaits one of another loop") {
    auto child = [&]() -> Coro<int> {
        co_await sleep_ms(2);
        trace("child");
        co_return 5;
    };
    EventLoop other;
    auto task = other.create_task(child());
    EventLoop loop;
    auto joins = [&]() -> Coro<> { trace("joined", co_await task); };
    auto joiner = loop.create_task(joins());
    turn(loop);
    CHECK(other.run_until_complete(task) == Result<int>{5});
    trace("other has ended");
    CHECK(loop.run_until_complete(joiner));
    trace.expect({"2 child", "2 other has ended", "2 joined 5"});
}

TEST_CASE_FIXTURE(Simulated, "loops: timers, Delay and call_later belong to the loop that set them") {
    Delay delay{10ms, [] {}};
    Ticker ticker{3ms};
    auto waits = [&]() -> Coro<> {
        delay.trigger();
        co_await delay.wait();
        trace("fired");
    };
    auto ticks = [&]() -> Coro<> {
        co_await ticker.tick();
        trace("tick");
    };
    EventLoop loop;
    auto first = loop.create_task(waits());
    auto second = loop.create_task(ticks());
    loop.call_later(4ms, [&] { trace("called"); });
    turn(loop);
    auto main = [&]() -> Coro<> {
        CHECK(delay.running());
        co_await sleep_ms(20);  // what the loop at rest has set does not happen here
        trace("main");
    };
    CHECK(run(main()));
    CHECK(delay.running());
    CHECK(loop.run_until_complete(first));
    CHECK(loop.run_until_complete(second));
    trace.expect({"20 main", "20 tick", "20 called", "20 fired"});
}

TEST_CASE_FIXTURE(Simulated, "loops: a Delay that outlives the loop it was set in is stopped, and may be used again") {
    Delay delay{10ms};
    auto triggers = [&]() -> Coro<> {
        delay.trigger();
        co_return;
    };
    CHECK(run(triggers()));
    CHECK_FALSE(delay.running());
    auto again = [&]() -> Coro<> {
        delay.trigger();
        co_await delay.wait();
        trace("fired");
    };
    CHECK(run(again()));
    trace.expect({"10 fired"});
}

TEST_CASE_FIXTURE(Simulated, "loops: a Delay that outlives an EventLoop is stopped when that is closed") {
    Delay delay{10ms, [] {}};
    auto triggers = [&]() -> Coro<> {
        delay.trigger();
        co_return;
    };
    {
        EventLoop loop;
        CHECK(loop.run_until_complete(triggers()));
        CHECK(delay.running());
    }
    CHECK_FALSE(delay.running());
    auto again = [&]() -> Coro<> {
        delay.trigger();
        co_await delay.wait();
        trace("fired");
    };
    CHECK(run(again()));
    trace.expect({"10 fired"});
}

TEST_CASE_FIXTURE(Simulated, "loops: a primitive that goes ends the waits of all loops, and those on their way") {
    std::optional<Lock> lock{std::in_place};
    auto holds = [&]() -> Coro<> {
        co_await lock->acquire();
        co_await sleep_ms(100);
    };
    auto wants = [&](int i) -> Coro<> {
        auto r = co_await catch_cancelled(lock->acquire());
        trace("wants " + std::to_string(i) + " " + outcome(r));
    };
    EventLoop a;
    EventLoop b;
    a.create_task(holds());
    turn(a);
    auto first = a.create_task(wants(1));
    auto second = b.create_task(wants(2));
    turn(a);
    turn(b);
    CHECK(lock->release());  // on its way to the first
    lock.reset();
    CHECK(b.run_until_complete(second));
    CHECK(a.run_until_complete(first));
    trace.expect({"0 wants 2 destroyed", "0 wants 1 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "loops: a Delay is stopped in the loop that has set it last, whichever runs") {
    Delay delay{10ms, [this] { trace("fired"); }};
    auto triggers = [&]() -> Coro<> {
        delay.trigger();
        co_return;
    };
    auto stops = [&]() -> Coro<> {
        delay.stop();
        co_await sleep_ms(20);
        trace("stopped by a run");
    };
    auto triggers_and_stops = [&]() -> Coro<> {
        delay.trigger();
        co_await sleep_ms(5);
        delay.stop();
        co_await sleep_ms(20);
        trace("set and stopped in a run");
    };
    auto sleeps = [&]() -> Coro<> {
        co_await sleep_ms(20);
        trace("the loop slept");
    };
    EventLoop loop;
    CHECK(loop.run_until_complete(triggers()));
    CHECK(run(stops()));
    CHECK(loop.run_until_complete(sleeps()));
    CHECK(run(triggers_and_stops()));
    CHECK(loop.run_until_complete(sleeps()));
    trace.expect({"20 stopped by a run", "40 the loop slept", "65 set and stopped in a run", "85 the loop slept"});
}

TEST_CASE_FIXTURE(Simulated, "loops: who waits in a generator that another loop's task drops goes on in its own") {
    auto values = []() -> AsyncGenerator<int> {
        co_await sleep_ms(100);
        co_yield 1;
    };
    std::optional<AsyncGenerator<int>> generator{values()};
    auto waits = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(generator->next());
        trace("waiter: " + name(r.error()));
    };
    auto drops = [&]() -> Coro<> {
        generator.reset();
        co_await sleep_ms(1);
        trace("dropped");
    };
    EventLoop loop;
    auto task = loop.create_task(waits());
    turn(loop);
    CHECK(run(drops()));
    CHECK(loop.run_until_complete(task));
    trace.expect({"1 dropped", "1 waiter: destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "loops: whoever drives a loop is told when a run on its thread has made one of its tasks ready") {
    EventLoop loop;
    EventLoop other;
    int told = 0;
    loop.set_wake_hook([](void* count) { ++*static_cast<int*>(count); }, &told);
    Event event;
    Queue<int, 1> queue;
    Delay delay{0ms};
    auto waits = [&]() -> Coro<> { co_await event.wait(); };
    auto gets = [&]() -> Coro<> { trace("got", co_await queue.get()); };
    auto sleeps = [&]() -> Coro<> { co_await sleep_ms(50); };
    auto cancelled = [&]() -> Coro<> {
        Noted noted{trace, "cancelled"};
        co_await sleep_ms(50);
    };
    loop.create_task(waits());
    loop.create_task(gets());
    auto task = loop.create_task(cancelled());
    (void)loop.run_ready();
    told = 0;
    CHECK(run(sleeps()));
    CHECK(other.run_ready() == Clock::time_point::max());
    CHECK(told == 0);  // nothing is ready
    auto sets = [&]() -> Coro<> {
        event.set();
        co_return;
    };
    CHECK(run(sets()));
    CHECK(told != 0);
    (void)loop.run_ready();
    told = 0;
    auto puts = [&]() -> Coro<> { co_await queue.put(3); };
    CHECK(other.run_until_complete(puts()));
    CHECK(told != 0);
    (void)loop.run_ready();
    task = loop.create_task(cancelled());
    (void)loop.run_ready();
    told = 0;
    auto cancels = [&]() -> Coro<> {
        CHECK(task.cancel());
        co_return;
    };
    other.create_task(cancels());
    (void)other.run_ready();
    CHECK(told != 0);
    (void)loop.run_ready();
    task = loop.create_task(cancelled());
    (void)loop.run_ready();
    told = 0;
    CHECK(task.cancel());  // in the name of the other loop, which is the newest
    CHECK(told != 0);
    (void)loop.run_ready();
    trace.expect({"50 cancelled", "50 got 3", "50 cancelled", "50 cancelled"});
}

#include <uasync/task/event_loop.hpp>
#include <uasync/task/defer.hpp>
#include <uasync/uasync.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

TEST_CASE_FIXTURE(Simulated, "EventLoop: keeps its tasks from one run to the next, and destroys them in order when it is closed") {
    auto beats = [&](const char* name, int ms) -> Coro<> {
        Noted noted{trace, std::string{name} + " destroyed"};
        while (true) {
            trace(name);
            co_await sleep_ms(ms);
        }
    };
    EventLoop loop;
    loop.create_task(beats("a", 3));
    loop.create_task(beats("b", 5));
    trace(outcome(loop.run_until_complete(value_after(4, 1))));
    trace(outcome(loop.run_until_complete(value_after(3, 2))));
    CHECK_FALSE(loop.is_running());
    loop.close();
    loop.close();
    CHECK(loop.is_closed());
    trace("closed");
    CHECK(outcome(loop.run_until_complete(value_after(0, 1))) == "misuse");

    trace.expect({"0 a", "0 b", "3 a", "4 1", "5 b", "6 a", "7 2", "7 a destroyed", "7 b destroyed", "7 closed",
                  "7 report a closed loop: misuse"});
}

TEST_CASE_FIXTURE(Simulated,
                  "EventLoop: stop ends run_forever when all that are ready have run; it is idempotent, and counts for one run") {
    EventLoop loop;
    auto stops = [&]() -> Coro<> {
        trace("stops");
        loop.stop();
        loop.stop();
        co_await yield();
        trace("next run");
        co_await sleep_ms(1);
        loop.stop();
    };
    auto other = [&]() -> Coro<> {
        trace("other");
        co_await yield();
        trace("other again");
    };
    loop.create_task(stops());
    loop.create_task(other());
    CHECK(loop.run_forever() == Error::none);
    trace("stopped");
    CHECK(loop.run_forever() == Error::none);
    trace("stopped");
    loop.create_task(other());
    loop.stop();  // at rest: one turn
    CHECK(loop.run_forever() == Error::none);
    trace("stopped");
    trace.expect({"0 stops", "0 other", "0 stopped", "0 next run", "0 other again", "1 stopped", "1 other", "1 stopped"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: stopped before its task has ended gives cancelled, and the task goes on in the next run") {
    EventLoop loop;
    auto task = loop.create_task(value_after(10, 42));
    loop.call_later(3ms, [&] { loop.stop(); });
    trace(outcome(loop.run_until_complete(task)));
    trace(outcome(loop.run_until_complete(task)));
    trace(outcome(loop.run_until_complete(task)));  // it is done
    trace.expect({"3 cancelled", "10 42", "10 42"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: a run inside a run is an error; a run beside a loop at rest is none") {
    EventLoop loop;
    auto nested = [&]() -> Coro<> {
        trace(outcome(run(value_after(1, 1))));
        EventLoop inner;
        CHECK(inner.run_forever() == Error::nested_run);
        CHECK(loop.run_forever() == Error::nested_run);
        co_await sleep_ms(1);
        trace("goes on");
    };
    CHECK(loop.run_until_complete(loop.create_task(nested(), "nested")));
    trace(outcome(run(value_after(2, 7))));
    trace(outcome(loop.run_until_complete(value_after(2, 8))));
    trace.expect({"0 report nested: run inside run", "0 run inside run", "0 report nested: run inside run",
                  "0 report nested: run inside run", "1 goes on", "3 7", "5 8"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: primitives may be used between its runs; a deadlock is told") {
    EventLoop loop;
    Event event;
    auto waits = [&]() -> Coro<> {
        co_await event.wait();
        trace("event");
    };
    auto task = loop.create_task(waits());
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    event.set();
    CHECK(loop.run_until_complete(task));
    auto cancelled = loop.create_task(waits());
    CHECK(cancelled.cancel());
    CHECK(outcome(loop.run_until_complete(cancelled)) == "cancelled");
    Event never_set;
    auto stuck = [&]() -> Coro<> { co_await never_set.wait(); };
    CHECK(outcome(loop.run_until_complete(stuck())) == "deadlock");
    CHECK(printed("waits in Event::wait"));
    CHECK(outcome(loop.run_until_complete(value_after(1, 3))) == "3");
    trace.expect({"0 event"});
}

TEST_CASE_FIXTURE(Simulated, "call_soon, call_later, call_at: in their order among the tasks, and cancelled by their handles") {
    auto main = [&]() -> Coro<> {
        Loop& loop = running_loop();
        auto other = [&]() -> Coro<> {
            trace("task");
            co_return;
        };
        loop.call_soon([&] { trace("soon"); });
        create_task(other());
        loop.call_soon([&] { trace("soon too"); });
        auto never_called = loop.call_soon([&] { trace("not reached"); });
        CHECK(never_called.cancel());
        loop.call_later(5ms, [&] { trace("later"); });
        loop.call_at(Clock::now() + 3ms, [&] { trace("at"); });
        auto later = loop.call_later(4ms, [&] { trace("not reached"); });
        co_await sleep_ms(1);
        later.cancel();
        co_await sleep_ms(10);
    };
    CHECK(run(main()));
    trace.expect({"0 soon", "0 task", "0 soon too", "3 at", "5 later"});
}

TEST_CASE_FIXTURE(Simulated, "call_soon_threadsafe: a callback that a loop had no turn for can be posted to the next loop") {
    int called = 0;
    Callback callback{[](void* count) { ++*static_cast<int*>(count); }, &called};
    {
        EventLoop first;
        CHECK(first.call_soon_threadsafe(callback));
        CHECK_FALSE(first.call_soon_threadsafe(callback));
        first.close();
    }
    {
        EventLoop second;  // goes without being closed
        CHECK(second.call_soon_threadsafe(callback));
    }
    EventLoop third;
    CHECK(third.call_soon_threadsafe(callback));
    (void)third.run_ready();
    CHECK(called == 1);
}

TEST_CASE_FIXTURE(Simulated, "call_soon_threadsafe: from an interrupt, once until it has run") {
    Callback callback{[](void* self) { static_cast<Simulated*>(self)->trace("called"); }, this};
    auto main = [&]() -> Coro<> {
        Loop& loop = running_loop();
        sim::at(2ms, [&] {
            CHECK(loop.call_soon_threadsafe(callback));
            CHECK_FALSE(loop.call_soon_threadsafe(callback));
        });
        sim::at(3ms, [&] { CHECK(loop.call_soon_threadsafe(callback)); });
        co_await sleep_ms(5);
        CHECK(loop.call_soon_threadsafe(callback));
        co_await yield();
    };
    CHECK(run(main()));
    trace.expect({"2 called", "3 called", "5 called"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: errors that nobody saw are reported, at the latest when it is closed") {
    auto fails = [&]() -> Coro<> { co_await detail::FailAwaiter{Error::destroyed}; };
    EventLoop loop;
    loop.create_task(fails(), "first");
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    trace("stopped");
    loop.close();
    trace.expect({"0 stopped", "0 report first: what it awaited was destroyed"});
}

TEST_CASE_FIXTURE(Simulated,
                  "EventLoop: loops go in any order, outlive the run that they were made in, and what a closed one was given") {
    auto first = std::make_unique<EventLoop>();
    auto second = std::make_unique<EventLoop>();
    first.reset();
    CHECK(get_event_loop() == second.get());
    second.reset();
    CHECK(get_event_loop() == nullptr);
    auto makes = [&]() -> Coro<> {
        first = std::make_unique<EventLoop>();
        co_return;
    };
    CHECK(run(makes()));
    CHECK(outcome(first->run_until_complete(value_after(1, 4))) == "4");
    first->close();
    CHECK(get_event_loop() == nullptr);
    first->call_soon([&] { trace("not reached"); });
    first.reset();
    trace.expect({});
}

// Driven by somebody else --------------------------------------------------------------------------------------------------------------

namespace {

/// Lets virtual time pass, as a main loop does that sleeps.
void pass(std::chrono::microseconds duration) {
    auto sleeps = [&]() -> Coro<> { co_await sleep(duration); };
    CHECK(run(sleeps()));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "EventLoop: run_ready gives each ready task one step, and says when to come again") {
    EventLoop loop;
    CHECK(loop.run_ready() == Clock::time_point::max());
    auto yields = [&](const char* name) -> Coro<> {
        for (int i = 0; i < 2; ++i) {
            trace(name);
            co_await yield();
        }
        co_await sleep_ms(7);
        trace(std::string{name} + " slept");
    };
    loop.create_task(yields("a"));
    loop.create_task(yields("b"));
    trace("before");
    CHECK(loop.run_ready() == Clock::now());  // both are ready again
    trace("between");
    CHECK(loop.run_ready() == Clock::now());
    CHECK(loop.run_ready() == Clock::now() + 7ms);
    CHECK(loop.run_ready() == Clock::now() + 7ms);
    CHECK_FALSE(loop.is_running());
    pass(7ms);
    CHECK(loop.run_ready() == Clock::time_point::max());
    trace.expect({"0 before", "0 a", "0 b", "0 between", "0 a", "0 b", "7 a slept", "7 b slept"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: a task that never waits does not keep run_ready from returning") {
    EventLoop loop;
    int steps = 0;
    auto hogs = [&]() -> Coro<> {
        while (true) {
            ++steps;
            co_await yield();
        }
    };
    loop.create_task(hogs());
    for (int i = 0; i < 10; ++i) (void)loop.run_ready();
    CHECK(steps == 10);
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: a task that cancels itself in the last step of run_ready is cancelled at its next await") {
    EventLoop loop;
    auto cancels = [&]() -> Coro<> {
        current_task().cancel();
        trace("cancelled itself");
        trace(outcome(co_await catch_cancelled(sleep_ms(5))));
    };
    const auto task = loop.create_task(cancels());
    (void)loop.run_ready();
    (void)loop.run_ready();
    CHECK(task.done());
    trace.expect({"0 cancelled itself", "0 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: an error in the last step of run_ready is raised in that step") {
    EventLoop loop;
    auto fails = [&]() -> Coro<> { co_await pass_cancelled(); };
    auto catches = [&]() -> Coro<> {
        trace("begins");
        trace(outcome(co_await catch_cancelled(fails())));
    };
    loop.create_task(catches());
    (void)loop.run_ready();
    trace("between");
    trace.expect({"0 begins", "0 cancelled", "0 between"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: a bare while (true) runs it between its own work, with interrupts") {
    EventLoop loop;
    ThreadSafeFlag pressed;
    bool end = false;
    int woken = 0;
    loop.set_wake_hook([](void* count) { ++*static_cast<int*>(count); }, &woken);
    auto waits = [&]() -> Coro<> {
        for (int i = 0; i < 2; ++i) {
            co_await pressed.wait();
            trace("pressed");
        }
        end = true;
    };
    loop.create_task(waits());
    sim::at(3ms, [&] { pressed.set(); });
    sim::at(8ms, [&] { pressed.set(); });
    for (int i = 0; !end && i < 100; ++i) {
        (void)loop.run_ready();
        pass(1ms);  // whatever else it does
    }
    CHECK(end);
    CHECK(woken == 2);
    trace.expect({"3 pressed", "8 pressed"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: run_ready inside of a run, and after close, is an error") {
    EventLoop loop;
    auto nested = [&]() -> Coro<> {
        CHECK(loop.run_ready() == Clock::time_point::max());
        co_return;
    };
    CHECK(run(nested()));
    loop.close();
    CHECK(loop.run_ready() == Clock::time_point::max());
    CHECK(trace.lines().size() == 2);
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: an interrupt stops one that sleeps, at once") {
    EventLoop loop;
    auto sleeps = [&]() -> Coro<> {
        co_await sleep_ms(100);
        trace("slept");
    };
    loop.create_task(sleeps());
    sim::stop_at(5ms);
    CHECK(loop.run_forever() == Error::none);
    trace("stopped");
    CHECK(loop.run_forever() == Error::deadlock);
    trace.expect({"5 stopped", "100 slept"});
}

TEST_CASE_FIXTURE(Simulated, "EventLoop: when one is closed, the newest that is open is current") {
    EventLoop first;
    EventLoop second;
    EventLoop third;
    second.close();
    CHECK(get_event_loop() == &third);
    third.close();
    CHECK(get_event_loop() == &first);
    first.close();
    CHECK(get_event_loop() == nullptr);
}

#include <memory>
#include <string>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

Coro<> waits(Trace& trace, Event& event, int id) {
    trace("waits", id);
    co_await event.wait();
    trace("goes on", id);
}

Coro<> notes(Trace& trace, std::string text) {
    trace(text);
    co_return;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Event: waiting for one that is set does not give the turn away") {
    auto body = [&]() -> Coro<> {
        Event event;
        CHECK_FALSE(event.is_set());
        event.set();
        CHECK(event.is_set());
        create_task(notes(trace, "other"));
        co_await event.wait();
        co_await event.wait();
        trace("straight on");
        co_await yield();
    };
    CHECK(run(body()));
    trace.expect({"0 straight on", "0 other"});
}

TEST_CASE_FIXTURE(Simulated, "Event: set wakes every waiter in the order in which they came, behind the ready tasks") {
    auto body = [&]() -> Coro<> {
        Event event;
        for (int id = 1; id <= 4; ++id) create_task(waits(trace, event, id));
        co_await sleep_ms(1);
        create_task(notes(trace, "ready before"));
        event.set();
        create_task(notes(trace, "ready after"));
        trace("set");
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "0 waits 3", "0 waits 4", "1 set", "1 ready before", "1 goes on 1", "1 goes on 2",
                  "1 goes on 3", "1 goes on 4", "1 ready after"});
}

TEST_CASE_FIXTURE(Simulated, "Event: a woken waiter goes on although the event is cleared before its turn") {
    auto body = [&]() -> Coro<> {
        Event event;
        create_task(waits(trace, event, 1));
        co_await sleep_ms(1);
        event.set();
        event.clear();
        CHECK_FALSE(event.is_set());
        auto late = create_task(waits(trace, event, 2));
        co_await sleep_ms(1);
        CHECK_FALSE(late.done());
        event.set();
        co_await late;
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "1 goes on 1", "1 waits 2", "2 goes on 2"});
}

TEST_CASE_FIXTURE(Simulated, "Event: setting it twice wakes once; a waiter may wait again in the same turn") {
    auto twice = [&](Event& event) -> Coro<> {
        co_await event.wait();
        trace("first");
        event.clear();
        co_await event.wait();
        trace("second");
    };
    auto body = [&]() -> Coro<> {
        Event event;
        auto task = create_task(twice(event));
        co_await sleep_ms(1);
        event.set();
        event.set();
        co_await sleep_ms(1);
        CHECK_FALSE(task.done());
        event.set();
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"1 first", "2 second"});
}

TEST_CASE_FIXTURE(Simulated, "Event: cancelled before and after the set: the cancellation wins, the other waiters go on") {
    auto body = [&]() -> Coro<> {
        Event event;
        auto first = create_task(waits(trace, event, 1));
        auto second = create_task(waits(trace, event, 2));
        auto third = create_task(waits(trace, event, 3));
        co_await sleep_ms(1);
        CHECK(first.cancel());
        event.set();
        CHECK(third.cancel());
        co_await second;
        auto r1 = co_await catch_cancelled(first);
        auto r3 = co_await catch_cancelled(third);
        CHECK(r1 == Result<void>{std::unexpected{Error::cancelled}});
        CHECK(r3 == Result<void>{std::unexpected{Error::cancelled}});
        CHECK(event.is_set());
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "0 waits 3", "1 goes on 2"});
}

TEST_CASE_FIXTURE(Simulated, "Event: any subset of waiters is cancelled at any time around the set; the rest goes on once") {
    constexpr unsigned waiters = 4;
    for (unsigned before = 0; before < 1U << waiters; ++before) {
        for (unsigned after = 0; after < 1U << waiters; after += 3) {
            for_each_order(
                [&] {
                    unsigned woken = 0;
                    auto one = [&](Event& event, unsigned id) -> Coro<> {
                        co_await event.wait();
                        woken += 1U << (4 * id);
                    };
                    auto body = [&]() -> Coro<> {
                        Event event;
                        std::vector<Task<>> tasks;
                        for (unsigned id = 0; id < waiters; ++id) tasks.push_back(create_task(one(event, id)));
                        co_await sleep_ms(1);
                        for (unsigned id = 0; id < waiters; ++id) {
                            if ((before >> id & 1U) != 0) tasks[id].cancel();
                        }
                        event.set();
                        for (unsigned id = 0; id < waiters; ++id) {
                            if ((after >> id & 1U) != 0) tasks[id].cancel();
                        }
                        co_await sleep_ms(1);
                        for (unsigned id = 0; id < waiters; ++id) {
                            CHECK(tasks[id].done());
                            const bool cancelled = ((before | after) >> id & 1U) != 0;
                            CHECK(tasks[id].error() == (cancelled ? Error::cancelled : Error::none));
                            CHECK((woken >> (4 * id) & 15U) == (cancelled ? 0U : 1U));
                        }
                    };
                    CHECK(run(body()));
                },
                5);
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Event: destroyed while tasks wait: each ends with Error::destroyed, in order, and is reported by name") {
    auto waits_in_scope = [&](Event& event, int id) -> Coro<> {
        const Noted end{trace, "unwound " + std::to_string(id)};
        co_await waits(trace, event, id);
    };
    auto body = [&]() -> Coro<> {
        auto event = std::make_unique<Event>();
        create_task(waits_in_scope(*event, 1), "first");
        create_task(waits_in_scope(*event, 2), "second");
        auto awaited = create_task(waits_in_scope(*event, 3), "third");
        co_await sleep_ms(1);
        event.reset();
        auto result = co_await catch_cancelled(awaited);
        CHECK(result == Result<void>{std::unexpected{Error::destroyed}});
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "0 waits 3", "1 unwound 1", "1 unwound 2", "1 unwound 3",
                  "1 report first" + was_destroyed, "1 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated,
                  "Event: destroyed after the set, before the waiters' turns: they go on, as they need nothing of it any more") {
    auto body = [&]() -> Coro<> {
        auto event = std::make_unique<Event>();
        auto one = create_task(waits(trace, *event, 1));
        auto two = create_task(waits(trace, *event, 2));
        co_await sleep_ms(1);
        event->set();
        two.cancel();
        event.reset();
        co_await one;
        auto result = co_await catch_cancelled(two);
        CHECK(result == Result<void>{std::unexpected{Error::cancelled}});
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "0 waits 2", "1 goes on 1"});
}

TEST_CASE_FIXTURE(Simulated, "Event: its destruction comes back as a value through catch_cancelled and wait_for") {
    auto catches = [&](Event& event) -> Coro<> {
        auto result = co_await catch_cancelled(event.wait());
        trace(to_string(result.error()));
    };
    auto limits = [&](Event& event) -> Coro<> {
        auto result = co_await wait_for(event.wait(), 1h);
        trace(to_string(result.error()));
    };
    auto body = [&]() -> Coro<> {
        auto event = std::make_unique<Event>();
        create_task(catches(*event));
        create_task(limits(*event));
        co_await sleep_ms(1);
        event.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({std::string{"1 "} + to_string(Error::destroyed), std::string{"1 "} + to_string(Error::destroyed)});
    CHECK(sim::now() == 2ms);
}

TEST_CASE_FIXTURE(Simulated, "Event: one that main's frame owns is destroyed at the end of main under those who still wait") {
    auto body = [&]() -> Coro<> {
        Event event;
        create_task(waits(trace, event, 1), "left over");
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"0 waits 1", "1 report left over" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "Event: waiting for one that nobody sets is a deadlock that the simulation tells") {
    auto body = [&]() -> Coro<> {
        Event event;
        const Noted end{trace, "unwound"};
        co_await event.wait();
    };
    const auto result = run(body());
    CHECK(result == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in Event::wait"));
    trace.expect({"0 unwound"});
}

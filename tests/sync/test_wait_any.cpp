#include <array>
#include <memory>
#include <optional>
#include <string>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> any(Trace& trace, std::array<Event, 3>& events, int id) {
    const Event* fired = co_await WaitAny{events[0], events[1], events[2]}.wait();
    trace("any " + std::to_string(id) + " fired", fired - events.data());
}
Coro<> all(Trace& trace, std::array<Event, 3>& events, int id) {
    co_await WaitAll{events[0], events[1], events[2]}.wait();
    trace("all", id);
}
Coro<> one(Trace& trace, Event& event, int id) {
    co_await event.wait();
    trace("one", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated,
                  "WaitAny: the first set says which; a set one goes straight on, the first in the list before the others") {
    auto body = [&]() -> Coro<> {
        std::array<Event, 3> events;
        auto task = create_task(any(trace, events, 1));
        co_await sleep_ms(1);
        events[2].set();
        events[0].set();
        events[2].clear();
        co_await task;
        events[1].set();
        trace("before");
        co_await any(trace, events, 2);
        trace("after");
        const WaitAny both{events[0], events[1]};
        both.clear();
        CHECK_FALSE(events[0].is_set());
        CHECK_FALSE(events[1].is_set());
        events[1].set();
        Event* fired = co_await both.wait();
        CHECK(fired == &events[1]);
        auto in_time = co_await wait_for(both.wait(), 3ms);
        CHECK(in_time == Result<Event*>{fired});
        auto single = co_await wait_for(WaitAny{events[2]}.wait(), 3ms);
        CHECK(single.error() == Error::timeout);
    };
    CHECK(run(body()));
    trace.expect({"1 any 1 fired 2", "1 before", "1 any 2 fired 0", "1 after"});
}

TEST_CASE_FIXTURE(Simulated, "WaitAll: until each has been set, also if it was cleared again") {
    auto body = [&]() -> Coro<> {
        std::array<Event, 3> events;
        events[1].set();
        auto task = create_task(all(trace, events, 1));
        co_await sleep_ms(1);
        events[1].clear();
        events[0].set();
        events[0].clear();
        events[0].set();
        co_await sleep_ms(1);
        CHECK_FALSE(task.done());
        events[2].set();
        CHECK_FALSE(task.done());
        co_await task;
        events[1].set();
        trace("straight on");
        co_await all(trace, events, 2);
        const WaitAll each{events[0], events[1]};
        each.clear();
        CHECK_FALSE(events[0].is_set());
        auto again = co_await wait_for(each.wait(), 3ms);
        CHECK(again.error() == Error::timeout);
    };
    CHECK(run(body()));
    trace.expect({"2 all 1", "2 straight on", "2 all 2"});
}

TEST_CASE_FIXTURE(Simulated, "WaitAny: waiters of an event are served in order, whatever they wait by") {
    auto body = [&]() -> Coro<> {
        std::array<Event, 3> events;
        create_task(one(trace, events[1], 1));
        create_task(any(trace, events, 2));
        create_task(one(trace, events[1], 3));
        create_task(all(trace, events, 4));
        create_task(any(trace, events, 5));
        create_task(one(trace, events[1], 6));
        co_await sleep_ms(1);
        events[0].set();  // 2 and 5
        events[2].set();
        events[1].set();  // 1, 3, 4, 6
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 any 2 fired 0", "1 any 5 fired 0", "1 one 1", "1 one 3", "1 all 4", "1 one 6"});
}

TEST_CASE_FIXTURE(Simulated, "WaitAny: the same event twice, and two tasks by the same object") {
    auto waits = [&](const WaitAny<2>& either, int id) -> Coro<> {
        (void)co_await either.wait();
        trace("fired", id);
    };
    auto body = [&]() -> Coro<> {
        Event a;
        const WaitAny twice{a, a};
        auto first = create_task(waits(twice, 1));
        auto second = create_task(waits(twice, 2));
        co_await sleep_ms(1);
        a.set();
        co_await gather(first, second);
        a.clear();
        auto both = [&]() -> Coro<> { co_await WaitAll{a, a}.wait(); };
        auto third = create_task(both());
        co_await sleep_ms(1);
        a.set();
        co_await third;
    };
    CHECK(run(body()));
    trace.expect({"1 fired 1", "1 fired 2"});
}

TEST_CASE_FIXTURE(Simulated, "WaitAny, WaitAll: cancelled before and after a set; the events keep their other waiters") {
    for (unsigned when = 0; when < 4; ++when) {
        for_each_order(
            [&] {
                auto body = [&]() -> Coro<> {
                    std::array<Event, 3> events;
                    auto first = create_task(one(trace, events[1], 1));
                    auto of_any = create_task(any(trace, events, 2));
                    auto of_all = create_task(all(trace, events, 3));
                    auto last = create_task(one(trace, events[1], 4));
                    co_await sleep_ms(1);
                    const auto cancel = [&] {
                        of_any.cancel();
                        of_all.cancel();
                    };
                    if (when == 0) cancel();
                    events[0].set();
                    if (when == 1) cancel();
                    events[1].set();
                    if (when == 2) cancel();
                    events[2].set();
                    if (when == 3) cancel();
                    co_await gather(first, last);
                    for (auto& task : {of_any, of_all}) {
                        auto result = co_await catch_cancelled(task);
                        CHECK(result == cancelled);
                    }
                    events[0].clear();
                    events[0].set();
                };
                CHECK(run(body()));
                CHECK(trace.lines().size() == 2);
            },
            10);
    }
}

TEST_CASE_FIXTURE(Simulated, "WaitAny: when it has ended, the events that were not set know nothing of it") {
    auto body = [&]() -> Coro<> {
        Event a;
        Event b;
        auto waiting = std::make_unique<WaitAny<2>::Awaiter>(WaitAny{a, b}.wait());
        auto* bytes = reinterpret_cast<unsigned char*>(waiting.get());
        auto sets = [&]() -> Coro<> {
            b.set();
            co_return;
        };
        create_task(sets());
        auto& awaiter = *waiting;  // GCC 12 would copy `*waiting`
        Event* fired = co_await awaiter;
        CHECK(fired == &b);
        std::destroy_at(waiting.get());
        std::fill_n(bytes, sizeof *waiting, static_cast<unsigned char>(0xff));
        auto other = create_task(one(trace, a, 1));
        co_await yield();
        a.set();  // would go to what is no more
        co_await other;
        ::operator delete(waiting.release());
    };
    CHECK(run(body()));
    trace.expect({"0 one 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "WaitAny: an event destroyed before it was set ends the wait; after it was set it is not needed any more") {
    for (int fate = 0; fate < 4; ++fate) {
        CAPTURE(fate);
        for_each_order(
            [&] {
                auto body = [&]() -> Coro<> {
                    Event stays;
                    std::optional<Event> goes{std::in_place};
                    auto waits_any = [](Event& a, Event& b) -> Coro<> { (void)co_await WaitAny{a, b}.wait(); };
                    auto waits_all = [](Event& a, Event& b) -> Coro<> { co_await WaitAll{a, b}.wait(); };
                    auto of_any = create_task(waits_any(stays, *goes));
                    auto of_all = create_task(waits_all(*goes, stays));
                    auto plain = create_task(one(trace, *goes, 1));
                    co_await sleep_ms(1);
                    if (fate == 1) stays.set();
                    if (fate == 2) goes->set();
                    if (fate == 3) of_any.cancel();
                    goes.reset();
                    stays.set();
                    auto result = co_await catch_cancelled(of_any);
                    CHECK(result == (fate == 0 ? destroyed : fate == 3 ? cancelled : Result<void>{}));
                    result = co_await catch_cancelled(of_all);
                    CHECK(result == (fate == 2 ? Result<void>{} : destroyed));
                    result = co_await catch_cancelled(plain);
                    CHECK(result == (fate == 2 ? Result<void>{} : destroyed));
                };
                CHECK(run(body()));
            },
            10);
    }
}

TEST_CASE_FIXTURE(Simulated, "WaitAny: events of main's frame go under those who still wait; a deadlock names it") {
    auto leaves = [&]() -> Coro<> {
        std::array<Event, 3> events;
        create_task(any(trace, events, 1), "left over");
        co_await sleep_ms(1);
    };
    CHECK(run(leaves()));
    trace.expect({std::string{"1 report left over: "} + to_string(Error::destroyed)});
    auto stuck = [&]() -> Coro<> {
        std::array<Event, 3> events;
        auto task = create_task(all(trace, events, 1));
        co_await any(trace, events, 2);
    };
    CHECK(run(stuck()) == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in WaitAny::wait"));
    CHECK(printed("waits in WaitAll::wait"));
}

#include <optional>

#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include <device/contacts.hpp>
#include <support/explored.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr unsigned number = 14;
Pin pulled_up() { return Pin{number, Pin::in, Pin::pull_up}; }

Coro<> notes_changes(Trace& trace, Switch& contact) {
    while (true) {
        const auto change = co_await catch_cancelled(contact.wait_for_change());
        if (!change) co_return;  // the switch is gone, as the test ends
        trace(contact.closed() ? "closed" : "open");
    }
}
Coro<> notes_next(Trace& trace, Switch& contact, int id) {
    co_await contact.wait_for_close();
    trace("closing seen by", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Switch: closing and opening are told after the settle time, each to those who wait for it") {
    sim::press(number, 100ms, 200ms);
    sim::press(number, 400ms, 200ms);
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        contact.start();
        auto changes = create_task(notes_changes(trace, contact));
        CHECK_FALSE(contact.closed());
        co_await contact.wait_for_open();
        trace("opened");
        CHECK_FALSE(contact.closed());
        co_await contact.wait_for_close();
        trace("closed the second time");
        CHECK(contact.closed());
        CHECK(contact.changes() == 3);
        CHECK(contact.glitches() == 0);
    };
    CHECK(run(body()));
    trace.expect({"110 closed", "310 opened", "310 open", "410 closed the second time"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: 31 edges in 5 ms are one change, whatever the times of the edges") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        for_each_order(
            [&] {
                bouncing_press(number, 100ms, 200ms, 31, 5ms, seed);
                auto body = [&]() -> Coro<> {
                    Switch contact{pulled_up()};
                    contact.start();
                    auto changes = create_task(notes_changes(trace, contact));
                    co_await sleep_ms(1000);
                    CHECK(contact.changes() == 2);
                    CHECK(contact.glitches() == 0);
                };
                CHECK(run(body()));
                trace.expect({"110 closed", "310 open"});
                CHECK(sim::edges().size() > 20);
            },
            3);
    }
}

TEST_CASE_FIXTURE(Simulated, "Switch: what is shorter than the settle time is a glitch, and no change") {
    sim::press(number, 100ms, 9ms);
    sim::press(number, 200ms, 1us);
    sim::press(number, 300ms, 11ms);
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        contact.start();
        auto changes = create_task(notes_changes(trace, contact));
        co_await sleep_ms(1000);
        CHECK(contact.changes() == 2);
        CHECK(contact.glitches() == 2);
    };
    CHECK(run(body()));
    trace.expect({"310 closed", "321 open"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: the level of a closed contact and the settle time are options") {
    sim::at(100ms, [] { sim::drive(number, true); });
    sim::at(200ms, [] { sim::drive(number, false); });
    auto body = [&]() -> Coro<> {
        Switch contact{Pin{number, Pin::in, Pin::pull_down}, {.closed_level = 1, .settle = 50ms}};
        contact.start();
        auto changes = create_task(notes_changes(trace, contact));
        co_await sleep_ms(1000);
    };
    CHECK(run(body()));
    trace.expect({"150 closed", "250 open"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Switch: a switch that is closed from the beginning has not changed; one that moves before start() has") {
    sim::at(0ms, [] { sim::drive(number, false); });
    auto body = [&]() -> Coro<> {
        co_await sleep_ms(1);
        Switch contact{pulled_up()};
        CHECK(contact.closed());
        auto changes = create_task(notes_changes(trace, contact));
        contact.start();
        co_await sleep_ms(99);
        CHECK(contact.changes() == 0);
    };
    CHECK(run(body()));
    auto late = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        sim::release(number);
        contact.start();
        auto changes = create_task(notes_changes(trace, contact));
        co_await sleep_ms(100);
    };
    CHECK(run(late()));
    trace.expect({"110 open"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: an edge just before the interrupt is armed is seen") {
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        contact.start();
        auto changes = create_task(notes_changes(trace, contact));
        sim::strike([] { sim::drive(number, false); });  // when the task masks interrupts to arm the pin
        co_await sleep_ms(100);
        CHECK(contact.closed());
        CHECK(contact.changes() == 1);
    };
    CHECK(run(body()));
    trace.expect({"10 closed"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: all who wait are woken, first in, first out") {
    sim::press(number, 100ms, 100ms);
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        contact.start();
        co_await gather(notes_next(trace, contact, 1), notes_next(trace, contact, 2), notes_next(trace, contact, 3));
    };
    CHECK(run(body()));
    trace.expect({"110 closing seen by 1", "110 closing seen by 2", "110 closing seen by 3"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: it is watched while nobody waits, and a wait is for the next change") {
    sim::press(number, 100ms, 100ms);
    sim::press(number, 400ms, 100ms);
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        contact.start();
        co_await sleep_ms(300);
        CHECK(contact.changes() == 2);
        co_await notes_next(trace, contact, 1);
    };
    CHECK(run(body()));
    trace.expect({"410 closing seen by 1"});
}

TEST_CASE_FIXTURE(Simulated, "Switch: a wait before start() is misuse; start() twice is one task") {
    auto body = [&]() -> Coro<> {
        Switch contact{pulled_up()};
        CHECK_FALSE(contact.started());
        const auto early = co_await catch_cancelled(contact.wait_for_change());
        CHECK(early == misuse);
        contact.start();
        contact.start();
        CHECK(contact.started());
        const auto none = co_await wait_for(contact.wait_for_change(), 10ms);
        CHECK(none == Result<void>{std::unexpected{Error::timeout}});
        CHECK(contact.started());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Switch: waits end with Error::destroyed when it is destroyed, and the pin is free") {
    for (const auto when : {50ms, 105ms}) {  // at rest, and while it bounces
        for_each_order([&] {
            sim::press(number, 100ms, 100ms);
            auto body = [&]() -> Coro<> {
                std::optional<Switch> contact{std::in_place, pulled_up()};
                contact->start();
                auto waiting = create_task(notes_next(trace, *contact, 1));
                co_await sleep(when);
                contact.reset();
                const auto ended = co_await catch_cancelled(waiting);
                CHECK(ended == destroyed);
                const auto edge = co_await wait_for(pulled_up().wait_for_any_edge(), 1s);
                CHECK(edge.has_value());
            };
            CHECK(run(body()));
            trace.expect({});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "Switch: it may be destroyed before its task has begun") {
    auto body = [&]() -> Coro<> {
        {
            Switch contact{pulled_up()};
            contact.start();
        }
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Switch: it outlives a run, and is started again in the next") {
    Switch contact{pulled_up()};
    auto body = [&]() -> Coro<> {
        contact.start();
        co_await wait_for(contact.wait_for_close(), 100ms);
    };
    CHECK(run(body()));
    CHECK_FALSE(contact.started());
    sim::drive(number, false);  // while nobody watches
    CHECK(run(body()));
    CHECK(contact.closed());
    CHECK(sim::now() == 110ms);
}

TEST_CASE_FIXTURE(Simulated, "explored: Switch: cancelled at any moment, it is watched as before, and each change is counted") {
    struct World {
        World() : contact{Pin{number, Pin::in, Pin::pull_up}, {.settle = 2ms}} { contact.start(); }
        Switch contact;
    };
    explored(
        [](Exploration& x) {
            auto& world = x.state<World>();
            auto waits = [&x, &world]() -> Coro<> {
                if (!world.contact.closed()) co_await world.contact.wait_for_close();
                x.require(world.contact.changes() != 0, "it has closed");
            };
            x.task("a", waits);
            x.task("b", waits);
            x.task("contact", []() -> Coro<> {
                co_await sleep_ms(1);
                for (const bool level : {false, true, false}) {
                    sim::drive(number, level);
                    co_await sleep_ms(0);
                }
                co_await sleep_ms(10);
            });
            x.check("it has closed once", [&world] { return world.contact.closed() && world.contact.changes() == 1; });
        },
        {"a", "b"}, {.time_passes = false});
}

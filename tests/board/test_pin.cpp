#include <string>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::misuse;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> waits_for_fall(Trace& trace, Pin pin, int id) {
    co_await pin.wait_for_falling_edge();
    trace("fall seen by", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Pin: outputs start low, are switched and toggled, and each change is an edge") {
    auto body = [&]() -> Coro<> {
        Pin led{25, Pin::out};
        CHECK(led.number() == 25);
        CHECK(led.value() == 0);
        led.on();
        CHECK(led.value() == 1);
        led.on();
        co_await sleep_ms(1);
        led.off();
        CHECK(led.value() == 0);
        led.toggle();
        CHECK(led.value() == 1);
        led.value(0);
        CHECK(led.value() == 0);
        led.value(17);
        CHECK(led.value() == 1);
        Pin same = led;
        same.toggle();
        CHECK(led.value() == 0);
    };
    CHECK(run(body()));
    const std::vector<sim::Edge> expected{{25, 0ms, true},  {25, 1ms, false}, {25, 1ms, true},
                                          {25, 1ms, false}, {25, 1ms, true},  {25, 1ms, false}};
    CHECK(sim::edges() == expected);
}

TEST_CASE_FIXTURE(Simulated, "Pin: inputs follow their pull and whoever drives them; to set one up again as output makes it low") {
    Pin up{1, Pin::in, Pin::pull_up};
    Pin down{2, Pin::in, Pin::pull_down};
    Pin open{3, Pin::in};
    CHECK(up.value() == 1);
    CHECK(down.value() == 0);
    CHECK(open.value() == 0);
    sim::drive(1, false);
    sim::drive(2, true);
    CHECK(up.value() == 0);
    CHECK(down.value() == 1);
    sim::release(1);
    sim::release(2);
    CHECK(up.value() == 1);
    CHECK(down.value() == 0);
    up.off();  // of an input: nothing
    CHECK(up.value() == 1);
    Pin now_out{1, Pin::out};
    CHECK(now_out.value() == 0);
    now_out.on();
    Pin again{1, Pin::out};
    CHECK(again.value() == 0);
}

TEST_CASE_FIXTURE(Simulated, "Pin: a falling, a rising or any edge wakes the task that waits for it, at the time of the edge") {
    for (const int at_ms : {10, 20, 30, 40}) {
        sim::at(std::chrono::milliseconds{at_ms}, [at_ms] { sim::drive(7, at_ms % 20 == 0); });
    }
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        co_await pin.wait_for_falling_edge();
        trace("falling", pin.value());
        co_await pin.wait_for_rising_edge();
        trace("rising", pin.value());
        co_await pin.wait_for_any_edge();
        trace("any", pin.value());
        co_await pin.wait_for_any_edge();
        trace("any", pin.value());
    };
    CHECK(run(body()));
    trace.expect({"10 falling 0", "20 rising 1", "30 any 0", "40 any 1"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: the other edge does not wake") {
    sim::at(10ms, [] { sim::drive(7, true); });
    sim::at(20ms, [] { sim::drive(7, false); });
    sim::at(30ms, [] { sim::drive(7, true); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in};
        co_await pin.wait_for_falling_edge();
        trace("falling");
        auto none = co_await wait_for(pin.wait_for_falling_edge(), 100ms);
        CHECK(none == Result<void>{std::unexpected{Error::timeout}});
    };
    CHECK(run(body()));
    trace.expect({"20 falling"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: edges between two awaits are not seen") {
    sim::at(5ms, [] { sim::drive(7, true); });
    sim::at(15ms, [] {
        sim::drive(7, false);
        sim::drive(7, true);
        sim::drive(7, false);
    });
    sim::at(25ms, [] { sim::drive(7, true); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in};
        co_await pin.wait_for_any_edge();
        trace("seen");
        co_await sleep_ms(15);
        co_await pin.wait_for_any_edge();
        trace("seen");
    };
    CHECK(run(body()));
    trace.expect({"5 seen", "25 seen"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: a storm of edges costs one wake an await") {
    int wakes = 0;
    for (int i = 1; i <= 1000; ++i) {
        sim::at(sim::Duration{i}, [i] { sim::drive(7, i % 2 != 0); });
    }
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in};
        for (int i = 0; i < 5; ++i) {
            co_await pin.wait_for_any_edge();
            ++wakes;
            co_await sleep(100us);
        }
        CHECK(sim::now() < 520us);
    };
    CHECK(run(body()));
    CHECK(wakes == 5);
}

TEST_CASE_FIXTURE(Simulated, "Pin: many edges in the very moment of the wait count once") {
    sim::at(1ms, [] {
        for (int i = 0; i < 101; ++i) sim::drive(7, i % 2 == 0);
    });
    auto counts = [&](Pin pin) -> Coro<> {
        while (true) {
            co_await pin.wait_for_any_edge();
            trace("edge");
        }
    };
    auto body = [&]() -> Coro<> {
        create_task(counts(Pin{7, Pin::in}));
        co_await sleep_ms(2);
    };
    CHECK(run(body()));
    trace.expect({"1 edge"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: tasks that wait for different pins are woken each by its own") {
    sim::at(1ms, [] { sim::drive(3, true); });
    sim::at(2ms, [] { sim::drive(1, true); });
    sim::at(3ms, [] { sim::drive(2, true); });
    auto waits = [&](unsigned number) -> Coro<> {
        const Pin pin{number, Pin::in};
        co_await pin.wait_for_rising_edge();
        trace("pin", number);
    };
    auto body = [&]() -> Coro<> { co_await gather(waits(1), waits(2), waits(3)); };
    CHECK(run(body()));
    trace.expect({"1 pin 3", "2 pin 1", "3 pin 2"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: edges of several pins in one interrupt wake all who wait, in the order of the edges") {
    sim::at(1ms, [] {
        sim::drive(2, true);
        sim::drive(3, true);
        sim::drive(1, true);
    });
    auto waits = [&](unsigned number) -> Coro<> {
        const Pin pin{number, Pin::in};
        co_await pin.wait_for_rising_edge();
        trace("pin", number);
    };
    auto body = [&]() -> Coro<> { co_await gather(waits(1), waits(2), waits(3)); };
    CHECK(run(body()));
    trace.expect({"1 pin 2", "1 pin 3", "1 pin 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Pin: the second task that waits for one pin ends with Error::misuse, the first one is not disturbed") {
    sim::at(5ms, [] { sim::drive(7, false); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        auto first = create_task(waits_for_fall(trace, pin, 1));
        auto second = create_task(waits_for_fall(trace, pin, 2));
        auto result = co_await catch_cancelled(second);
        CHECK(result == misuse);
        co_await first;
        CHECK(sim::now() == 5ms);
    };
    CHECK(run(body()));
    trace.expect({"5 fall seen by 1"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: a cancelled wait is disarmed, and the pin is free for the next task") {
    sim::at(5ms, [] { sim::drive(7, false); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        auto first = create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
        CHECK(first.cancel());
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        auto second = create_task(waits_for_fall(trace, pin, 2));
        co_await second;
    };
    CHECK(run(body()));
    trace.expect({"5 fall seen by 2"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: a wait that timed out is disarmed; an edge before, at and after the deadline does no harm") {
    for (int at_us = 998; at_us <= 1002; ++at_us) {
        for_each_order(
            [&] {
                sim::at(sim::Duration{at_us}, [] { sim::drive(7, false); });
                sim::at(2ms, [] { sim::drive(7, true); });
                sim::at(3ms, [] { sim::drive(7, false); });
                auto body = [&]() -> Coro<> {
                    Pin pin{7, Pin::in, Pin::pull_up};
                    auto result = co_await wait_for(pin.wait_for_falling_edge(), 1ms);
                    if (at_us < 1000) CHECK(result.has_value());
                    if (at_us > 1000) CHECK(result == Result<void>{std::unexpected{Error::timeout}});
                    co_await sleep_ms(1);
                    co_await pin.wait_for_falling_edge();
                    CHECK(sim::now() == 3ms);
                };
                CHECK(run(body()));
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "Pin: cancelled after the edge has struck, before its turn") {
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        auto first = create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
        sim::drive(7, false);
        CHECK(first.cancel());
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        sim::drive(7, true);
        auto second = create_task(waits_for_fall(trace, pin, 2));
        co_await sleep_ms(1);
        sim::drive(7, false);
        co_await second;
    };
    CHECK(run(body()));
    trace.expect({"2 fall seen by 2"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: the pin is free as soon as its waiter was cancelled, even before that one has been unwound") {
    sim::at(5ms, [] { sim::drive(7, false); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        auto first = create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
        CHECK(first.cancel());
        auto result = co_await catch_cancelled(pin.wait_for_falling_edge());
        CHECK(result == Result<void>{});
        CHECK(sim::now() == 5ms);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pin: the pin is free as soon as its waiter was woken by an edge, even before that one's turn") {
    sim::at(5ms, [] { sim::drive(7, false); });
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        auto first = create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
        sim::drive(7, false);
        sim::drive(7, true);
        auto result = co_await catch_cancelled(pin.wait_for_falling_edge());
        CHECK(result == Result<void>{});
        CHECK(sim::now() == 5ms);
        CHECK(first.done());
    };
    CHECK(run(body()));
    trace.expect({"1 fall seen by 1"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: a waiter that the end of the loop cancels leaves nothing behind for the next run") {
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::in, Pin::pull_up};
        create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    sim::drive(7, false);
    sim::drive(7, true);
    auto again = [&]() -> Coro<> {
        const Pin pin{7, Pin::in, Pin::pull_up};
        sim::at(4ms, [] { sim::drive(7, false); });
        co_await waits_for_fall(trace, pin, 2);
    };
    CHECK(run(again()));
    trace.expect({"4 fall seen by 2"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: a task's own write to a pin wakes who waits for its edge") {
    auto body = [&]() -> Coro<> {
        Pin pin{7, Pin::out};
        pin.on();
        auto task = create_task(waits_for_fall(trace, pin, 1));
        co_await sleep_ms(1);
        pin.off();
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"1 fall seen by 1"});
}

TEST_CASE_FIXTURE(Simulated, "Pin: edges around each other task's deadline are all seen, whichever the order") {
    for (int offset = -2; offset <= 2; ++offset) {
        for_each_order(
            [&] {
                int seen = 0;
                for (int i = 1; i <= 20; ++i) {
                    sim::at(sim::Duration{100 * i + offset}, [i] { sim::drive(7, i % 2 != 0); });
                }
                auto sleeper = [&]() -> Coro<> {
                    for (int i = 0; i < 20; ++i) co_await sleep(100us);
                };
                auto waiter = [&](Pin pin) -> Coro<> {
                    for (int i = 1; i <= 20; ++i) {
                        co_await pin.wait_for_any_edge();
                        CHECK(sim::now() == sim::Duration{100 * i + offset});
                        ++seen;
                    }
                };
                auto body = [&]() -> Coro<> { co_await gather(waiter(Pin{7, Pin::in}), sleeper()); };
                CHECK(run(body()));
                CHECK(seen == 20);
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "Pin: wires connect pins, also through others; of two levels that are driven low wins") {
    Pin out{1, Pin::out};
    Pin in{2, Pin::in, Pin::pull_up};
    Pin far{3, Pin::in, Pin::pull_up};
    CHECK(in.value() == 1);
    sim::wire(1, 2);
    CHECK(in.value() == 0);
    sim::wire(3, 2);
    CHECK(far.value() == 0);
    out.on();
    CHECK(far.value() == 1);
    sim::drive(3, false);
    CHECK(in.value() == 0);
    CHECK(out.value() == 0);
    sim::wire(1, 2, false);
    CHECK(out.value() == 1);
    CHECK(in.value() == 0);
    sim::wire(2, 3, false);
    CHECK(in.value() == 1);
    CHECK(far.value() == 0);
}

#include <optional>
#include <random>

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

constexpr unsigned a = 16;
constexpr unsigned b = 17;
Pin pin_a() { return Pin{a, Pin::in, Pin::pull_up}; }
Pin pin_b() { return Pin{b, Pin::in, Pin::pull_up}; }

Coro<> notes_positions(Trace& trace, Encoder& encoder) {
    while (true) {
        const auto position = co_await catch_cancelled(encoder.wait_for_change());
        if (!position) co_return;  // the encoder is gone, as the test ends
        trace("position", *position);
    }
}

/// A knob: it turns by quarter steps, each of which moves one contact.
class Knob {
public:
    /// Turns by a quarter step, at a time.
    void quarter(sim::Duration time, int direction, int edges = 1, std::uint64_t seed = 0) {
        // Forwards from rest: A closes, B closes, A opens, B opens. Backwards: B, A, B, A.
        const int before = place_;
        place_ = (place_ + direction + 4) % 4;
        const int moved = direction > 0 ? before : place_;  // an even one is of A
        const bool closes = direction > 0 ? before < 2 : place_ >= 2;
        const unsigned pin = moved % 2 == 0 ? a : b;
        if (edges == 1) {
            sim::at(time, [=] { sim::drive(pin, !closes); });
        } else {
            bounce(pin, time, closes, edges, 1ms, seed);
        }
    }
    void turn(sim::Duration time, int quarters, sim::Duration pace = 5ms, int edges = 1, std::uint64_t seed = 0) {
        for (int i = 0; i < (quarters < 0 ? -quarters : quarters); ++i) {
            quarter(time + i * pace, quarters < 0 ? -1 : 1, edges, seed + static_cast<std::uint64_t>(i));
        }
    }

private:
    int place_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Encoder: a detent is four quarter steps, told where the knob comes to rest") {
    Knob knob;
    knob.turn(100ms, 4);
    knob.turn(200ms, 8);
    knob.turn(300ms, -4);
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b()};
        encoder.start();
        auto positions = create_task(notes_positions(trace, encoder));
        co_await sleep_ms(1000);
        CHECK(encoder.position() == 2);
        CHECK(encoder.missed() == 0);
    };
    CHECK(run(body()));
    trace.expect({"115 position 1", "215 position 2", "235 position 3", "315 position 2"});
}

TEST_CASE_FIXTURE(Simulated, "Encoder: half a detent forth and back is no change") {
    Knob knob;
    for (const int quarters : {1, -1, 2, -2, 3, -3, -1, 1, -3, 3}) {
        static sim::Duration time = 0ms;
        time += 100ms;
        knob.turn(time, quarters);
    }
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b()};
        encoder.start();
        auto positions = create_task(notes_positions(trace, encoder));
        co_await sleep_ms(2000);
        CHECK(encoder.missed() == 0);
    };
    CHECK(run(body()));
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "Encoder: contacts that bounce never count twice, whatever the times of the edges") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        for_each_order(
            [&] {
                Knob knob;
                knob.turn(100ms, 12, 2ms, 31, seed);
                knob.turn(200ms, -8, 2ms, 31, seed + 100);
                auto body = [&]() -> Coro<> {
                    Encoder encoder{pin_a(), pin_b()};
                    encoder.start();
                    int changes = 0;
                    while (sim::now() < 1s) {
                        const auto position = co_await wait_for(encoder.wait_for_change(), 500ms);
                        if (!position) break;
                        ++changes;
                        CHECK(*position == (changes <= 3 ? changes : 6 - changes));
                    }
                    CHECK(changes == 5);
                    CHECK(encoder.position() == 1);
                    CHECK(encoder.missed() == 0);
                };
                CHECK(run(body()));
            },
            3);
    }
}

TEST_CASE_FIXTURE(Simulated, "Encoder: two quarter steps, or one, to a detent") {
    for (const int steps : {2, 1}) {
        CAPTURE(steps);
        for_each_order(
            [&] {
                Knob knob;
                knob.turn(100ms, 6);
                knob.turn(200ms, -2);
                auto body = [&]() -> Coro<> {
                    Encoder encoder{pin_a(), pin_b(), {.steps_per_detent = steps}};
                    encoder.start();
                    co_await sleep_ms(150);
                    CHECK(encoder.position() == 6 / steps);
                    co_await sleep_ms(150);
                    CHECK(encoder.position() == 4 / steps);
                };
                CHECK(run(body()));
            },
            3);
    }
}

TEST_CASE_FIXTURE(Simulated, "Encoder: limits hold the position, which leaves them at once the other way") {
    Knob knob;
    knob.turn(100ms, 20);
    knob.turn(300ms, -12);
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b(), {.min = 1, .max = 3}};
        CHECK(encoder.position() == 1);
        encoder.start();
        auto positions = create_task(notes_positions(trace, encoder));
        co_await sleep_ms(1000);
        encoder.position(7);
        CHECK(encoder.position() == 3);
        encoder.position(2);
        CHECK(encoder.position() == 2);
    };
    CHECK(run(body()));
    trace.expect({"115 position 2", "135 position 3", "315 position 2", "335 position 1"});
}

TEST_CASE_FIXTURE(Simulated, "Encoder: a task that comes late gets the newest position, once") {
    Knob knob;
    knob.turn(100ms, 12);
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b()};
        encoder.start();
        co_await sleep_ms(500);
        const auto late = co_await encoder.wait_for_change();
        CHECK(late == 3);
        CHECK(sim::now() == 500ms);
        const auto none = co_await wait_for(encoder.wait_for_change(), 1s);
        CHECK_FALSE(none.has_value());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Encoder: a missed quarter step is counted, and taken for one in the last direction") {
    Knob knob;
    knob.turn(100ms, 1);
    knob.turn(200ms, 2, 0ms);  // both contacts at once
    knob.turn(300ms, 1);
    knob.turn(400ms, -4);
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b()};
        encoder.start();
        auto positions = create_task(notes_positions(trace, encoder));
        co_await sleep_ms(1000);
        CHECK(encoder.missed() == 1);
    };
    CHECK(run(body()));
    trace.expect({"300 position 1", "415 position 0"});
}

TEST_CASE_FIXTURE(Simulated, "Encoder: an edge just before an interrupt is armed is seen") {
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b(), {.steps_per_detent = 1}};
        encoder.start();
        sim::strike([] { sim::drive(a, false); });
        const auto position = co_await encoder.wait_for_change();
        CHECK(position == 1);
        CHECK(sim::now() == 0ms);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Encoder: a wait before start() is misuse; start() twice is two tasks") {
    auto body = [&]() -> Coro<> {
        Encoder encoder{pin_a(), pin_b()};
        const auto early = co_await catch_cancelled(encoder.wait_for_change());
        CHECK(early.error() == Error::misuse);
        encoder.start();
        encoder.start();
        CHECK(encoder.started());
        const auto none = co_await wait_for(encoder.wait_for_change(), 1ms);
        CHECK(none.error() == Error::timeout);
        CHECK(encoder.started());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Encoder: waits end with Error::destroyed when it is destroyed, and the pins are free") {
    for (const auto when : {0ms, 50ms, 101ms}) {
        CAPTURE(when.count());
        for_each_order(
            [&] {
                Knob knob;
                knob.turn(100ms, 4, 20ms);
                auto body = [&]() -> Coro<> {
                    std::optional<Encoder> encoder{std::in_place, pin_a(), pin_b()};
                    encoder->start();
                    auto waits = [&]() -> Coro<> { (void)co_await encoder->wait_for_change(); };
                    auto waiting = create_task(waits());
                    co_await sleep(when);
                    if (when != 0ms) {
                        encoder.reset();
                        const auto ended = co_await catch_cancelled(waiting);
                        CHECK(ended == destroyed);
                    } else {
                        waiting.cancel();
                        encoder.reset();
                    }
                    co_await pin_a().wait_for_any_edge();
                    co_await pin_b().wait_for_any_edge();
                };
                CHECK(run(body()));
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: Encoder: cancelled at any moment, no change is lost") {
    struct World {
        Encoder encoder{Pin{a, Pin::in, Pin::pull_up}, Pin{b, Pin::in, Pin::pull_up}, {.steps_per_detent = 1}};
        int last = 0;
    };
    explored(
        [](Exploration& x) {
            auto& world = x.state<World>();
            world.encoder.start();
            auto takes = [&world]() -> Coro<> {
                while (world.last != 2) world.last = co_await world.encoder.wait_for_change();
            };
            x.background("a", takes);
            x.background("b", takes);
            x.task("knob", []() -> Coro<> {
                co_await sleep_ms(1);
                sim::drive(a, false);
                co_await sleep_ms(1);
                sim::drive(b, false);
                co_await sleep_ms(1);
            });
            x.check("the position is right", [&world] { return world.encoder.position() == 2 && world.encoder.missed() == 0; });
        },
        {"a", "b"}, {.time_passes = false});
}

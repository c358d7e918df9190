#include <optional>
#include <string>

#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr unsigned number = 15;
Pin pulled_up() { return Pin{number, Pin::in, Pin::pull_up}; }

void pulses(int count, sim::Duration period, sim::Duration width) {
    for (int i = 1; i <= count; ++i) sim::press(number, i * period, width);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "EdgeCounter: counts while nobody waits, and has the time and the level of each edge") {
    pulses(2, 100ms, 30ms);
    auto body = [&]() -> Coro<> {
        EdgeCounter<8> edges{pulled_up()};
        CHECK(bool{edges});
        CHECK(edges.count() == 0);
        CHECK(edges.next_nowait().error() == Error::unavailable);
        co_await sleep_ms(500);
        CHECK(edges.count() == 4);
        CHECK(edges.lost() == 0);
        for (const auto& [time, level] : {std::pair{100'000, 0}, {130'000, 1}, {200'000, 0}, {230'000, 1}}) {
            const EdgeSeen edge = co_await edges.next();
            CHECK(edge.time == static_cast<Time>(time));
            CHECK(edge.level == level);
        }
        CHECK(edges.next_nowait().error() == Error::unavailable);
        CHECK(edges.count() == 4);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "EdgeCounter: counts falling or rising edges only, if it is told to") {
    for (const Edges which : {Edges::falling, Edges::rising}) {
        sim::reset();
        pulses(3, 10ms, 3ms);
        auto body = [&]() -> Coro<> {
            EdgeCounter<4> edges{pulled_up(), which};
            co_await sleep_ms(100);
            CHECK(edges.count() == 3);
            const EdgeSeen edge = co_await edges.next();
            CHECK(edge.level == (which == Edges::rising ? 1 : 0));
            CHECK(edge.time == (which == Edges::rising ? 13'000U : 10'000U));
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "EdgeCounter: what has no room is counted and lost; the oldest stay") {
    pulses(5, 10ms, 3ms);
    auto body = [&]() -> Coro<> {
        EdgeCounter<3> edges{pulled_up()};
        co_await sleep_ms(100);
        CHECK(edges.count() == 10);
        CHECK(edges.lost() == 7);
        for (const unsigned time : {10'000U, 13'000U, 20'000U}) {
            const EdgeSeen edge = co_await edges.next();
            CHECK(edge.time == time);
        }
        sim::drive(number, false);
        const EdgeSeen later = co_await edges.next();
        CHECK(later.time == 100'000);
        CHECK(edges.lost() == 7);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "EdgeCounter: several pins are counted apart, beside tasks that wait for others") {
    auto body = [&]() -> Coro<> {
        EdgeCounter<2> first{Pin{1, Pin::in}}, second{Pin{2, Pin::in}};
        auto waits = []() -> Coro<> {
            for (int i = 0; i < 3; ++i) co_await Pin{3, Pin::in}.wait_for_rising_edge();
        };
        auto third = create_task(waits());
        for (int i = 0; i < 3; ++i) {
            co_await sleep_ms(1);
            for (const unsigned pin : {1U, 2U, 2U, 3U, 3U}) sim::drive(pin, !sim::level(pin));
        }
        co_await third;
        CHECK(first.count() == 3);
        CHECK(second.count() == 6);
        CHECK(second.lost() == 4);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "EdgeCounter: a pin has one user: a task that waits, a counter; and when it is gone, others may have it") {
    auto body = [&]() -> Coro<> {
        auto waits = []() -> Coro<> { co_await pulled_up().wait_for_falling_edge(); };
        {
            EdgeCounter<> edges{pulled_up()};
            EdgeCounter<> other{pulled_up()};
            CHECK_FALSE(bool{other});
            const auto none = co_await catch_cancelled(other.next());
            CHECK(none.error() == Error::misuse);
            const auto wait = co_await catch_cancelled(pulled_up().wait_for_any_edge());
            CHECK(wait == misuse);
            sim::drive(number, false);
            sim::drive(number, true);
            CHECK(edges.count() == 2);
            CHECK(other.count() == 0);
        }
        auto task = create_task(waits());
        co_await sleep_ms(1);
        EdgeCounter<> refused{pulled_up()};
        CHECK_FALSE(bool{refused});
        task.cancel();
        EdgeCounter<> follows{pulled_up()};  // before the task's next turn
        CHECK(bool{follows});
        const auto ended = co_await catch_cancelled(task);
        CHECK(ended == cancelled);
        sim::drive(number, false);
        CHECK(follows.count() == 1);
        CHECK(refused.count() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "EdgeCounter: waits end with Error::destroyed when it is destroyed") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            std::optional<EdgeCounter<4>> edges{std::in_place, pulled_up()};
            auto waits = [&]() -> Coro<> { (void)co_await edges->next(); };
            auto waiting = create_task(waits());
            co_await sleep_ms(1);
            edges.reset();
            sim::drive(number, false);
            const auto ended = co_await catch_cancelled(waiting);
            CHECK(ended == destroyed);
        };
        CHECK(run(body()));
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: EdgeCounter: cancelled at any moment, no edge is lost and none comes twice") {
    struct World {
        EdgeCounter<4> edges{Pin{number, Pin::in, Pin::pull_up}};
        Sequence<8> taken;
    };
    explored(
        [](Exploration& x) {
            auto& world = x.state<World>();
            auto takes = [&world]() -> Coro<> {
                const EdgeSeen edge = co_await world.edges.next();
                world.taken.add(edge.level);
            };
            x.background("a", takes);
            x.background("b", takes);
            x.task("pin", []() -> Coro<> {
                co_await yield();
                sim::drive(number, false);
                co_await yield();
                sim::drive(number, true);
                co_await sleep_ms(1);  // until nobody is ready
            });
            x.check("what was taken and what is left are the edges in order", [&world] {
                while (const auto edge = world.edges.next_nowait()) world.taken.add(edge->level);
                Sequence<8> all;
                all.add(0);
                all.add(1);
                return world.taken == all && world.edges.count() == 2 && world.edges.lost() == 0;
            });
        },
        {"a", "b"}, {.time_passes = false});
}

// Ticker and Delay under every schedule, with a cancellation at every await.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

// Ticker -------------------------------------------------------------------------------------------------------------------------

namespace {

struct Period {
    std::optional<Ticker> ticker{std::in_place, 2ms};
    Event event;
    Clock::time_point began{};
    int ticks = 0;     ///< of the one that counts, with those it missed
    int finished = 0;  ///< tasks that have come to their last line
};

/// Alone with its ticker: each tick once, on the grid, whatever comes between.
Coro<> counts(Exploration& x, Period& p, int rounds, bool hasty) {
    p.began = Clock::now();
    for (int round = 0; round < rounds; ++round) {
        std::optional<std::uint32_t> missed;
        if (hasty && round == 0) {
            const auto in_time = co_await wait_for(p.ticker->tick(), 1ms);
            if (in_time) missed = *in_time;
        } else {
            missed = co_await p.ticker->tick();
        }
        if (!missed) {  // it has taken nothing: the next gives the same tick; nor is it woken by the tick that it gave up
            co_await p.event.wait();
            x.require(p.event.is_set(), "woken by the event");
            continue;
        }
        p.ticks += 1 + static_cast<int>(*missed);
        x.require(Clock::now() >= p.began + 2ms * p.ticks, "not early");
        x.require(Clock::now() < p.began + 2ms * (p.ticks + 1), "each tick is counted, when it comes or as missed");
    }
    co_await sleep_ms(1);
    ++p.finished;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Ticker: each tick is given or counted as missed, also after a tick that was cancelled") {
    for (const bool hasty : {false, true}) {
        const auto scenario = [hasty](Exploration& x) -> Period& {
            auto& period = x.state<Period>();
            x.task("counts", counts(x, period, 3, hasty));
            x.task("busy", [&period]() -> Coro<> {
                co_await sleep_ms(3);
                period.event.set();
                co_await sleep_ms(2);
            });
            return period;
        };
        explored([&](Exploration& x) {
            auto& period = scenario(x);
            x.check("it came to its end", [&period] { return period.finished == 1; });
        });
        explored([&](Exploration& x) { scenario(x); }, {"counts"});
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: Ticker: after a late tick the next is on the grid again") {
    explored(
        [](Exploration& x) {
            auto& period = x.state<Period>();
            x.task("slow", [&x, &period]() -> Coro<> {
                const auto began = Clock::now();
                (void)co_await period.ticker->tick();
                co_await sleep_ms(3);
                const auto missed = co_await period.ticker->tick();
                x.require(missed == 0 && Clock::now() == began + 5ms, "late");
                (void)co_await period.ticker->tick();
                x.require(Clock::now() == began + 6ms, "on the grid");
            });
        },
        {"slow"}, {.time_passes = false});
}

TEST_CASE_FIXTURE(Simulated, "explored: Ticker shared by two, begun anew by a third: each waits for its ticks, none comes early") {
    explored(
        [](Exploration& x) {
            struct Shared : Period {
                Clock::time_point reset{};
            };
            auto& state = x.state<Shared>();
            const auto waits = [](Exploration& e, Shared& s) -> Coro<> {
                (void)co_await s.ticker->tick();
                e.require(Clock::now() >= s.reset + 2ms, "a whole period after it was begun anew");
                const auto first = Clock::now();
                const auto missed = co_await s.ticker->tick();
                e.require(missed == 0 && Clock::now() == first + 2ms, "the next");
                ++s.finished;
            };
            x.task("a", waits(x, state));
            x.task("b", waits(x, state));
            x.task("resets", [&state]() -> Coro<> {
                co_await sleep_ms(1);
                state.ticker->reset();
                state.reset = Clock::now();
            });
        },
        {"a", "resets"}, {.time_passes = false});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: Ticker destroyed at any moment ends those who wait with Error::destroyed, and nobody else") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Period>();
            const auto waits = [](Exploration& e, Period& s) -> Coro<> {
                if (!s.ticker) co_return;
                const auto tick = co_await catch_cancelled(s.ticker->tick());
                e.require(tick || tick.error() == Error::cancelled || !s.ticker, "only if it is gone");
                co_await yield();
            };
            x.task("a", waits(x, state));
            x.task("b", waits(x, state));
            x.strike("destroy", [&state] { state.ticker.reset(); });
        },
        {"a"});
}

// Delay --------------------------------------------------------------------------------------------------------------------------

namespace {

struct Light {
    Light() {
        delay.emplace(2ms, [this] { off(); });
    }
    void off() {
        ++fired;
        early |= !delay || Clock::now() < due;
        if (delay && again-- > 0) trigger();
    }
    void trigger() {
        delay->trigger();
        due = Clock::now() + 2ms;
    }

    std::optional<Delay> delay;
    Clock::time_point due{};
    int fired = 0;
    int again = 0;       ///< times that the callback triggers it anew
    bool early = false;  ///< or too late: after the end of the Delay
    int passed = 0;
};

Coro<> waits_for(Exploration& x, Light& l) {
    co_await l.delay->wait();
    x.require(l.fired != 0, "it has fired");
    ++l.passed;
    co_await sleep_ms(1);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Delay: fires once, a whole delay after the last trigger, and all who wait go on") {
    explored(
        [](Exploration& x) {
            auto& light = x.state<Light>();
            x.task("a", waits_for(x, light));
            x.task("b", waits_for(x, light));
            light.trigger();
            x.task("motion", [&x, &light]() -> Coro<> {
                co_await sleep_ms(1);
                light.trigger();
                x.require(light.delay->running() && !light.delay->fired(), "it runs");
            });
            x.always("not early", [&light] { return !light.early; });
            x.always("once a trigger", [&light] { return light.fired <= 2; });
            x.check("fired", [&light] { return light.fired >= 1; });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: Delay: stopped, it does not fire, and who waits does so until the next trigger, or its timeout") {
    explored(
        [](Exploration& x) {
            auto& light = x.state<Light>();
            light.trigger();
            x.task("hasty", [&x, &light]() -> Coro<> {
                const auto passed = co_await wait_for(light.delay->wait(), 2ms);
                x.require(!passed || light.fired != 0, "it has fired, or the time is up");
            });
            x.task("stops", [&x, &light]() -> Coro<> {
                co_await sleep_ms(1);
                light.delay->stop();
                const int before = light.fired;
                co_await sleep_ms(2);
                x.require(light.fired == before && !light.delay->running(), "stopped");
                light.trigger();
            });
            x.background("patient", waits_for(x, light));
            x.always("not early", [&light] { return !light.early; });
        },
        {"stops"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Delay triggered by its own callback, cleared, and destroyed at any moment") {
    explored(
        [](Exploration& x) {
            auto& light = x.state<Light>();
            light.again = 1;
            light.trigger();
            const auto waits = [](Exploration& e, Light& l) -> Coro<> {
                if (!l.delay) co_return;
                const auto passed = co_await catch_cancelled(l.delay->wait());
                e.require(passed || passed.error() == Error::cancelled || !l.delay, "it ends early only with the Delay");
                if (l.delay) l.delay->clear();
                co_await yield();
            };
            x.task("a", waits(x, light));
            x.task("b", waits(x, light));
            x.strike("destroy", [&light] { light.delay.reset(); });
            x.always("not early, twice at most", [&light] { return !light.early && light.fired <= 2; });
        },
        {"a"});
    explored([](Exploration& x) {
        auto& light = x.state<Light>();
        light.trigger();
        x.task("later", []() -> Coro<> { co_await sleep_ms(3); });
        x.strike("destroy", [&light] { light.delay.reset(); });
        x.always("not when it is gone", [&light] { return !light.early; });
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: Delay that starts a task: each time one, which goes on when the Delay is stopped or gone") {
    struct Alarm {
        std::optional<Delay> delay;
        int rings = 0;
        int rung = 0;
        Coro<> ring() {
            ++rings;
            co_await sleep_ms(1);
            ++rung;
        }
    };
    explored(
        [](Exploration& x) {
            auto& alarm = x.state<Alarm>();
            alarm.delay.emplace(1ms, [&alarm] { return alarm.ring(); });
            x.task("uses", [&x, &alarm]() -> Coro<> {
                alarm.delay->trigger();
                co_await alarm.delay->wait();
                const TaskHandle started = alarm.delay->task();
                alarm.delay->stop();
                alarm.delay.reset();
                while (!started.done()) co_await sleep_ms(1);
                x.require(alarm.rung == 1, "to its end");
            });
            x.always("one", [&alarm] { return alarm.rings <= 1; });
        },
        {"uses"}, {.time_passes = false});
}

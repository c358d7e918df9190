// The schedule explorer itself: what it finds, how it says it, and what it takes for equal.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

/// Example 06: between the read and the write other tasks run.
Coro<> count(int& counter) {
    const int seen = counter;
    co_await yield();
    counter = seen + 1;
}
Coro<> count_locked(int& counter, Lock& lock) {
    auto guard = co_await lock.scoped_lock();
    const int seen = counter;
    co_await yield();
    counter = seen + 1;
}

void race(Exploration& x) {
    auto& counter = x.state<int>(0);
    x.task("a", count(counter));
    x.task("b", count(counter));
    x.check("both counted", [&] { return counter == 2; });
}

/// The second task reads only after a while, so that first in, first out hides the race.
Coro<> count_later(int& counter, int yields) {
    for (int i = 0; i < yields; ++i) co_await yield();
    co_await count(counter);
}
void hidden_race(Exploration& x) {
    auto& counter = x.state<int>(0);
    x.task("a", count(counter));
    x.task("b", count_later(counter, 2));
    x.check("both counted", [&] { return counter == 2; });
}

Coro<> steps(int& done, int yields) {
    for (int i = 0; i < yields; ++i) co_await yield();
    ++done;
}

/// A lock whose waiter looks, gives up its turn, and only then waits: a release in between is lost.
struct BrokenLock {
    bool held = false;
    Event released;

    Coro<> acquire() {
        while (held) {
            co_await yield();
            released.clear();
            co_await released.wait();
        }
        held = true;
    }
    void release() {
        held = false;
        released.set();
    }
};
Coro<> uses(BrokenLock& lock) {
    co_await lock.acquire();
    co_await yield();
    lock.release();
}

Coro<> takes_both(Lock& first, Lock& second) {
    auto one = co_await first.scoped_lock();
    auto other = co_await second.scoped_lock();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explore: finds the race of example 06 and shows its cure") {
    const ExploreReport report = explore(race);
    CHECK_FALSE(report.ok());
    CHECK(report.schedule == "fifo");
    CHECK(report.trace ==
          "    0       0 ms   a starts, yields\n"
          "    1       0 ms   b starts, yields\n"
          "    2       0 ms   a goes on, ends\n"
          "    3       0 ms   b goes on, ends\n");

    const ExploreReport cured = explore([](Exploration& x) {
        struct State {
            int counter = 0;
            Lock lock;
        };
        auto& state = x.state<State>();
        for (const char* name : {"a", "b", "c"}) x.task(name, count_locked(state.counter, state.lock));
        x.check("all counted", [&] { return state.counter == 3; });
    });
    CHECK_MESSAGE(cured.ok(), cured.text);
    CHECK(cured.complete);
    CHECK(cured.random == 100);
}

TEST_CASE_FIXTURE(Simulated, "explore: what first in, first out hides, as text that shows the order of events") {
    const ExploreReport report = explore(hidden_race);
    CHECK(report.text == R"(explore: "both counted" does not hold at the end

The shortest order of events found that does it, with 2 deviations from first in, first out:

event       time
    0       0 ms   a starts, yields
    1       0 ms   b starts, yields
    2       0 ms * b goes on, yields   [a was next]
    3       0 ms * b goes on, yields   [a was next]
    4       0 ms   a goes on, ends
    5       0 ms   b goes on, ends
(* departs from first in, first out: another was next)

To see it again: replay(scenario, "2:1.3:1"), or UASYNC_SCHEDULE=2:1.3:1 in the environment.
Found after 6 schedules (12 states, 4 pruned)
)");
}

TEST_CASE_FIXTURE(Simulated, "replay: reproduces a schedule, by call and by environment, and says what does not fit") {
    const ExploreReport report = explore(hidden_race);
    const ExploreReport again = replay(hidden_race, report.schedule);
    CHECK(again.failure == report.failure);
    CHECK(again.trace == report.trace);
    CHECK(replay(hidden_race, "fifo").ok());
    CHECK(replay(hidden_race, "0:7").failure.find("does not fit") != std::string::npos);
    for (const char* text : {"", "x", "1", "1:", "1:2.", "2:1.1:1", "1:1,2:1"}) {
        CHECK(replay(hidden_race, text).failure.find("is no schedule") != std::string::npos);
    }
    setenv("UASYNC_SCHEDULE", report.schedule.c_str(), 1);
    const ExploreReport from_environment = explore(hidden_race);
    unsetenv("UASYNC_SCHEDULE");
    CHECK(from_environment.trace == report.trace);
    CHECK(from_environment.schedules == 1);
}

TEST_CASE_FIXTURE(Simulated, "explore: three tasks of five steps: every state once; without pruning, every order") {
    const auto scenario = [](int tasks, int yields) {
        return [=](Exploration& x) {
            auto& done = x.state<int>(0);
            for (int i = 0; i < tasks; ++i) x.task("t" + std::to_string(i), steps(done, yields));
            x.check("all are done", [&done, tasks] { return done == tasks; });
        };
    };
    ExploreReport report = explore(scenario(3, 4));
    CHECK_MESSAGE(report.ok(), report.text);
    CHECK(report.complete);
    CHECK(report.states == 6 * 6 * 6 - 1);  // how far each is, but for the end
    CHECK(report.schedules < 1000);         // of 15! / 5!^3 = 756,756

    report = explore(scenario(3, 1), {.random_runs = 0, .prune = false});
    CHECK(report.complete);
    CHECK(report.schedules == 90);  // 6! / 2!^3
    CHECK(report.pruned == 0);

    report = explore(scenario(3, 4), {.max_schedules = 50, .random_runs = 10});
    CHECK(report.ok());
    CHECK_FALSE(report.complete);
    CHECK(report.schedules == 50);
    report = explore(scenario(3, 4), {.max_deviations = 1, .random_runs = 0});
    CHECK_FALSE(report.complete);
    CHECK(report.deviations == 1);
}

TEST_CASE_FIXTURE(Simulated, "explore: a lost wake-up shows as a deadlock, with who waits where") {
    const ExploreReport report = explore([](Exploration& x) {
        auto& lock = x.state<BrokenLock>();
        x.task("a", uses(lock));
        x.task("b", uses(lock));
    });
    CHECK(report.failure == "deadlock: nothing is ready, and no deadline is set: b waits in Event::wait");
    CHECK(report.trace ==
          "    0       0 ms   a starts, yields\n"
          "    1       0 ms   b starts, yields\n"
          "    2       0 ms   a goes on, ends\n"
          "    3       0 ms   b goes on, waits in Event::wait\n");
}

TEST_CASE_FIXTURE(Simulated, "explore: two locks taken in opposite order") {
    const auto scenario = [](bool same_order) {
        return [=](Exploration& x) {
            auto& locks = x.state<std::array<Lock, 2>>();
            x.task("a", [&locks]() -> Coro<> {
                co_await yield();
                auto one = co_await locks[0].scoped_lock();
                co_await yield();
                auto other = co_await locks[1].scoped_lock();
            });
            x.task("b", takes_both(locks[same_order ? 0 : 1], locks[same_order ? 1 : 0]));
        };
    };
    CHECK(replay(scenario(false), "fifo").ok());
    ExploreReport report = explore(scenario(false));
    CHECK(report.failure ==
          "deadlock: nothing is ready, and no deadline is set: a waits in Lock::acquire, b waits in Lock::acquire");
    CHECK(report.trace ==
          "    0       0 ms   a starts, yields\n"
          "    1       0 ms * a goes on, yields   [b was next]\n"
          "    2       0 ms   b starts, waits in Lock::acquire\n"
          "    3       0 ms   a goes on, waits in Lock::acquire\n");
    report = explore(scenario(true));
    CHECK_MESSAGE(report.ok(), report.text);
}

TEST_CASE_FIXTURE(Simulated, "explore: leaks, errors that nobody looked at, and failed requirements") {
    ExploreReport report = explore([](Exploration& x) {
        x.task("leaks", []() -> Coro<> {
            auto child = sleep(1ms);
            co_await child;
            int unused = 0;
            (void)steps(unused, 1).release();
        });
    });
    CHECK(report.failure.find("leak: a frame of steps (") == 0);

    report = explore([](Exploration& x) {
        auto& event = x.state<std::optional<Event>>();
        event.emplace();
        x.task("waits", [&event]() -> Coro<> { co_await event->wait(); });
        x.strike("ends it", [&event] { event.reset(); });
    });
    CHECK(report.failure.find("task 'waits' ended with an error that nobody looked at: ") == 0);

    report = explore([](Exploration& x) {
        auto& inside = x.state<int>(0);
        const auto enters = [](Exploration& s, int& n) -> Coro<> {
            s.require(++n == 1, "one at a time");
            s.log("inside");
            co_await yield();
            --n;
        };
        x.task("a", enters(x, inside));
        x.task("b", enters(x, inside));
    });
    CHECK(report.failure == "\"one at a time\" does not hold");
    CHECK(report.trace.find("a starts, yields\n                     | inside\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Simulated, "explore: a livelock, proven by the state that comes back, or by its steps") {
    const auto scenario = [](Exploration& x) {
        auto& wants = x.state<std::array<bool, 2>>();
        const auto polite = [](bool& own, bool& other) -> Coro<> {
            while (true) {
                own = true;
                co_await yield();
                const bool conflict = other;
                co_await yield();
                if (!conflict) break;
                own = false;
                co_await yield();
            }
            own = false;
        };
        x.task("a", polite(wants[0], wants[1]));
        x.task("b", polite(wants[1], wants[0]));
    };
    ExploreReport report = explore(scenario);
    CHECK(report.failure.find("it does not end: what happens from event ") == 0);
    report = explore(scenario, {.max_steps = 30, .prune = false});
    CHECK(report.failure == "it does not end: there were 30 events");
}

TEST_CASE_FIXTURE(Simulated, "explore: strikes come at every moment, deadlines too, and cancellations at every await") {
    // In each complete exploration, all the outcomes that there are have been seen.
    std::vector<std::string> seen;
    const auto note = [&seen](const std::string& what) {
        if (std::find(seen.begin(), seen.end(), what) == seen.end()) seen.push_back(what);
        return true;
    };
    ExploreReport report = explore([&](Exploration& x) {
        struct State {
            std::uint32_t strikes = 0;
            std::uint32_t seen_at[3] = {};
        };
        auto& state = x.state<State>();
        x.strike("irq", [&state] { ++state.strikes; });
        x.task("a", [&state]() -> Coro<> {
            for (auto& moment : state.seen_at) {
                moment = state.strikes;
                co_await yield();
            }
        });
        x.check("seen",
                [&state, note] { return note(std::to_string(state.seen_at[0] * 100 + state.seen_at[1] * 10 + state.seen_at[2])); });
    });
    CHECK(report.complete);
    std::sort(seen.begin(), seen.end());
    CHECK(seen == std::vector<std::string>{"0", "1", "11", "111"});

    for (const bool time_passes : {true, false}) {
        seen.clear();
        report = explore(
            [&](Exploration& x) {
                auto& result = x.state<int>(0);
                x.task("a", [&result]() -> Coro<> {
                    auto late = co_await wait_for(steps(result, 3), 1ms);
                    if (!late) result = 7;
                });
                x.check("seen", [&result, note] { return note(std::to_string(result)); });
            },
            {.random_runs = 0, .time_passes = time_passes});
        CHECK(report.complete);
        std::sort(seen.begin(), seen.end());
        CHECK(seen == (time_passes ? std::vector<std::string>{"1", "7"} : std::vector<std::string>{"1"}));
    }

    seen.clear();
    report = explore([&](Exploration& x) {
        auto& progress = x.state<int>(0);
        x.task("a", [&progress]() -> Coro<> {
            for (progress = 1; progress < 4; ++progress) co_await sleep_ms(1);
        });
        x.cancel("a");
        x.check("seen", [&progress, note] { return note(std::to_string(progress)); });
    });
    CHECK(report.ok());
    CHECK(report.complete);
    std::sort(seen.begin(), seen.end());
    CHECK(seen == std::vector<std::string>{"0", "1", "2", "3", "4"});
}

TEST_CASE_FIXTURE(Simulated, "explore: a task in the background may wait for ever, but has to end when cancelled") {
    const auto serve = [](ThreadSafeFlag& flag, int& served) -> Coro<> {
        while (true) {
            co_await flag.wait();
            ++served;
        }
    };
    struct State {
        ThreadSafeFlag flag;
        Event stay;
        int served = 0;
    };
    ExploreReport report = explore([&](Exploration& x) {
        auto& state = x.state<State>();
        x.background("server", serve(state.flag, state.served));
        x.strike("irq", [&state] { state.flag.set(); }, 2);
        x.check("nothing is made up", [&state] { return state.served <= 2; });
    });
    CHECK_MESSAGE(report.ok(), report.text);
    CHECK(report.complete);
    report = explore([&](Exploration& x) {
        auto& state = x.state<State>();
        x.background("stays", [&state]() -> Coro<> {
            const int waited = state.served;  // GCC 12 wants a local before the await below
            (void)co_await catch_cancelled(state.stay.wait());
            state.served = waited;
            co_await state.stay.wait();
        });
        x.task("short", [&state]() -> Coro<> {
            ++state.served;
            co_await sleep_ms(1);
        });
    });
    CHECK(report.failure.find("deadlock: nothing is ready, and no deadline is set: stays waits in Event::wait") == 0);
}

TEST_CASE_FIXTURE(Simulated, "explore: tasks that only yield do not keep interrupts and deadlines away") {
    const ExploreReport report = explore([](Exploration& x) {
        auto& done = x.state<std::array<bool, 2>>();
        x.task("polls", [&done]() -> Coro<> {
            while (!done[0] || !done[1]) co_await yield();
        });
        x.task("sleeps", [&done]() -> Coro<> {
            co_await sleep_ms(1);
            done[0] = true;
        });
        x.strike("irq", [&done] { done[1] = true; });
    });
    CHECK_MESSAGE(report.ok(), report.text);
    CHECK(report.complete);
}

TEST_CASE_FIXTURE(Simulated, "explore: random orders find what a bounded search misses, and a seed repeats them") {
    const auto scenario = [](Exploration& x) {
        auto& order = x.state<std::array<int, 4>>();
        const auto mark = [](std::array<int, 4>& places, int id) -> Coro<> {
            co_await yield();
            for (int& place : places) {
                if (place != 0) continue;
                place = id;
                break;
            }
        };
        for (int i = 1; i <= 4; ++i) x.task("t" + std::to_string(i), mark(order, i));
        x.check("not backwards", [&order] { return order != std::array{4, 3, 2, 1}; });
    };
    const ExploreOptions options{.max_deviations = 0, .random_runs = 1000, .seed = 7};
    const ExploreReport report = explore(scenario, options);
    CHECK_FALSE(report.ok());
    CHECK(report.random > 0);
    CHECK(explore(scenario, options).text == report.text);
    CHECK(replay(scenario, report.schedule).failure == report.failure);
    CHECK(std::count(report.trace.begin(), report.trace.end(), '*') == 3);
}

TEST_CASE_FIXTURE(Simulated, "explore: state that it cannot see is noticed, and then nothing is pruned") {
    static int hidden = 0;
    static int turn = 0;
    static const auto note = [](int id) { hidden = hidden == 0 ? id : hidden; };  // called, so that no frame has a copy of it
    const auto scenario = [](Exploration& x) {
        hidden = 0;
        auto& event = x.state<Event>();
        for (int place = 0; place < 5; ++place) {
            // As wide as a reference: padding in the function would hold what was on the stack, and so be state of its own.
            const std::intptr_t id = (place + turn) % 5 + 1;
            x.task("t" + std::to_string(id), [&event, id]() -> Coro<> {
                co_await yield();
                if (id == 3) note(1);
                if (id == 2) note(2);
                co_await yield();
                co_await yield();
                if (id == 1 && hidden == 1) co_await sleep_ms(1);
                event.set();
            });
        }
    };
    // It is noticed where a sample shows it, which under a sanitizer, where frames hold all sorts of bytes, need not be in the first attempt.
    ExploreReport blind = explore(scenario, {.random_runs = 0});
    for (turn = 1; !blind.prune_off && turn < 5; ++turn) blind = explore(scenario, {.random_runs = 0});
    CHECK(blind.prune_off);
    CHECK(blind.text.find("x.fingerprint") != std::string::npos);
    const ExploreReport seeing = explore(
        [&](Exploration& x) {
            scenario(x);
            x.fingerprint([] { return static_cast<std::uint64_t>(hidden); });
        },
        {.random_runs = 0});
    CHECK_FALSE(seeing.prune_off);
    CHECK(seeing.complete);
}

// Several loops ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explore: the loops of a thread run in any order, and so do the tasks of each") {
    constexpr ExploreOptions every_order{.random_runs = 0, .prune = false};
    const auto three = [](Exploration& x) {
        auto& done = x.state<int>(0);
        auto& other = x.loop("other");
        x.task("a", steps(done, 1));
        x.task(other, "b", steps(done, 1));
        x.task(other, "c", steps(done, 1));
        x.check("all", [&done] { return done == 3; });
    };
    const ExploreReport orders = explore(three, every_order);
    CHECK_MESSAGE(orders.ok(), orders.text);
    CHECK(orders.complete);
    CHECK(orders.schedules == 90);  // 6! / 2!^3

    const ExploreReport states = explore(three);
    CHECK_MESSAGE(states.ok(), states.text);
    CHECK(states.complete);
    CHECK_FALSE(states.prune_off);
    CHECK(states.schedules < 40);

    const ExploreReport loops = explore(
        [](Exploration& x) {
            auto& done = x.state<int>(0);
            x.task("a", steps(done, 1));
            x.task(x.loop("second"), "b", steps(done, 1));
            x.task(x.loop("third"), "c", steps(done, 1));
        },
        every_order);
    CHECK(loops.schedules == 90);
}

TEST_CASE_FIXTURE(Simulated, "explore: a race between two loops, and its trace, which names the loops") {
    const auto race_of_loops = [](Exploration& x) {
        auto& counter = x.state<int>(0);
        auto& other = x.loop("other");
        x.task("a", count(counter));
        x.task(other, "b", count_later(counter, 2));
        x.task(other, "c", [&counter]() -> Coro<> {
            co_await sleep_ms(1);
            counter += 10;
        });
        x.check("both counted", [&] { return counter == 12; });
    };
    const ExploreReport report = explore(race_of_loops, {.time_passes = false});
    CHECK(report.failure == "\"both counted\" does not hold at the end");
    CHECK(report.trace ==
          "    0       0 ms * b (other) starts, yields   [a was next]\n"
          "    2       0 ms * c (other) starts, sleeps until 1 ms   [a was next]\n"
          "    4       0 ms * b (other) goes on, yields   [a was next]\n"
          "    5       0 ms   a starts, yields\n"
          "    6       0 ms   b (other) goes on, yields\n"
          "    7       0 ms   a goes on, ends\n"
          "    8       0 ms   b (other) goes on, ends\n"
          "    9       0 ms   time passes, to 1 ms\n"
          "   10       1 ms   c (other) goes on, ends\n");
    CHECK(replay(race_of_loops, report.schedule, {.time_passes = false}).trace == report.trace);
}

TEST_CASE_FIXTURE(Simulated, "explore: a deadlock of tasks of two loops, and a cancellation in the other loop") {
    const ExploreReport deadlock = explore([](Exploration& x) {
        struct State {
            Lock first;
            Lock second;
        };
        auto& state = x.state<State>();
        x.task("here", takes_both(state.first, state.second));
        x.task(x.loop("other"), "there", [&state]() -> Coro<> {
            const auto one = co_await state.second.scoped_lock();
            co_await yield();
            const auto two = co_await state.first.scoped_lock();
        });
    });
    CHECK(deadlock.failure ==
          "deadlock: nothing is ready, and no deadline is set: here waits in Lock::acquire, there (other) waits in Lock::acquire");

    const ExploreReport cancelled = explore([](Exploration& x) {
        auto& waits = x.state<Event>();
        auto& unwound = x.state<int>(0);
        x.task(x.loop("other"), "there", [&waits, &unwound]() -> Coro<> {
            const auto waited = co_await catch_cancelled(waits.wait());
            if (!waited) ++unwound;
        });
        x.strike("irq", [&waits] { waits.set(); });
        x.cancel("there");
        x.check("nobody cancels it", [&unwound] { return unwound == 0; });
    });
    CHECK(cancelled.trace ==
          "    0       0 ms   there (other) starts, waits in Event::wait\n"
          "    1       0 ms * there (other) is cancelled in Event::wait   [irq was next]\n"
          "    2       0 ms   there (other) is unwound, as it was cancelled, ends\n"
          "    3       0 ms   irq strikes\n");
}

TEST_CASE_FIXTURE(Simulated, "explore: tasks in the background of another loop are cancelled, and have to end") {
    const auto serves = [](bool ends) {
        return explore([ends](Exploration& x) {
            auto& other = x.loop("other");
            auto& event = x.state<Event>();
            auto& ended = x.state<int>(0);
            x.background(other, "server", [&event, &ended, ends]() -> Coro<> {
                (void)co_await catch_cancelled(event.wait());
                co_await sleep_ms(1);
                ++ended;
                if (!ends) co_await event.wait();
            });
            x.task("client", steps(x.state<int>(0), 1));
        });
    };
    const ExploreReport good = serves(true);
    CHECK_MESSAGE(good.ok(), good.text);
    CHECK(good.complete);
    CHECK(serves(false).failure == "deadlock: nothing is ready, and no deadline is set: server (other) waits in Event::wait");
}

// Levels under every schedule, with a cancellation at every await.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

TEST_CASE_FIXTURE(Simulated, "explored: Priority: no task of a lower level runs while a higher one is ready") {
    struct State {
        int high_left = 2;
    };
    explored([](Exploration& x) {
        auto& state = x.state<State>();
        const auto high = [](State& s) -> Coro<> {
            co_await yield();
            --s.high_left;
        };
        const auto low = [](Exploration& e, State& s) -> Coro<> {
            e.require(s.high_left == 0, "both higher ones have run");
            co_await yield();
        };
        x.task("a", Priority{2}, high(state));
        x.task("b", Priority{2}, high(state));
        x.task("low", low(x, state));
        x.check("both ran", [&state] { return state.high_left == 0; });
    });
}

namespace {

struct Inheriting {
    Lock lock;
    int inside = 0;
    int high_waits = 0;
};

/// Holds the lock across two turns.
Coro<> low_holds(Exploration& x, Inheriting& s) {
    auto guard = co_await s.lock.scoped_lock();
    const Count count{s.inside};
    x.require(s.inside == 1, "one at a time");
    co_await yield();
    if (s.high_waits != 0) x.require(current_level(current_task()) == 3, "it inherits while the other waits");
    co_await yield();
}

Coro<> high_wants(Exploration& x, Inheriting& s) {
    co_await sleep_ms(1);
    std::optional<Count> waiting{std::in_place, s.high_waits};
    auto guard = co_await s.lock.scoped_lock();
    waiting.reset();
    const Count count{s.inside};
    x.require(s.inside == 1, "one at a time");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Priority: a level is inherited through a Lock, and given back") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Inheriting>();
            const auto low = x.task("low", low_holds(x, state));
            x.task("other low", low_holds(x, state));
            x.task("high", Priority{3}, high_wants(x, state));
            x.check("the lock is free", [&state] { return !state.lock.locked(); });
            x.always("who is not waited for has its own level",
                     [&state, low] { return state.high_waits != 0 || current_level(low) == 0; });
        },
        {"low", "high"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Priority: a lock destroyed while a task inherits through it") {
    struct State {
        std::optional<Lock> lock;
    };
    explored([](Exploration& x) {
        auto& state = x.state<State>();
        state.lock.emplace();
        const auto uses = [](State& s) -> Coro<> {
            if (!s.lock) co_return;
            const auto got = co_await catch_cancelled(s.lock->acquire());
            if (!got) co_return;
            co_await yield();
            if (s.lock) (void)s.lock->release();
        };
        x.task("low", uses(state));
        x.task("high", Priority{1}, uses(state));
        x.strike("destroy", [&state] { state.lock.reset(); });
    });
}

// Event, Lock and ThreadSafeFlag under every schedule, with a cancellation at every await.

#include <memory>
#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

TEST_CASE_FIXTURE(Simulated, "explored: Event wakes whoever waits, even if it is cleared before their turn") {
    struct State {
        Event event;
        int passed = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto waits = [](State& s) -> Coro<> {
                co_await s.event.wait();
                ++s.passed;
            };
            x.task("a", waits(state));
            x.task("b", waits(state));
            x.task("setter", [&state]() -> Coro<> {
                state.event.set();
                co_await yield();
                state.event.clear();
                co_await yield();
                state.event.set();
            });
            x.check("it is set", [&state] { return state.event.is_set(); });
        },
        {"a", "b"});
}

namespace {

struct Contended {
    Lock lock;
    Sequence<3> waiting;
    int inside = 0;
};

Coro<> uses(Exploration& x, Contended& s, int id, bool in_order) {
    const Arrival arrival{s.waiting, id};
    auto guard = co_await s.lock.scoped_lock();
    if (in_order) x.require(s.waiting.front() == id, "first come, first served");
    const Count count{s.inside};
    x.require(s.inside == 1, "one at a time");
    co_await yield();
    if (in_order) s.waiting.remove(id);
    co_await yield();
}

void contend(Exploration& x, bool in_order) {
    auto& state = x.state<Contended>();
    x.task("a", uses(x, state, 1, in_order));
    x.task("b", uses(x, state, 2, in_order));
    x.task("c", uses(x, state, 3, in_order));
    x.check("the lock is free", [&state] { return !state.lock.locked(); });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Lock: one at a time, first come first served, free at the end") {
    explored([](Exploration& x) { contend(x, true); });
    explored([](Exploration& x) { contend(x, false); }, {"a", "b"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Lock and a timeout: the lock is not lost between the two") {
    struct State {
        Lock lock;
        int inside = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto tries = [](Exploration& e, State& s) -> Coro<> {
                const auto got = co_await wait_for(s.lock.acquire(), 1ms);
                if (!got) co_return;
                {
                    const Count count{s.inside};
                    e.require(s.inside == 1, "one at a time");
                    co_await yield();
                }
                e.require(s.lock.release().has_value(), "it was held");
            };
            x.task("a", tries(x, state));
            x.task("b", tries(x, state));
            x.task("holder", [&state]() -> Coro<> {
                auto guard = co_await state.lock.scoped_lock();
                co_await sleep_ms(1);
            });
            x.check("the lock is free", [&state] { return !state.lock.locked(); });
        },
        {"holder"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Lock destroyed at any moment ends those who wait with Error::destroyed") {
    struct State {
        std::optional<Lock> lock;
        int destroyed = 0;
    };
    explored([](Exploration& x) {
        auto& state = x.state<State>();
        state.lock.emplace();
        const auto uses = [](State& s) -> Coro<> {
            if (!s.lock) co_return;
            const auto got = co_await catch_cancelled(s.lock->acquire());
            if (!got) {
                s.destroyed += got.error() == Error::destroyed ? 1 : 100;
                co_return;
            }
            co_await yield();
            if (s.lock) (void)s.lock->release();
        };
        x.task("a", uses(state));
        x.task("b", uses(state));
        x.strike("destroy", [&state] { state.lock.reset(); });
        x.check("at most the two that waited", [&state] { return state.destroyed <= 2; });
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: ThreadSafeFlag: no interrupt is lost") {
    struct State {
        ThreadSafeFlag flag;
        int data = 0;
    };
    explored([](Exploration& x) {
        auto& state = x.state<State>();
        x.task("reader", [&state]() -> Coro<> {
            for (int seen = 0; seen < 3; seen = state.data) co_await state.flag.wait();
        });
        x.task("busy", []() -> Coro<> {
            for (int i = 0; i < 3; ++i) co_await yield();
        });
        const auto strikes = [&state] {
            ++state.data;
            state.flag.set();
        };
        x.strike("irq", strikes, 2);
        x.strike("thread", strikes);
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: ThreadSafeFlag: a waiter that is cancelled as it is woken leaves the flag to the next") {
    explored(
        [](Exploration& x) {
            auto& flag = x.state<ThreadSafeFlag>();
            const auto passes_on = [](ThreadSafeFlag& f) -> Coro<> {
                co_await f.wait();
                f.set();
            };
            x.task("a", passes_on(flag));
            x.task("b", passes_on(flag));
            x.task("c", passes_on(flag));
            x.strike("irq", [&flag] { flag.set(); });
            x.check("it is set", [&flag] { return flag.is_set(); });
        },
        {"a", "b"});
}

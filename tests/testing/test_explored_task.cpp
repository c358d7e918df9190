// Tasks, gather and wait_for under every schedule, with a cancellation at every await: every child ends, and nothing is left over.

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

struct State {
    Event event;
    ThreadSafeFlag flag;
    int alive = 0;
    int sum = 0;
};

Coro<int> child(State& s, int id) {
    const Count count{s.alive};
    if (id == 1) {
        co_await yield();
        s.event.set();
    } else {
        co_await s.event.wait();
        co_await sleep_ms(1);
    }
    co_return id;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: gather of coroutines: all its results or none, and no child outlives the loop") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            x.task("gathers", [&state]() -> Coro<> {
                auto [one, two] = co_await gather(child(state, 1), child(state, 2));
                state.sum = one + two;
            });
            x.check("all or nothing", [&state] { return state.sum == 3 || state.sum == 0; });
        },
        {"gathers"});
}

TEST_CASE_FIXTURE(Simulated, "explored: gather of tasks of which one is cancelled, with and without return_exceptions") {
    for (const bool patient : {false, true}) {
        explored(
            [patient](Exploration& x) {
                auto& state = x.state<State>();
                auto one = x.task("one", child(state, 1));
                auto three = x.task("three", [&state]() -> Coro<int> {
                    const Count count{state.alive};
                    co_await yield();
                    co_return 3;
                });
                const auto gathers = [](State& s, Task<int> a, Task<int> b) -> Coro<> {
                    auto [x1, x3] = co_await gather(a, b);
                    s.sum = x1 + x3;
                };
                const auto gathers_all = [](Exploration& e, State& s, Task<int> a, Task<int> b) -> Coro<> {
                    auto [x1, x3] = co_await gather(return_exceptions, a, b);
                    e.require(s.alive == 0, "patient");
                    s.sum = x1.value_or(0) + x3.value_or(0);
                };
                if (patient) {
                    x.task("gathers", gathers_all(x, state, one, three));
                } else {
                    x.task("gathers", gathers(state, one, three));
                }
                x.check("no child is left", [&state] { return state.alive == 0; });
            },
            {"one", "gathers"});
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: a task awaited by two: a cancellation of one reaches it and both") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            auto worker = x.task("worker", [&state]() -> Coro<int> {
                const Count count{state.alive};
                co_await yield();
                co_await sleep_ms(1);
                co_return 1;
            });
            const auto joins = [](State& s, Task<int> task) -> Coro<> { s.sum += co_await task; };
            x.task("a", joins(state, worker));
            x.task("b", joins(state, worker));
            x.check("no task is left", [&state] { return state.alive == 0; });
            x.always("once each", [&state] { return state.sum <= 2; });
        },
        {"worker", "a"});
}

TEST_CASE_FIXTURE(Simulated, "explored: wait_for: one inside the other, in any order of their ends") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto inner = [](Exploration& e, State& s) -> Coro<int> {
                const Count count{s.alive};
                const auto passed = co_await wait_for(s.flag.wait(), 1ms);
                if (!passed) e.require(passed.error() == Error::timeout, "the inner one gives its timeout");
                co_await yield();
                co_return passed ? 1 : 2;
            };
            const auto outer = [](Exploration& e, State& s, Coro<int> coroutine) -> Coro<> {
                const auto got = co_await wait_for(std::move(coroutine), 1ms);
                e.require(s.alive == 0, "what it waited for has ended");
                if (!got) e.require(got.error() == Error::timeout, "the outer one gives its timeout");
                s.sum = got ? *got : 4;
            };
            x.task("outer", outer(x, state, inner(x, state)));
            x.strike("irq", [&state] { state.flag.set(); });
            x.check("nothing is left", [&state] { return state.alive == 0; });
        },
        {"outer"});
}

TEST_CASE_FIXTURE(Simulated, "explored: catch_cancelled: clean-up that awaits is not cut short by the same cancellation") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            x.task("careful", [&state]() -> Coro<> {
                const Count count{state.alive};
                auto ended = co_await catch_cancelled(sleep(1ms));
                co_await yield();
                state.sum = 1;
                if (!ended) co_await pass_cancelled();
            });
            x.check("it ended, cleaned up unless it never began", [&state] { return state.alive == 0; });
        },
        {"careful"});
}

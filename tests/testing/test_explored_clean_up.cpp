// Clean-up that sleeps, in a group, a select and under limits, under every schedule and with a cancellation at each await: who has begun it does
// not cut it short, what fails in it is told, and whoever awaits it goes on afterwards.

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

struct State {
    Event never;  ///< is set
    int alive = 0;
    int cut_short = 0;
    int failed = 0;
    int finished = 0;
};

/// Ends only if it is cancelled, and then not at once.
Coro<> cleans(State& s, bool fails) {
    const Count count{s.alive};
    (void)co_await catch_cancelled(s.never.wait());
    const auto cleaned = co_await catch_cancelled(sleep_ms(1));
    if (!cleaned) ++s.cut_short;
    co_await yield();
    if (fails) {
        ++s.failed;
        co_await detail::FailAwaiter{Error::unavailable};
    }
    co_await pass_cancelled();
}

Coro<> fails_soon(State& s) {
    const Count count{s.alive};
    co_await yield();
    ++s.failed;
    co_await detail::FailAwaiter{Error::misuse};
}

struct Kind {
    bool body_waits;
    bool one_fails;
    bool clean_up_fails;
    bool limited;
};

Coro<> body(State& s, TaskGroup& group, Kind kind) {
    const Count count{s.alive};
    group.create_task(cleans(s, kind.clean_up_fails));
    if (kind.one_fails) group.create_task(fails_soon(s));
    if (kind.body_waits) co_await s.never.wait();
}

Coro<> owns(Exploration& x, State& s, Kind kind) {
    TaskGroup group;
    auto grouped = [&]() -> Coro<> {
        const auto result = co_await catch_cancelled(group(body(s, group, kind)));
        x.require(s.alive == 0, "all have ended");
        if (s.failed > 0) {
            x.require(result && !*result, "a failure takes the place of a cancellation");
        } else {
            if (result) x.require(!kind.one_fails, "a value only if nothing failed");
            if (!result) co_await pass_cancelled();
        }
    };
    if (kind.limited) {
        const auto result = co_await wait_for(grouped(), 1ms);
        if (!result) x.require(result.error() == Error::timeout && s.failed == 0, "the limit's timeout");
    } else {
        co_await grouped();
    }
    co_await sleep_ms(1);
    ++s.finished;
}

Coro<> cancels_again(Task<> task) {
    co_await sleep_ms(1);
    task.cancel();
    co_await yield();
    task.cancel();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: TaskGroup: clean-up that sleeps is not cut short, and what fails in it is told") {
    for (const Kind kind : {Kind{false, true, false, false}, Kind{true, true, false, false}, Kind{false, false, true, false},
                            Kind{true, false, true, false}, Kind{false, true, true, true}, Kind{true, false, true, true}}) {
        for (const bool again : {false, true}) {
            if (!again && !kind.limited && !kind.one_fails) continue;  // nobody would ever cancel it
            explored(
                [kind, again](Exploration& x) {
                    auto& state = x.state<State>();
                    auto owner = x.task("owner", owns(x, state, kind));
                    if (again) x.task("again", cancels_again(owner));
                    x.always("not cut short", [&state] { return state.cut_short == 0; });
                    x.check("all have ended", [&state] { return state.alive == 0; });
                },
                {"owner"});
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: select: the losers' clean-up, which sleeps, is not cut short") {
    for (const bool limited : {false, true}) {
        explored(
            [limited](Exploration& x) {
                auto& state = x.state<State>();
                const auto selects = [](State& s) -> Coro<> { co_await select(cleans(s, false), sleep_ms(1)); };
                const auto limits = [](Exploration& e, State& s, Coro<> coroutine, bool by_a_limit) -> Coro<> {
                    if (by_a_limit) {
                        const auto result = co_await wait_for(std::move(coroutine), 1ms);
                        if (!result) e.require(result.error() == Error::timeout, "the limit's timeout");
                    } else {
                        co_await std::move(coroutine);
                    }
                    e.require(s.alive == 0, "all have ended");
                    co_await sleep_ms(1);
                    ++s.finished;
                };
                auto owner = x.task("owner", limits(x, state, selects(state), limited));
                x.task("again", cancels_again(owner));
                x.always("not cut short", [&state] { return state.cut_short == 0; });
                x.check("all have ended", [&state] { return state.alive == 0; });
            },
            {"owner"});
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: wait_for: its own limit does not cut clean-up short; another's does, once, and is not lost") {
    for (const bool two : {false, true}) {
        const auto scenario = [two](Exploration& x, State& state) {
            const auto inner = [](Exploration& e, State& s) -> Coro<> {
                const auto result = co_await wait_for(cleans(s, false), 1ms);
                e.require(!result && result.error() == Error::timeout, "the inner limit's timeout");
                co_await sleep_ms(1);
            };
            const auto outer = [](Exploration& e, State& s, Coro<> coroutine) -> Coro<> {
                const auto result = co_await wait_for(std::move(coroutine), 3ms);
                e.require(s.alive == 0, "all have ended");
                if (!result) e.require(result.error() == Error::timeout, "the outer limit's timeout");
                co_await sleep_ms(1);
                ++s.finished;
            };
            x.task(
                "owner", two ? outer(x, state, inner(x, state)) : [](State& s, Coro<> coroutine) -> Coro<> {
                    co_await std::move(coroutine);
                    ++s.finished;
                }(state, inner(x, state)));
            x.always("cut short once at most", [&state] { return state.cut_short <= 1; });
            x.check("all have ended", [&state] { return state.alive == 0; });
        };
        explored([&](Exploration& x) {
            auto& state = x.state<State>();
            scenario(x, state);
            x.check("to its end", [&state] { return state.finished == 1; });
            if (!two) x.always("not cut short", [&state] { return state.cut_short == 0; });
        });
        explored(
            [&](Exploration& x) {
                auto& state = x.state<State>();
                scenario(x, state);
            },
            {"owner"});
    }
}

// select, race, wait, as_completed, shield, timeout, TaskGroup, AsyncGenerator, defer, TaskLocal and the calls on the loop under every
// schedule, with a cancellation at every await. Who goes on after one of them sleeps, so that a cancellation that comes too late is found.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

struct State {
    Queue<int, 1> queue;
    ThreadSafeFlag flag;
    Event never;  ///< is set
    int alive = 0;
    int ended = 0;
    int passed = 0;
    int got = 0;
    int finished = 0;  ///< tasks that have come to their last line
};

/// `scenario(x, state)` as `explored`; and if nobody cancels them, `tasks` tasks come to their end: no cancellation is left over.
template <class S>
void explored_to_its_end(const std::function<void(Exploration&, S&)>& scenario, int tasks,
                         std::initializer_list<const char*> cancelled) {
    explored([&](Exploration& x) {
        auto& state = x.state<S>();
        scenario(x, state);
        x.check("all have come to their end", [&state, tasks] { return state.finished == tasks; });
    });
    explored([&](Exploration& x) { scenario(x, x.state<S>()); }, cancelled);
}

/// After a wait: a task that can sleep has no cancellation left over.
Coro<> sleeps_on(State& s) {
    co_await sleep_ms(1);
    ++s.finished;
}

/// Takes an await to end, also when it is cancelled.
Coro<int> works(State& s, int id, int ms) {
    const Count count{s.alive};
    co_await sleep_ms(ms);
    ++s.ended;
    co_return id;
}
Coro<int> slow_to_end(State& s, int id, int ms) {
    const Count count{s.alive};
    const auto slept = co_await catch_cancelled(sleep_ms(ms));
    co_await yield();
    if (!slept) co_await pass_cancelled();
    ++s.ended;
    co_return id;
}

}  // namespace

// select, race -------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored: select: the winner's value is given, and what a loser would have taken is there") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            const auto takes = [](State& s) -> Coro<int> {
                const int message = co_await s.queue.get();
                ++s.ended;
                co_return message;
            };
            const auto passes = [](State& s) -> Coro<> {
                co_await s.flag.wait();
                ++s.passed;
            };
            x.task("selects", [&x, &state, takes, passes]() -> Coro<> {
                const auto first = co_await select(takes(state), passes(state));
                if (first.index() == 0) state.got = std::get<0>(first);
                x.require(state.ended + state.passed == 1 && state.ended == state.got, "one has won, and its value is given");
                co_await sleeps_on(state);
            });
            x.task("puts", [&state]() -> Coro<> { co_await state.queue.put(1); });
            x.strike("irq", [&state] { state.flag.set(); });
            x.always("not both", [&state] { return state.ended + state.passed <= 1; });
            x.check("the message is taken or there", [&state] { return state.ended + static_cast<int>(state.queue.qsize()) == 1; });
            x.check("so is the flag", [&state] { return state.passed + (state.flag.is_set() ? 1 : 0) == 1; });
        },
        1, {"selects"});
}

TEST_CASE_FIXTURE(Simulated, "explored: race under a timeout: no child outlives it, and the time is not up twice") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            x.task("races", [&x, &state]() -> Coro<> {
                std::array arms{slow_to_end(state, 0, 1), slow_to_end(state, 1, 3)};
                const auto won = co_await wait_for(race(std::move(arms)), 2ms);
                x.require(state.alive == 0, "both have ended");
                if (won) x.require(static_cast<int>(won->index) == won->value, "the value is the winner's");
                if (!won) x.require(won.error() == Error::timeout, "the time is up");
                co_await sleeps_on(state);
            });
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"races"});
    explored_to_its_end<State>(  // the same where it goes on in the limited coroutine
        [](Exploration& x, State& state) {
            const auto body = [](State& s) -> Coro<int> {
                std::array arms{slow_to_end(s, 0, 1), slow_to_end(s, 1, 3)};
                const auto won = co_await race(std::move(arms));
                co_await s.flag.wait();  // which nobody sets
                co_return won.value;
            };
            x.task("races", [&x, &state, body]() -> Coro<> {
                const auto won = co_await wait_for(body(state), 2ms);
                x.require(!won && won.error() == Error::timeout, "the time is up");
                co_await sleeps_on(state);
            });
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"races"});
}

TEST_CASE_FIXTURE(Simulated, "explored: select of a task that is cancelled by another") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            auto worker = x.task("worker", works(state, 1, 1));
            const auto selects = [](Exploration& e, State& s, Task<int> task) -> Coro<> {
                const auto first = co_await catch_cancelled(select(task, slow_to_end(s, 2, 1)));
                e.require(s.alive == 0, "both have ended");
                if (!first) e.require(first.error() == Error::cancelled, "as the winner, or itself");
                co_await sleeps_on(s);
            };
            x.task("selects", selects(x, state, worker));
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"worker", "selects"});
}

// wait, as_completed, shield -----------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored: wait counts those that are done, with and without a timeout, and leaves them alone") {
    for (const ReturnWhen when : {first_completed, first_exception, all_completed}) {
        for (const bool limited : {false, true}) {
            if (limited && when != all_completed) continue;
            explored_to_its_end<State>(
                [when, limited](Exploration& x, State& state) {
                    auto one = x.task("one", works(state, 1, 1));
                    auto two = x.task("two", works(state, 2, 2));
                    const auto waits = [](Exploration& e, State& s, Task<int> a, Task<int> b, ReturnWhen w, bool l) -> Coro<> {
                        const std::array tasks{a, b};
                        std::size_t done = 0;
                        if (l) {
                            done = co_await wait(tasks, w, 1ms);
                        } else {
                            done = co_await wait(tasks, w);
                        }
                        e.require(done == (a.done() ? 1U : 0U) + (b.done() ? 1U : 0U), "the number of those that are done");
                        const bool failed = (a.done() && a.error() != Error::none) || (b.done() && b.error() != Error::none);
                        const bool enough = w == first_completed ? done >= 1 : done == 2 || (w == first_exception && failed);
                        e.require(l || enough, "enough are done");
                        co_await sleeps_on(s);
                    };
                    x.task("waits", waits(x, state, one, two, when, limited));
                    x.check("they end", [&state] { return state.alive == 0; });
                },
                1, {"one"});
        }
    }
    explored([](Exploration& x) {
        auto& state = x.state<State>();
        auto one = x.task("one", works(state, 1, 1));
        const auto waits = [](Task<int> a) -> Coro<> {
            const std::array tasks{a};
            (void)co_await wait(tasks, all_completed, 1ms);
        };
        x.task("waits", waits(one));
        x.cancel("waits");
        x.check("undisturbed", [&state] { return state.ended == 1; });
    });
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: as_completed gives each task once, in the order of their ends, also after a cancelled next") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            const auto notes = [](State& s, int id, int ms) -> Coro<int> {
                const int value = co_await works(s, id, ms);
                co_return 10 * s.ended + value;  // when it ended, and which it is
            };
            auto one = x.task("one", notes(state, 1, 1));
            const auto collects = [](Exploration& e, State& s, Task<int> a, Coro<int> b) -> Coro<> {
                auto completed = as_completed(a, create_task(std::move(b)));
                int ids = 0;
                int ends = 0;
                bool hasty = true;
                while (true) {
                    std::optional<Task<int>> next;
                    if (hasty) {
                        auto soon = co_await wait_for(completed.next(), 1ms);
                        hasty = soon.has_value();
                        if (!soon) continue;
                        next = *soon;
                    } else {
                        next = co_await completed.next();
                    }
                    if (!next) break;
                    e.require(next->done(), "it is done");
                    const auto value = next->result();
                    ++s.got;
                    if (!value) continue;
                    e.require(*value / 10 > ends, "in the order of their ends");
                    ends = *value / 10;
                    ids |= *value % 10;
                }
                e.require(s.got == 2 && (ids == 3 || a.error() == Error::cancelled), "each once");
                co_await sleeps_on(s);
            };
            x.task("collects", collects(x, state, one, notes(state, 2, 1)));
            x.check("at most two", [&state] { return state.got <= 2; });
        },
        1, {"collects", "one"});
}

TEST_CASE_FIXTURE(Simulated, "explored: shield: a cancellation and a timeout of the waiter leave the task alone") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            auto saves = x.task("saves", slow_to_end(state, 7, 1));
            const auto waits = [](Exploration& e, State& s, Task<int> task) -> Coro<> {
                const auto saved = co_await wait_for(shield(task), 1ms);
                if (saved) e.require(*saved == 7 && s.ended == 1, "the value");
                if (!saved) e.require(saved.error() == Error::timeout, "the time is up");
                co_await sleeps_on(s);
            };
            x.task("waits", waits(x, state, saves));
            x.check("it was saved", [&state] { return state.ended == 1; });
        },
        1, {"waits"});
    explored_to_its_end<State>(  // the task itself may be cancelled
        [](Exploration& x, State& state) {
            auto saves = x.task("saves", slow_to_end(state, 7, 1));
            const auto waits = [](Exploration& e, State& s, Task<int> task) -> Coro<> {
                const auto saved = co_await catch_cancelled(shield(task));
                if (saved) e.require(*saved == 7, "the value");
                co_await sleeps_on(s);
            };
            x.task("waits", waits(x, state, saves));
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"saves", "waits"});
}

// timeout ------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored: timeout, moved while it runs: it strikes once, where it is, and not afterwards") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            const auto body = [](State& s, Timeout& limit) -> Coro<int> {
                const Count count{s.alive};
                co_await s.flag.wait();
                limit.reschedule(Clock::now() + 1ms);
                co_await yield();
                co_await sleep_ms(1);
                limit.reschedule(Clock::now() + 1s);
                co_await yield();
                co_return 1;
            };
            x.task("limited", [&x, &state, body]() -> Coro<> {
                auto limit = timeout(1ms);
                const auto result = co_await limit(body(state, limit));
                x.require(state.alive == 0, "what it limited has ended");
                if (!result) x.require(result.error() == Error::timeout && limit.expired(), "the time is up");
                co_await sleeps_on(state);
            });
            x.strike("irq", [&state] { state.flag.set(); });
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"limited"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: timeout, one in the other and moved from outside: of those that strike the outer one counts") {
    struct Limits : State {
        Timeout* outer = nullptr;
    };
    explored_to_its_end<Limits>(
        [](Exploration& x, Limits& state) {
            const auto inner = [](Exploration& e, Limits& s) -> Coro<int> {
                const Count count{s.alive};
                auto limit = timeout(1ms);
                const auto result = co_await limit(slow_to_end(s, 1, 2));
                e.require(s.alive == 1, "the innermost has ended");
                e.require(result || (result.error() == Error::timeout && limit.expired()), "its own");
                co_await sleep_ms(1);
                co_return 1;
            };
            x.task("limited", [&x, &state, inner]() -> Coro<> {
                auto limit = timeout(1s);
                state.outer = &limit;
                const auto result = co_await limit(inner(x, state));
                state.outer = nullptr;
                x.require(state.alive == 0, "what it limited has ended");
                x.require(result || (result.error() == Error::timeout && limit.expired()), "its own");
                co_await sleeps_on(state);
            });
            x.strike("move", [&state] {
                if (state.outer != nullptr && state.alive != 0) state.outer->reschedule(Clock::now());
            });
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"limited"});
}

// TaskGroup ----------------------------------------------------------------------------------------------------------------------

namespace {

Coro<> fails(State& s, int ms) {
    const Count count{s.alive};
    co_await sleep_ms(ms);
    ++s.ended;
    co_await detail::FailAwaiter{Error::unavailable};
}

/// Ends only if it is cancelled.
Coro<> endless(State& s) {
    const Count count{s.alive};
    co_await s.never.wait();
}

Coro<int> spawns(State& s, TaskGroup& group, bool one_fails, bool one_endless) {
    const Count count{s.alive};
    if (one_endless) {
        group.create_task(endless(s));
    } else {
        group.create_task(slow_to_end(s, 1, 1));
    }
    if (one_fails) group.create_task(fails(s, 1));
    co_await yield();
    co_return 5;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: TaskGroup: its tasks and body never outlive it, and its task can go on") {
    for (const bool one_fails : {false, true}) {
        explored_to_its_end<State>(
            [one_fails](Exploration& x, State& state) {
                x.task("owner", [&x, &state, one_fails]() -> Coro<> {
                    TaskGroup group;
                    const auto result = co_await catch_cancelled(group(spawns(state, group, one_fails, one_fails)));
                    x.require(state.alive == 0, "all have ended");
                    if (result && *result) x.require(**result == 5 && state.ended == 1 && !one_fails, "the body's value");
                    if (result && !*result) x.require(result->error() == Error::unavailable && one_fails, "the failure");
                    co_await sleeps_on(state);
                });
                x.check("none is left", [&state] { return state.alive == 0; });
            },
            1, {"owner"});
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: TaskGroup under a timeout: it ends whole, and the time is not up twice") {
    for (const bool one_fails : {false, true}) {
        explored_to_its_end<State>(
            [one_fails](Exploration& x, State& state) {
                x.task("owner", [&x, &state, one_fails]() -> Coro<> {
                    TaskGroup group;
                    const auto result = co_await wait_for(group(spawns(state, group, one_fails, true)), 1ms);
                    x.require(state.alive == 0, "all have ended");
                    if (!result) x.require(result.error() == Error::timeout, "the time is up");
                    co_await sleeps_on(state);
                });
                x.check("none is left", [&state] { return state.alive == 0; });
            },
            1, {"owner"});
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: TaskGroup cancelled from outside at any moment, and a child that creates tasks until the end") {
    struct Open : State {
        TaskGroup group;
        bool open = false;
    };
    explored_to_its_end<Open>(
        [](Exploration& x, Open& state) {
            const auto breeds = [](Open& s) -> Coro<> {
                const Count count{s.alive};
                (void)co_await catch_cancelled(yield());
                s.group.create_task(works(s, 1, 1));
                if (s.got == 1) s.group.create_task(endless(s));
            };
            const auto body = [breeds](Open& s) -> Coro<> {
                const Count count{s.alive};
                s.open = true;
                s.group.create_task(breeds(s));
                co_await sleep_ms(1);
            };
            x.task("owner", [&x, &state, body]() -> Coro<> {
                const auto result = co_await state.group(body(state));
                state.open = false;
                x.require(state.alive == 0, "all have ended");
                if (!result) x.require(result.error() == Error::cancelled && state.got == 1, "because of the cancel");
                co_await sleeps_on(state);
            });
            x.strike("cancel", [&state] {
                if (!state.open) return;
                state.got = 1;
                state.group.cancel();
            });
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        1, {"owner"});
}

TEST_CASE_FIXTURE(Simulated, "explored: TaskGroup cancelled by its body, which ends at once: nothing of that comes after") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            const auto body = [](State& s, TaskGroup& group) -> Coro<> {
                group.create_task(endless(s));
                co_await yield();
                group.cancel();
            };
            x.task("owner", [&x, &state, body]() -> Coro<> {
                TaskGroup group;
                const auto result = co_await group(body(state, group));
                x.require(state.alive == 0 && result.has_value(), "all have ended");
                co_await sleeps_on(state);
            });
        },
        1, {"owner"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: TaskGroup in a TaskGroup: a failure outside ends the inner one whole, one inside passes on") {
    for (const bool inside : {false, true}) {
        explored_to_its_end<State>(
            [inside](Exploration& x, State& state) {
                const auto inner = [](Exploration& e, State& s, bool one_fails) -> Coro<> {
                    TaskGroup group;
                    const auto ended = co_await catch_cancelled(group(spawns(s, group, one_fails, true)));
                    e.require(s.got == 0, "before the outer");
                    if (!ended) co_await pass_cancelled();
                    if (!*ended) co_await detail::FailAwaiter{ended->error()};
                };
                const auto body = [inner](Exploration& e, State& s, TaskGroup& group, bool in) -> Coro<> {
                    if (!in) group.create_task(fails(s, 1));
                    co_await inner(e, s, in);
                };
                x.task("owner", [&x, &state, inside, body]() -> Coro<> {
                    TaskGroup group;
                    const auto result = co_await group(body(x, state, group, inside));
                    state.got = 1;
                    x.require(state.alive == 0, "all have ended");
                    x.require(!result && result.error() == Error::unavailable, "the failure");
                    co_await sleeps_on(state);
                });
                x.check("none is left", [&state] { return state.alive == 0; });
            },
            1, {"owner"});
    }
}

// AsyncGenerator, defer, TaskLocal -----------------------------------------------------------------------------------------------

namespace {

AsyncGenerator<int> counts(State& s) {
    const Count count{s.alive};
    co_yield 1;
    co_await yield();
    co_yield 2;
    co_await sleep_ms(1);
    co_yield 3;
    co_await yield();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: AsyncGenerator: its values in order, and it ends when it does or is cancelled inside") {
    explored_to_its_end<State>(
        [](Exploration& x, State& state) {
            const auto reads = [](Exploration& e, State& s, int most) -> Coro<> {
                {
                    auto values = counts(s);
                    int expected = 1;
                    while (expected <= most) {
                        const auto value = co_await wait_for(values.next(), 1ms);
                        if (!value) {
                            const auto none = co_await values.next();
                            e.require(value.error() == Error::timeout && !none, "cut off, it has ended");
                            break;
                        }
                        if (!*value) {
                            e.require(expected == 4, "all have come");
                            break;
                        }
                        e.require(**value == expected++, "in order");
                    }
                }
                co_await sleeps_on(s);
            };
            x.task("reads", reads(x, state, 9));
            x.task("leaves early", reads(x, state, 2));
            x.check("none is left", [&state] { return state.alive == 0; });
        },
        2, {"reads"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: defer: work that has begun is cleaned up after, once and whole, unless that is cancelled itself") {
    struct Motor : State {
        int running = 0;
        int ramped = 0;
        int begun = 0;
        int whole = 0;
    };
    explored_to_its_end<Motor>(
        [](Exploration& x, Motor& motor) {
            const auto drives = [](Motor& m) -> Coro<int> {
                ++m.begun;
                const Count count{m.running};
                co_await sleep_ms(1);
                co_return 3;
            };
            x.task("drives", [&x, &motor, drives]() -> Coro<> {
                const auto cleans_up = [&]() -> Coro<> {
                    x.require(motor.running == 0, "after the work");
                    ++motor.ramped;
                    co_await yield();
                    co_await sleep_ms(1);
                    ++motor.whole;
                };
                const auto result = co_await wait_for(defer(drives(motor), cleans_up), 1ms);
                x.require(motor.ramped == 1, "cleaned up");
                x.require(result ? *result == 3 && motor.whole == 1 : result.error() == Error::timeout, "value or timeout");
                co_await sleeps_on(motor);
            });
            x.check("cleaned up, once", [&motor] { return motor.begun == motor.ramped && motor.running == 0; });
        },
        1, {"drives"});
    explored([](Exploration& x) {  // one cancellation, and no other: whole
        auto& motor = x.state<Motor>();
        const auto drives = [](Motor& m) -> Coro<> {
            ++m.begun;
            co_await sleep_ms(1);
            m.running = 1;  // came to its end
        };
        x.task("drives", [&motor, drives]() -> Coro<> {
            co_await defer(drives(motor), [&motor]() -> Coro<> {
                ++motor.ramped;
                co_await shield([](Motor& m) -> Coro<> {
                    co_await yield();
                    ++m.whole;
                }(motor));
            });
        });
        x.cancel("drives");
        x.check("cleaned up, once", [&motor] { return motor.begun == motor.ramped; });
        x.check("whole unless that was cancelled", [&motor] { return motor.whole == motor.ramped || motor.running == 1; });
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: TaskLocal: each task sees its own value, whoever ends or is cancelled first") {
    explored(
        [](Exploration& x) {
            auto& local = x.state<TaskLocal<int>>(-1);
            const auto sets = [](Exploration& e, TaskLocal<int>& variable, int id) -> Coro<> {
                const auto outer = variable.set(id);
                co_await yield();
                e.require(variable.get() == id, "its own");
                {
                    const auto inner = variable.set(10 * id);
                    co_await yield();
                    e.require(variable.get() == 10 * id, "the inner one");
                }
                co_await sleep_ms(1);
                e.require(variable.get() == id, "the outer one again");
            };
            x.task("one", sets(x, local, 1));
            x.task("two", sets(x, local, 2));
            x.task("none", [&x, &local]() -> Coro<> {
                co_await yield();
                x.require(local.get() == -1, "has set none");
            });
            x.check("no scope is left", [&local] { return local.get() == -1; });
        },
        {"one"});
}

// Calls on the loop --------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated,
                  "explored: call_soon_threadsafe from strikes: after the last one it is called, and never more often than asked") {
    struct Calls {
        int struck = 0;
        int seen = 0;
        int calls = 0;
        Event changed;
        Callback callback{[](void* self) {
                              auto& c = *static_cast<Calls*>(self);
                              ++c.calls;
                              c.seen = c.struck;
                              c.changed.set();
                          },
                          this};
    };
    explored(
        [](Exploration& x) {
            auto& calls = x.state<Calls>();
            Loop& loop = running_loop();
            x.task("waits", [&calls]() -> Coro<> {
                while (calls.seen < 3) {
                    calls.changed.clear();
                    co_await calls.changed.wait();
                }
            });
            x.task("busy", []() -> Coro<> {
                for (int i = 0; i < 2; ++i) co_await yield();
                co_await sleep_ms(1);
            });
            const auto strikes = [&calls, &loop] {
                ++calls.struck;
                (void)loop.call_soon_threadsafe(calls.callback);
            };
            x.strike("irq", strikes, 2);
            x.strike("thread", strikes);
            x.always("not more often than asked", [&calls] { return calls.calls <= calls.struck; });
        },
        {"busy"});
}

TEST_CASE_FIXTURE(Simulated, "explored: call_soon and call_later: called once, or not at all if cancelled before") {
    struct Calls {
        int soon = 0;
        int later = 0;
    };
    explored(
        [](Exploration& x) {
            auto& calls = x.state<Calls>();
            x.task("calls", [&x, &calls]() -> Coro<> {
                Loop& loop = running_loop();
                const auto soon = loop.call_soon([&calls] { ++calls.soon; });
                const auto later = loop.call_later(1ms, [&calls] { ++calls.later; });
                co_await sleep_ms(1);
                const bool called = calls.later != 0;
                x.require(later.cancel() != called, "cancelled if it was not called");
                co_await sleep_ms(1);
                x.require(calls.later == (called ? 1 : 0), "not any more");
                x.require(soon.done() == (calls.soon == 1), "called if it is done");
            });
            x.check("at most once", [&calls] { return calls.soon <= 1 && calls.later <= 1; });
        },
        {"calls"});
}

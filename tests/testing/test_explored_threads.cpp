// ThreadSafeQueue and run_coroutine_threadsafe under every schedule, with a cancellation at every await, and interrupts between any two steps.

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

struct Traffic {
    ThreadSafeQueue<int, 1> queue;
    Sequence<8> put;
    Sequence<8> got;
    int struck = 0;
};

Coro<> produces(Traffic& t, int first, int count) {
    for (int message = first; message < first + count; ++message) {
        const Result<void> put = co_await t.queue.put(message);
        if (put.has_value()) t.put.add(message);
    }
}

Coro<> consumes(Traffic& t) {
    while (true) {
        const Result<int> message = co_await t.queue.get();
        if (!message.has_value()) break;
        t.got.add(*message);
    }
}

Coro<> closes(Traffic& t, Task<> a, Task<> b) {
    (void)co_await catch_cancelled(a);
    (void)co_await catch_cancelled(b);
    t.queue.close();
}

void all_is_got(Exploration& x, Traffic& t) {
    x.check("what was put has come, in that order", [&t] {
        while (auto rest = t.queue.get_nowait()) t.got.add(*rest);
        return t.got == t.put;
    });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: ThreadSafeQueue, producers and a consumer cancelled") {
    explored(
        [](Exploration& x) {
            auto& t = x.state<Traffic>();
            auto a = x.task("a", produces(t, 1, 1));
            auto b = x.task("b", produces(t, 5, 1));
            x.task("consumer", consumes(t));
            x.background("helper", consumes(t));
            x.task("closer", closes(t, a, b));
            all_is_got(x, t);
        },
        {"a", "helper"}, {.random_runs = 50});
}

TEST_CASE_FIXTURE(Simulated, "explored: ThreadSafeQueue, an interrupt puts and another takes") {
    explored(
        [](Exploration& x) {
            auto& t = x.state<Traffic>();
            x.task("consumer", [&t]() -> Coro<> {
                const Result<int> message = co_await t.queue.get();
                if (message.has_value()) t.got.add(*message);
            });
            x.background("helper", consumes(t));
            x.strike(
                "put",
                [&t] {
                    const int message = ++t.struck;
                    if (t.queue.put_nowait(message).has_value()) t.put.add(message);
                },
                2);
            x.strike("close", [&t] { t.queue.close(); });
            all_is_got(x, t);
        },
        {"consumer"}, {.random_runs = 50});
}

TEST_CASE_FIXTURE(Simulated, "explored: ThreadSafeQueue, a putter waits for a place that an interrupt makes") {
    explored(
        [](Exploration& x) {
            auto& t = x.state<Traffic>();
            x.task("a", produces(t, 1, 2));
            x.task("b", produces(t, 5, 1));
            x.strike(
                "get",
                [&t] {
                    if (const auto message = t.queue.get_nowait()) t.got.add(*message);
                },
                2);
            x.strike("close", [&t] { t.queue.close(); });
            all_is_got(x, t);
        },
        {"a", "b"}, {.random_runs = 50});
}

TEST_CASE_FIXTURE(Simulated, "explored: run_coroutine_threadsafe: the task ends before it is done, whoever is cancelled") {
    struct State {
        int alive = 0;
        int ended = 0;
        int value = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            auto works = [&state]() -> Coro<int> {
                const Count counted{state.alive};
                co_await yield();
                ++state.ended;
                co_return 7;
            };
            auto& body = x.state<decltype(works)>(works);
            x.task("waiter", [&state, &body]() -> Coro<> {
                const auto remote = run_coroutine_threadsafe(body(), running_loop());
                const auto result = co_await catch_cancelled(remote);
                if (result.has_value()) state.value = *result;
                (void)co_await catch_cancelled(remote);  // cancelled, the wait has ended before the task
            });
            x.task("other", [&state, &body]() -> Coro<> {
                const auto remote = run_coroutine_threadsafe(body(), running_loop());
                (void)remote.cancel();
                const auto result = co_await catch_cancelled(remote);
                if (result.has_value()) state.value += 100;
            });
            x.check("nothing is left", [&state] { return state.alive == 0; });
            x.check("the value is the task's", [&state] { return state.value == 0 || (state.value == 7 && state.ended != 0); });
        },
        {"waiter", "other"}, {.random_runs = 50});
}

// Queue and Latest under every schedule, with a cancellation at every await: nothing lost, nothing twice, first in, first out.

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr int end_mark = -1;

struct Traffic {
    Queue<int, 1> queue;
    Sequence<8> put;
    Sequence<8> got;
};

Coro<> produces(Traffic& t, int first, int count) {
    for (int message = first; message < first + count; ++message) {
        co_await t.queue.put(message);
        t.put.add(message);
    }
}

Coro<> consumes(Traffic& t) {
    while (true) {
        const int message = co_await t.queue.get();
        if (message == end_mark) break;
        t.got.add(message);
    }
    co_await t.queue.put(end_mark);  // for the next
}

/// When all have been put: an end that each consumer passes on.
Coro<> closes(Traffic& t, Task<> a, Task<> b) {
    (void)co_await catch_cancelled(a);
    (void)co_await catch_cancelled(b);
    co_await t.queue.put(end_mark);
}

void traffic(Exploration& x, int messages_of_a, int messages_of_b) {
    auto& t = x.state<Traffic>();
    auto a = x.task("producer a", produces(t, 1, messages_of_a));
    auto b = x.task("producer b", produces(t, 5, messages_of_b));
    x.task("consumer", consumes(t));
    x.background("helper", consumes(t));
    x.task("closer", closes(t, a, b));
    x.check("what was put has come, in that order", [&t] { return t.got == t.put; });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Queue, producers cancelled") {
    explored([](Exploration& x) { traffic(x, 2, 1); }, {"producer a", "producer b"}, {.random_runs = 50});
}

TEST_CASE_FIXTURE(Simulated, "explored: Queue, a consumer cancelled") {
    explored([](Exploration& x) { traffic(x, 1, 1); }, {"helper"}, {.random_runs = 50});
}

TEST_CASE_FIXTURE(Simulated, "explored: Queue and a timeout: a message is got or still there") {
    struct State {
        Queue<int, 1> queue;
        int got = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            x.task("getter", [&state]() -> Coro<> {
                const auto message = co_await wait_for(state.queue.get(), 1ms);
                if (message) state.got += *message;
            });
            x.task("putter", [&state]() -> Coro<> {
                co_await sleep_ms(1);
                co_await state.queue.put(1);
            });
            x.check("got or there", [&state] {
                return state.got + static_cast<int>(state.queue.qsize()) == 1 || (state.got == 0 && state.queue.empty());
            });
            x.check("all or nothing", [&state] { return state.got <= 1; });
        },
        {"getter", "putter"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Latest: values only go forward, and the last one is seen") {
    struct State {
        Latest<int> latest;
        int seen = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto follows = [](Exploration& e, State& s) -> Coro<> {
                int value = 0;
                while (value != 3) {
                    value = co_await s.latest.get();
                    e.require(value >= s.seen, "forward");
                    s.seen = value;
                }
                s.latest.put(3);  // for the next
            };
            x.task("a", follows(x, state));
            x.task("b", follows(x, state));
            x.task("putter", [&state]() -> Coro<> {
                for (int value = 1; value <= 3; ++value) {
                    state.latest.put(value);
                    co_await yield();
                }
            });
            x.check("the last", [&state] { return state.seen == 3 && !state.latest.empty(); });
        },
        {"a"});
}

// TaskGroup and AsyncGenerator between two loops of a thread, under every schedule, with a cancellation at every await.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr ExploreOptions few_random{.random_runs = 20};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored, two loops: TaskGroup: its tasks wait for the other loop, and it ends after all of them") {
    struct State {
        Event event;
        Queue<int, 2> queue;
        int alive = 0;
        TaskGroup* group = nullptr;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            x.task("groups", [](Exploration& e, State& s) -> Coro<> {
                Loop& home = running_loop();
                {
                    TaskGroup group;
                    const auto child = [](State& its) -> Coro<> {
                        const Count count{its.alive};
                        co_await its.event.wait();
                        co_await its.queue.put(1);
                    };
                    const auto body = [&]() -> Coro<> {
                        group.create_task(child(s));
                        group.create_task(child(s));
                        co_return;
                    };
                    s.group = &group;
                    struct Gone {
                        State& of;
                        ~Gone() { of.group = nullptr; }
                    } const gone{s};
                    (void)co_await group(body());
                    e.require(s.alive == 0, "all its tasks have ended");
                }
                e.require(&running_loop() == &home, "it goes on in its own loop");
                co_await sleep_ms(1);
            }(x, state));
            x.task(other, "sets", [](State& s) -> Coro<> {
                s.event.set();
                co_return;
            }(state));
            x.task(other, "there", [](State& s) -> Coro<> {
                (void)co_await wait_for(s.queue.get(), 2ms);
                co_await yield();
                if (s.group != nullptr) s.group->cancel();
            }(state));
            x.check("none is left", [&state] { return state.alive == 0 && state.group == nullptr; });
        },
        {"groups", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated,
                  "explored, two loops: AsyncGenerator: fed by the other loop and dropped there, it cleans up and frees all") {
    struct State {
        Queue<int, 1> queue;
        std::optional<AsyncGenerator<int>> generator;
        int alive = 0;
        int cleaned = 0;
        int put = 0;
        int got = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            static constexpr auto values = [](State& s) -> AsyncGenerator<int> {
                const Count count{s.alive};
                while (true) {
                    const auto takes = [](State& its) -> Coro<int> {
                        const int message = co_await its.queue.get();
                        ++its.got;
                        co_return message;
                    };
                    const int value = co_await defer(takes(s), [] { return yield(); });
                    co_yield value;
                }
            };
            x.task("asks", [](Exploration& e, State& s) -> Coro<> {
                s.generator.emplace(values(s));
                for (int i = 0; i < 2 && s.generator; ++i) {
                    const auto value = co_await wait_for(s.generator->next(), 3ms);
                    if (!value) {
                        e.require(value.error() == Error::timeout || !s.generator, "it ends so only when it was dropped");
                        break;
                    }
                    e.require(value->has_value(), "there is no end to it");
                }
                co_await sleep_ms(1);
            }(x, state));
            x.task(other, "there", [](State& s) -> Coro<> {
                co_await s.queue.put(1);
                ++s.put;
                co_await yield();
                s.generator.reset();
                if (s.queue.put_nowait(2)) ++s.put;
            }(state));
            x.check("nothing is lost or left", [&state] {
                const bool kept = static_cast<int>(state.queue.qsize()) + state.got == state.put;
                state.generator.reset();
                return kept && state.alive == 0;
            });
        },
        {"asks", "there"}, few_random);
}

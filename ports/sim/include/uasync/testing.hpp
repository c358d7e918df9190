#pragma once
// The schedule explorer: runs a scenario under every order of its tasks, interrupts, cancellations and deadlines, up to a bound, and then
// under random ones. What breaks in any of them is shown as the shortest order of events that breaks it. For tests, on the simulation.
//
//     auto report = explore([](Exploration& x) {                 // called anew for each schedule
//         struct State { int counter = 0; };
//         auto& state = x.state<State>();
//         x.task("a", increment(state.counter));
//         x.task("b", increment(state.counter));
//         x.check("both counted", [&] { return state.counter == 2; });
//     });
//     CHECK_MESSAGE(report.ok(), report.text);
//
// A schedule fails if a check does not hold, if nothing can happen any more while a task waits (a deadlock, a lost wake-up), if an error is
// reported that nobody looked at, if frames are left over, or if the run does not end. docs/testing_your_firmware.md is the guide,
// docs/reference/testing.md says what pruning requires. Neighbours: `sim::shuffle` for one random order of a whole program.
// Tasks of several loops of a thread: `auto& other = x.loop("other"); x.task(other, "b", ...)`.
// Allocates; a few microseconds an event. Not inside `run`. For one thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <uasync/kernel/task.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/run.hpp>

namespace uasync {

namespace explorer {
class Run;
}

struct ExploreOptions {
    std::size_t max_steps = 1000;         ///< events of one run; one that has more does not end
    std::size_t max_schedules = 20'000;   ///< of the systematic search
    unsigned max_deviations = 1'000'000;  ///< how often a schedule may depart from first in, first out
    std::size_t random_runs = 100;        ///< after the systematic search
    std::uint64_t seed = 1;               ///< of the random runs
    bool prune = true;                    ///< leave a schedule that comes to a state which another one has been in
    bool time_passes = true;              ///< a deadline may be due between any two steps, not only when nothing is ready
};

struct ExploreReport {
    bool ok() const noexcept { return failure.empty(); }

    std::string text;      ///< for people: the counterexample, or how much was explored
    std::string failure;   ///< one line; empty if nothing failed
    std::string schedule;  ///< what `replay` takes; of the counterexample
    std::string trace;     ///< the counterexample's events, a line each

    std::size_t schedules = 0;  ///< that were run systematically
    std::size_t pruned = 0;     ///< of which were left, as the rest was known
    std::size_t states = 0;     ///< different ones that were met, if pruning
    std::size_t random = 0;     ///< random schedules that were run
    unsigned deviations = 0;    ///< the most that a schedule of the systematic search had
    bool complete = false;      ///< the systematic search has seen every order
    bool prune_off = false;     ///< equal states went different ways, so the search was repeated without pruning
};

/// What a scenario consists of.
class Exploration {
public:
    /// An S at the same address in every run, which takes part in recognising states byte by byte. It outlives the tasks.
    template <class S, class... A>
    S& state(A&&... arguments) {
        void* place = reserve(sizeof(S), alignof(S));
        S* object = ::new (place) S(std::forward<A>(arguments)...);
        destroy_later(place, [](void* p) noexcept { std::destroy_at(static_cast<S*>(p)); });
        return *object;
    }

    /// A task that has to end.
    template <class T>
    Task<T> task(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }
    /// The same of a function without parameters that returns a coroutine, which is kept as long: `[&]() -> Coro<> {...}`.
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(std::string_view name, F&& coroutine_function) {
        return task(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

    /// A task that need not end: it is cancelled, and has to end then, when all others have ended.
    template <class T>
    Task<T> background(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(std::string_view name, F&& coroutine_function) {
        return background(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

#if UASYNC_LOOPS
    /// One more loop of this thread, driven by `run_ready` between any two steps of the first, which is in `run`. One ready task has its
    /// step in each turn of it, any of them, as well as the timers that are due. Up to four. It ends with the run.
    EventLoop& loop(std::string_view name);

    /// The same in another loop. Their names are followed by the loop's in what is printed.
    template <class T>
    Task<T> task(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return task(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }
    template <class T>
    Task<T> background(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return background(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }
#endif

    /// An interrupt or another thread: strikes `times` times, between any two steps, and at the latest when nothing else can happen.
    void strike(std::string_view name, std::function<void()> happens, unsigned times = 1);

    /// The task of that name may be cancelled at any moment, up to so many times, or not at all.
    void cancel(std::string_view task, unsigned times = 1);

    /// Has to hold when all tasks but those in the background have ended.
    void check(std::string_view what, std::function<bool()> holds);
    /// Has to hold after every step.
    void always(std::string_view what, std::function<bool()> holds);
    /// Inside a task: has to be true.
    void require(bool holds, std::string_view what);

    /// A line of the trace. What was logged belongs to the state: runs with different logs are never taken for equal.
    void log(std::string_view text);

    /// A hash of what matters and is neither in a coroutine's frame nor in a `state`: what is on the heap, in globals.
    void fingerprint(std::function<std::uint64_t()> hash);

    explicit Exploration(explorer::Run& run) noexcept : run_{run} {}

private:
    void* reserve(std::size_t bytes, std::size_t alignment);
    void destroy_later(void* object, void (*destroy)(void*) noexcept);
    const char* keep(std::string_view name);
    void add(TaskState* state, const TaskHandle& task, bool in_background);

    explorer::Run& run_;
};

/// Runs the scenario under every schedule. With UASYNC_SCHEDULE in the environment, only under that one.
ExploreReport explore(const std::function<void(Exploration&)>& scenario, const ExploreOptions& options = {});

/// Runs the scenario under one schedule, as a report named it; `text` has its trace, whether it fails or not.
ExploreReport replay(const std::function<void(Exploration&)>& scenario, std::string_view schedule,
                     const ExploreOptions& options = {});

}  // namespace uasync

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <uasync/kernel/priority.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/run.hpp>

namespace uasync {

namespace explorer {
class Run;
}

/// How far explore() searches.
struct ExploreOptions {
    std::size_t max_steps = 1000;         ///< events of one run; a run with more counts as endless
    std::size_t max_schedules = 20'000;   ///< most schedules that the systematic search runs
    unsigned max_deviations = 1'000'000;  ///< how often a schedule may deviate from first in, first out
    std::size_t random_runs = 100;        ///< random schedules after the systematic search
    std::uint64_t seed = 1;               ///< seed of the random runs
    bool prune = true;                    ///< end a schedule that reaches a state which an earlier one has reached
    bool time_passes = true;              ///< a deadline may pass between any two steps, not only when no task is ready
};

/// What explore() or replay() found.
struct ExploreReport {
    /// Whether nothing failed. @return true if failure is empty
    bool ok() const noexcept { return failure.empty(); }

    std::string text;      ///< for people: the counterexample, or how much was explored
    std::string failure;   ///< what failed, in one line; empty if nothing did
    std::string schedule;  ///< schedule of the counterexample, for replay()
    std::string trace;     ///< events of the counterexample, one line each

    std::size_t schedules = 0;  ///< schedules that the systematic search ran
    std::size_t pruned = 0;     ///< how many of these ended early because the rest was known
    std::size_t states = 0;     ///< different states that were reached, with pruning
    std::size_t random = 0;     ///< random schedules that were run
    unsigned deviations = 0;    ///< most deviations of a schedule in the systematic search
    bool complete = false;      ///< true if the systematic search has seen every order
    bool prune_off = false;     ///< true if equal states went different ways, so that the search was repeated without pruning
};

/// What a scenario consists of: its tasks, interrupts, cancellations and checks. explore() passes one to the scenario for
/// each schedule.
class Exploration {
public:
    /// Makes an object that the tasks share. It has the same address in every run, its bytes are part of the explorer's
    /// state, and it lives longer than the tasks.
    /// @tparam S type of the object
    /// @tparam A types of the arguments
    /// @param arguments arguments of its constructor
    /// @return the object
    template <class S, class... A>
    S& state(A&&... arguments) {
        void* place = reserve(sizeof(S), alignof(S));
        S* object = ::new (place) S(std::forward<A>(arguments)...);
        destroy_later(place, [](void* p) noexcept { std::destroy_at(static_cast<S*>(p)); });
        return *object;
    }

    /// Adds a task that has to end.
    /// @tparam T what the coroutine returns
    /// @param name name for the trace, and for cancel()
    /// @param coroutine what the task runs; it refers to nothing that ends with the scenario function
    /// @return handle of the task
    template <class T>
    Task<T> task(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }
    /// Adds a task of a level that has to end.
    /// @tparam T what the coroutine returns
    /// @param name name for the trace, and for cancel()
    /// @param priority the task's level
    /// @param coroutine what the task runs; it refers to nothing that ends with the scenario function
    /// @return handle of the task
    template <class T>
    Task<T> task(std::string_view name, Priority priority, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), priority, keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }
    /// Adds a task that has to end, from a function, which is kept as long as the task: `[&]() -> Coro<> {...}`.
    /// @tparam F type of the function
    /// @param name name for the trace, and for cancel()
    /// @param coroutine_function function without parameters that returns a coroutine
    /// @return handle of the task
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(std::string_view name, F&& coroutine_function) {
        return task(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

    /// Adds a task that need not end: when all others have ended it is cancelled, and then it has to end.
    /// @tparam T what the coroutine returns
    /// @param name name for the trace, and for cancel()
    /// @param coroutine what the task runs
    /// @return handle of the task
    template <class T>
    Task<T> background(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }
    /// Adds a task that need not end, from a function, which is kept as long as the task.
    /// @tparam F type of the function
    /// @param name name for the trace, and for cancel()
    /// @param coroutine_function function without parameters that returns a coroutine
    /// @return handle of the task
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(std::string_view name, F&& coroutine_function) {
        return background(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

#if UASYNC_LOOPS
    /// Adds a loop of this thread. The first loop is in run(); the others have their turns, EventLoop::run_ready(),
    /// between any two of its steps. In each turn the timers that are due fire and one ready task, any of them, has its
    /// step. A real pass of run_ready() has several steps; it is among the orders. Tasks that are left in other loops at
    /// the end are cancelled before those of the first.
    /// @param name name for the trace, where it follows the names of the loop's tasks
    /// @return the loop, which ends with the run; up to four
    EventLoop& loop(std::string_view name);

    /// Adds a task of another loop that has to end.
    /// @tparam T what the coroutine returns
    /// @param loop a loop that loop() gave
    /// @param name name for the trace, and for cancel()
    /// @param coroutine what the task runs
    /// @return handle of the task
    template <class T>
    Task<T> task(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }
    /// Adds a task of another loop that has to end, from a function, which is kept as long as the task.
    /// @tparam F type of the function
    /// @param loop a loop that loop() gave
    /// @param name name for the trace, and for cancel()
    /// @param coroutine_function function without parameters that returns a coroutine
    /// @return handle of the task
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return task(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }
    /// Adds a task of another loop that need not end: when all others have ended it is cancelled, and then it has to end.
    /// @tparam T what the coroutine returns
    /// @param loop a loop that loop() gave
    /// @param name name for the trace, and for cancel()
    /// @param coroutine what the task runs
    /// @return handle of the task
    template <class T>
    Task<T> background(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }
    /// Adds a task of another loop that need not end, from a function, which is kept as long as the task.
    /// @tparam F type of the function
    /// @param loop a loop that loop() gave
    /// @param name name for the trace, and for cancel()
    /// @param coroutine_function function without parameters that returns a coroutine
    /// @return handle of the task
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return background(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }
#endif

    /// Adds an interrupt or another thread: it comes between any two steps, and at the latest when nothing else can
    /// happen.
    /// @param name name for the trace
    /// @param happens what it does; only what an interrupt handler may do
    /// @param times how often it comes
    void strike(std::string_view name, std::function<void()> happens, unsigned times = 1);

    /// Lets a task be cancelled at any moment, or not at all.
    /// @param task name of a task that was added before
    /// @param times how often at most
    void cancel(std::string_view task, unsigned times = 1);

    /// Adds a check for the end of a run: it has to hold when all tasks but those in the background have ended.
    /// @param what name of the check, for the report
    /// @param holds function that returns whether it holds
    void check(std::string_view what, std::function<bool()> holds);
    /// Adds a check that has to hold after every step.
    /// @param what name of the check, for the report
    /// @param holds function that returns whether it holds
    void always(std::string_view what, std::function<bool()> holds);
    /// Checks something now. For use inside tasks.
    /// @param holds what has to be true
    /// @param what name of the check, for the report
    void require(bool holds, std::string_view what);

    /// Adds a line to the trace. Lines are part of the explorer's state: runs with different lines are never taken for
    /// equal.
    /// @param text the line
    void log(std::string_view text);

    /// Tells the explorer about state that it cannot see: on the heap, in globals, in files.
    /// @param hash function that returns a hash of that state
    void fingerprint(std::function<std::uint64_t()> hash);

    /// Called by explore() and replay().
    /// @param run the run that this belongs to
    explicit Exploration(explorer::Run& run) noexcept : run_{run} {}

private:
    void* reserve(std::size_t bytes, std::size_t alignment);
    void destroy_later(void* object, void (*destroy)(void*) noexcept);
    const char* keep(std::string_view name);
    void add(TaskState* state, const TaskHandle& task, bool in_background);

    explorer::Run& run_;
};

/// Runs a scenario under every order of its tasks, interrupts, cancellations and deadlines, and reports the shortest
/// order that breaks it.
///
/// The scenario function is called once for each schedule. Tasks share what Exploration::state() makes; a reference to a
/// local variable of the scenario function dangles as soon as that returns. A schedule fails if a check does not hold, if
/// nothing can happen while a task waits (a deadlock, a lost wake-up), if the run does not end, if nobody looks at an
/// error or exception, or if frames are left over. With `UASYNC_SCHEDULE` in the environment only that schedule is run.
///
/// Each event is a step of a ready task up to its next await, an interrupt, a cancellation, or time passing to the next
/// deadline. The first schedule is first in, first out, and interrupts come when no task is ready. All schedules with one
/// deviation from that follow, then those with two, and so on, and finally random ones. A schedule that fails is run again
/// with deviations left out, and the shortest one that still fails is reported. It is written as `event:alternative`, such
/// as `2:1.7:3`.
///
/// **Pruning.** A schedule ends early when it reaches a state that an earlier one has reached. A state is the bytes of all
/// live frames and of the objects of Exploration::state(), the states and wait queues of all tasks, clock, alarms and pins,
/// the interrupts and cancellations that are left, and the lines of Exploration::log(). If a task or check depends on
/// anything else, tell Exploration::fingerprint(): objects on the heap (a `std::vector` is compared by its address),
/// globals (set them anew in each scenario) and files. One in eight schedules continues regardless. If the same event in
/// the same state then has another outcome, the search starts again without pruning; that finds most oversights, not all.
/// In a build with a static pool nothing is pruned and leaks are not seen.
///
/// **If the report says "not every order"**, the search ended at max_schedules or max_deviations. Usually a loop without
/// an end sleeps, so each time of day is a new state: give the loop a number of rounds.
///
/// @par Use it for
/// Races, lost wake-ups, deadlocks, livelocks, leaked frames and clean-up that a cancellation skips: what a test in one
/// order of events does not find. The guide is docs/testing_your_firmware.md.
/// @par Instead use
/// A plain test on the simulation, if the order does not matter; sim::shuffle() for random orders of a whole program;
/// sim::at() for an interrupt at one moment.
/// @par Cost
/// Some microseconds for each event, and heap. Three tasks of five steps have 756,756 orders but 215 states: a few
/// milliseconds. Not inside run(), where it ends the program, and for one thread at a time.
/// @par Fairness
/// None is assumed: any ready task may be next, also in orders that first in, first out never has, since the next change
/// of the program may bring them about.
///
/// @param scenario function that makes the tasks and checks of one run
/// @param options how far to search
/// @return what was found; print its text, and check ok()
/// @par Example
/// @code{.cpp}
/// #include <cstdio>
///
/// #include <uasync/testing.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> withdraw(int& balance, int amount) {
///     if (balance < amount) co_return;
///     co_await sleep_ms(10);              // asks the bank
///     balance -= amount;
/// }
///
/// Coro<> pay_in(int& balance, int amount) {
///     co_await yield();
///     balance += amount;
/// }
///
/// int main() {
///     ExploreReport report = explore([](Exploration& x) {  // called anew for each schedule
///         int& balance = x.state<int>(50);                 // what the tasks share
///         x.task("alice", withdraw(balance, 80));
///         x.task("carol", pay_in(balance, 100));
///         x.task("bob", withdraw(balance, 80));
///         x.cancel("carol");
///         x.always("no debts", [&] { return balance >= 0; });
///     });
///     std::printf("%s", report.text.c_str());
/// }
/// @endcode
/// @code{.unparsed}
/// explore: "no debts" does not hold
///
/// The shortest order of events found that does it, with 2 deviations from first in, first out:
///
/// event       time
///     0       0 ms * carol starts, yields   [alice was next]
///     1       0 ms * carol goes on, ends   [alice was next]
///     2       0 ms   alice starts, sleeps until 10 ms
///     3       0 ms   bob starts, sleeps until 10 ms
///     4       0 ms   time passes, to 10 ms; wakes alice, bob
///     5      10 ms   alice goes on, ends
///     6      10 ms   bob goes on, ends
/// (* departs from first in, first out: another was next)
///
/// To see it again: replay(scenario, "0:1.1:2"), or UASYNC_SCHEDULE=0:1.1:2 in the environment.
/// Found after 11 schedules (21 states, 6 pruned)
/// @endcode
ExploreReport explore(const std::function<void(Exploration&)>& scenario, const ExploreOptions& options = {});

/// Runs a scenario under one schedule and traces it.
/// @param scenario function that makes the tasks and checks of the run
/// @param schedule schedule from a report, such as "2:1.7:3"
/// @param options as for explore()
/// @return what was found; its text has the trace, whether the schedule fails or not
ExploreReport replay(const std::function<void(Exploration&)>& scenario, std::string_view schedule,
                     const ExploreOptions& options = {});

}  // namespace uasync

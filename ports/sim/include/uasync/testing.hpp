#pragma once

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

/// How far explore() searches.
struct ExploreOptions {
    std::size_t max_steps = 1000;         ///< events of one run; a run that has more counts as one that does not end
    std::size_t max_schedules = 20'000;   ///< runs of the systematic search
    unsigned max_deviations = 1'000'000;  ///< how often a schedule may depart from first in, first out
    std::size_t random_runs = 100;        ///< random runs after the systematic search
    std::uint64_t seed = 1;               ///< seed of the random runs
    bool prune = true;                    ///< leave a schedule that comes to a state that another one has been in
    bool time_passes = true;              ///< a deadline may be due between any two steps, not only when no task is ready
};

/// What explore() or replay() found.
struct ExploreReport {
    /// Whether no schedule failed. @return true if none did
    bool ok() const noexcept { return failure.empty(); }

    std::string text;      ///< for people: the counterexample, or how much was explored
    std::string failure;   ///< one line; empty if nothing failed
    std::string schedule;  ///< the counterexample's schedule, for replay()
    std::string trace;     ///< the counterexample's events, a line each

    std::size_t schedules = 0;  ///< schedules of the systematic search that were run
    std::size_t pruned = 0;     ///< how many of them were left because the rest was known
    std::size_t states = 0;     ///< different states that were met; 0 without pruning
    std::size_t random = 0;     ///< random schedules that were run
    unsigned deviations = 0;    ///< the most that a schedule of the systematic search had
    bool complete = false;      ///< whether the systematic search has seen every order
    bool prune_off = false;     ///< whether equal states went different ways, so that the search was repeated without pruning
};

/// What a scenario of explore() consists of: its tasks, interrupts, cancellations and checks.
class Exploration {
public:
    /// Makes an object that the tasks share. It is at the same address in every run, outlives the tasks, and is
    /// compared byte by byte to recognise states.
    ///
    /// A local variable of the scenario would dangle, because the scenario returns before its tasks run.
    /// @tparam S its type
    /// @tparam A the constructor arguments' types
    /// @param arguments the constructor's arguments
    /// @return a reference to it
    template <class S, class... A>
    S& state(A&&... arguments) {
        void* place = reserve(sizeof(S), alignof(S));
        S* object = ::new (place) S(std::forward<A>(arguments)...);
        destroy_later(place, [](void* p) noexcept { std::destroy_at(static_cast<S*>(p)); });
        return *object;
    }

    /// Creates a task that has to end.
    /// @tparam T the coroutine's result type
    /// @param name its name in the report and for cancel()
    /// @param coroutine what it runs
    /// @return its handle
    template <class T>
    Task<T> task(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }

    /// Creates a task from a function that returns a coroutine, such as `[&]() -> Coro<> {...}`, and keeps the
    /// function as long as the task.
    /// @tparam F a callable without parameters that returns a Coro
    /// @param name its name in the report and for cancel()
    /// @param coroutine_function gives what it runs
    /// @return its handle
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(std::string_view name, F&& coroutine_function) {
        return task(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

    /// Creates a task that need not end. When all others have ended it is cancelled, and then has to end.
    /// @tparam T the coroutine's result type
    /// @param name its name in the report and for cancel()
    /// @param coroutine what it runs
    /// @return its handle
    template <class T>
    Task<T> background(std::string_view name, Coro<T> coroutine) {
        Task<T> started = create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }

    /// Creates a task that need not end from a function that returns a coroutine, and keeps the function as long as
    /// the task.
    /// @tparam F a callable without parameters that returns a Coro
    /// @param name its name in the report and for cancel()
    /// @param coroutine_function gives what it runs
    /// @return its handle
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(std::string_view name, F&& coroutine_function) {
        return background(name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

#if UASYNC_LOOPS

    /// Makes one more loop of this thread; up to four. It ends with the run.
    ///
    /// The first loop is in run(); the others take their turns (EventLoop::run_ready) between any two of its steps.
    /// In a turn, the loop's due timers fire and one of its ready tasks, whichever the schedule says, runs for one
    /// step. So each step of each loop is a choice like all others, and real passes of `run_ready`, of several
    /// steps, are among the orders. The report shows the loop behind the names of its tasks:
    /// `consumer (other) goes on`. Tasks that are left in other loops at the end are cancelled before those of the
    /// first.
    /// @param name its name in the report
    /// @return the loop
    EventLoop& loop(std::string_view name);

    /// Creates a task of another loop that has to end.
    /// @tparam T the coroutine's result type
    /// @param loop what loop() gave
    /// @param name its name in the report and for cancel()
    /// @param coroutine what it runs
    /// @return its handle
    template <class T>
    Task<T> task(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, false);
        return started;
    }

    /// Creates a task of another loop from a function that returns a coroutine, and keeps the function as long as
    /// the task.
    /// @tparam F a callable without parameters that returns a Coro
    /// @param loop what loop() gave
    /// @param name its name in the report and for cancel()
    /// @param coroutine_function gives what it runs
    /// @return its handle
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto task(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return task(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }

    /// Creates a task of another loop that need not end.
    /// @tparam T the coroutine's result type
    /// @param loop what loop() gave
    /// @param name its name in the report and for cancel()
    /// @param coroutine what it runs
    /// @return its handle
    template <class T>
    Task<T> background(EventLoop& loop, std::string_view name, Coro<T> coroutine) {
        Task<T> started = loop.create_task(std::move(coroutine), keep(name));
        add(detail::TaskAccess::state(started), started, true);
        return started;
    }

    /// Creates a task of another loop that need not end from a function that returns a coroutine, and keeps the
    /// function as long as the task.
    /// @tparam F a callable without parameters that returns a Coro
    /// @param loop what loop() gave
    /// @param name its name in the report and for cancel()
    /// @param coroutine_function gives what it runs
    /// @return its handle
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    auto background(EventLoop& loop, std::string_view name, F&& coroutine_function) {
        return background(loop, name, state<std::decay_t<F>>(std::forward<F>(coroutine_function))());
    }
#endif

    /// Adds an interrupt, or another thread: it comes between any two steps, exactly as often as asked, at the
    /// latest when nothing else can happen.
    /// @param name its name in the report
    /// @param happens may do what an interrupt may
    /// @param times how often it comes
    void strike(std::string_view name, std::function<void()> happens, unsigned times = 1);

    /// Lets a task be cancelled at any moment, or not at all: before its first turn, in each await, just after it
    /// was woken.
    /// @param task the task's name
    /// @param times how often at most
    void cancel(std::string_view task, unsigned times = 1);

    /// Adds a condition that has to hold when all tasks but those in the background have ended.
    /// @param what its name in the report
    /// @param holds the condition
    void check(std::string_view what, std::function<bool()> holds);

    /// Adds a condition that has to hold after every step.
    /// @param what its name in the report
    /// @param holds the condition
    void always(std::string_view what, std::function<bool()> holds);

    /// Checks a condition inside a task.
    /// @param holds has to be true
    /// @param what its name in the report
    void require(bool holds, std::string_view what);

    /// Adds a line to the trace. It belongs to the state: runs with different logs are never taken as equal.
    /// @param text the line
    void log(std::string_view text);

    /// Adds a hash of what matters but is neither in a coroutine's frame nor in a state(): what is on the heap or
    /// in globals.
    /// @param hash gives the hash of the present contents
    void fingerprint(std::function<std::uint64_t()> hash);

    /// For explore(). @param run what runs the scenario
    explicit Exploration(explorer::Run& run) noexcept : run_{run} {}

private:
    void* reserve(std::size_t bytes, std::size_t alignment);
    void destroy_later(void* object, void (*destroy)(void*) noexcept);
    const char* keep(std::string_view name);
    void add(TaskState* state, const TaskHandle& task, bool in_background);

    explorer::Run& run_;
};

/// Runs a scenario under every order of its tasks, interrupts, cancellations and deadlines, up to a bound, then
/// under random ones, and shows the shortest order that breaks it.
///
/// A schedule fails if a check does not hold, if nothing can happen any more while a task waits (a deadlock or a
/// lost wake-up), if an error is reported that nobody looked at, if frames are left over, or if the run does not
/// end. With `UASYNC_SCHEDULE` in the environment, only that schedule is run.
///
/// @par Use it for
/// Races, lost wake-ups, deadlocks, livelocks, leaked frames, clean-up that a cancellation skips: what a test in
/// one order of events does not meet.
/// @par Instead use
/// A plain test on the simulation for what does not depend on the order; sim::shuffle() or `UASYNC_SEED` for random
/// orders of a whole program; sim::at() for an interrupt at one moment.
/// @par Cost
/// A few microseconds an event, and heap, on the host. Three tasks of five steps have 756,756 orders but 215
/// states, which take a few milliseconds.
/// @par Fairness
/// None is assumed: any ready task may be next. An order that first in, first out never has is explored too,
/// because the next change of the program may bring it about.
/// @par Errors
/// A call inside run() ends the program.
/// @par What happens in a run
/// The scenario is called once for each schedule, inside a run() on virtual time. Each event is one of these: a
/// ready task runs up to its next await; an interrupt comes; a task is cancelled; the clock goes to the next
/// deadline. A deadline may come before ready tasks continue, because a step may take long (`time_passes = false`
/// lets time pass only when no task is ready). The run ends when the tasks of Exploration::task have ended and all
/// interrupts have come. Then the checks are made, and the tasks of Exploration::background are cancelled and have
/// to end.
/// @par Search order
/// The first schedule is first in, first out; interrupts come when no task is ready, before time passes. Then
/// follow all schedules with one deviation from that, then with two, and so on, so the first failure has as few as
/// possible; then `random_runs` whose events are drawn from `seed`. A failing schedule is run again with deviations
/// left out, and what still fails is shown. A schedule is written as `event:alternative`, such as `2:1.7:3`;
/// replay() and `UASYNC_SCHEDULE` take it. If the report says `not every order`, the search ended at
/// `max_schedules` or `max_deviations`. The usual reason is an endless loop that sleeps, because each time of day
/// is a state of its own: give it a number of rounds, or set `max_deviations`.
/// @par Pruning
/// A schedule is left when it comes to a state that an earlier one has been in. A state is the bytes of all live
/// frames, the tasks' states and waiting lists, the objects of Exploration::state, the clock and alarms, the
/// simulated pins, the interrupts and cancellations that are left, and what was logged. The order of the ready
/// tasks does not count, because each order is explored; nor does what was printed. This is sound if what the tasks
/// and checks depend on is in there. It is not if something is on the heap (a `std::vector` or `std::string` is
/// compared by its address: use `std::array`, or hash the contents in Exploration::fingerprint), in a global or
/// static variable, a local of the test or a file (fingerprint again, and set it anew at the beginning of the
/// scenario), or if a check looks at what was printed (use Exploration::log).
/// @par Whether pruning was sound
/// One in eight of the schedules that come to a known state continues. Where the same event in the same state has
/// another outcome than before, the search starts again without pruning, and the report says so (`prune_off`). This
/// finds most oversights, not all. `prune = false` takes each order by itself, and the random runs never prune.
/// Livelocks are looked for where new states are met, and in the random runs: a state that comes back in one run
/// while only ready tasks could change anything is reported as one, after a run without that shortcut has also
/// failed to end. Frames come from the simulation's pool; in a build with a static pool nothing is pruned, and
/// leaks are not seen.
/// @param scenario called anew for each schedule; it adds tasks and checks, and returns
/// @param options how far to search
/// @return what was found
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/testing.hpp>
///
/// #include <cstdio>
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

/// Runs a scenario under one schedule.
/// @param scenario as for explore()
/// @param schedule as a report names it
/// @param options `max_steps` and `time_passes` count
/// @return what happened; `text` has the trace, whether it failed or not
ExploreReport replay(const std::function<void(Exploration&)>& scenario, std::string_view schedule,
                     const ExploreOptions& options = {});

}  // namespace uasync

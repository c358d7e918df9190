#pragma once

#include <array>
#include <ranges>
#include <span>
#include <tuple>
#include <variant>
#include <vector>

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

/// The type of #return_exceptions.
struct ReturnExceptions {};
/// As the first argument of gather(): give each child's failure back as a value.
inline constexpr ReturnExceptions return_exceptions{};

#if UASYNC_EXCEPTIONS

/// The result of one child of `gather(return_exceptions, ...)`: a Result, and on hosts also the exception.
/// @tparam T the child's result type
template <class T = void>
class [[nodiscard]] Outcome : public Result<T> {
public:
    using Result<T>::Result;

    /// A failure.
    /// @param error why the child has no value
    /// @param exception what it threw, or null
    Outcome(Error error, std::exception_ptr exception) noexcept
        : Result<T>{std::unexpected{error}}, exception_{std::move(exception)} {}

    /// What the child threw. @return null unless `error()` is Error::exception
    const std::exception_ptr& exception() const noexcept { return exception_; }

    /// Compares as a Result does; the exceptions do not count.
    /// @param a an outcome
    /// @param b another one
    /// @return true if both have equal values or equal errors
    friend constexpr bool operator==(const Outcome& a, const Outcome& b) { return a.result() == b.result(); }

    /// Compares with a value, a Result or a `std::unexpected`.
    /// @tparam U what a Result compares with
    /// @param a an outcome
    /// @param b the other operand
    /// @return true if they are equal as Results
    template <class U>
        requires(!std::is_same_v<U, Outcome>)
    friend constexpr bool operator==(const Outcome& a, const U& b) {
        return a.result() == b;
    }

private:
    constexpr const Result<T>& result() const noexcept { return *this; }
    std::exception_ptr exception_;
};
#else

/// The result of one child of `gather(return_exceptions, ...)`.
/// @tparam T the child's result type
template <class T = void>
using Outcome = Result<T>;
#endif

namespace detail {

class Gather;

/// One child of a gather.
struct GatherChild : TaskWatch {
    GatherChild() noexcept;
    Gather* owner = nullptr;
};

/// What is common to all gathers: waits until all children have ended or, unless `patient`, one has failed.
class Gather : CancelHook {
public:
    explicit Gather(bool patient) noexcept : CancelHook{&functions_of_gather}, patient_{patient} {}
    Gather(const Gather& unstarted) noexcept : Gather{unstarted.patient_} {}
    Gather& operator=(const Gather&) = delete;

protected:
    ~Gather() = default;
    /// False if there is nothing to wait for.
    bool start(std::span<GatherChild> children, Frame waiter) noexcept;
    /// Leaves the lists of the children that are still running.
    void leave(std::span<GatherChild> children) const noexcept;

private:
    friend struct GatherChild;
    void child_done(GatherChild& child) noexcept;

    static const Functions functions_of_gather;

    std::span<GatherChild> children_;
    TaskState* waiter_ = nullptr;
    std::size_t running_ = 0;
    bool patient_;
    bool cancelled_ = false;
    bool told_ = false;  ///< the waiter knows of a child's failure
};

template <class T>
Outcome<T> gathered_result(const Task<T>& task) {
    if (const Error e = task.error(); e != Error::none) {
#if UASYNC_EXCEPTIONS
        return Outcome<T>{e, task.exception()};
#else
        return std::unexpected{e};
#endif
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return take_value<T>(*TaskAccess::state(task));
    }
}

/// Rethrows the exception of the first child that has one (hosts).
template <class T>
void rethrow_failure([[maybe_unused]] const Task<T>& task) {
#if UASYNC_EXCEPTIONS
    if (task.done() && task.error() == Error::exception) take_value<T>(*TaskAccess::state(task));
#endif
}

template <bool Patient, class... T>
class GatherTuple : Gather {
public:
    explicit GatherTuple(Task<T>... tasks) noexcept : Gather{Patient}, tasks_{std::move(tasks)...} {}
    GatherTuple(GatherTuple&& unstarted) noexcept : Gather{unstarted}, tasks_{std::move(unstarted.tasks_)} {}
    GatherTuple& operator=(GatherTuple&&) = delete;
    ~GatherTuple() { leave(children_); }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept {
        std::size_t i = 0;
        std::apply([&](const auto&... task) { ((children_[i++].task = TaskAccess::state(task)), ...); }, tasks_);
        return start(children_, waiter);
    }
    auto await_resume() {
        detail::current_loop().current().cancel_requested = 0;  // a cancellation that was forwarded has been swallowed
        return std::apply(
            [](const auto&... task) {
                if constexpr (Patient) {
                    return std::tuple<Outcome<T>...>{gathered_result(task)...};
                } else {
                    (rethrow_failure(task), ...);
                    return std::tuple<NonVoid<T>...>{take_value<T>(*TaskAccess::state(task))...};
                }
            },
            tasks_);
    }

private:
    std::tuple<Task<T>...> tasks_;
    std::array<GatherChild, sizeof...(T)> children_;
};

/// `Tasks` is a std::array or std::vector of Task<T>, `Children` the same of GatherChild.
template <bool Patient, class T, class Tasks, class Children>
class GatherRange : Gather {
public:
    explicit GatherRange(Tasks tasks) : Gather{Patient}, tasks_{std::move(tasks)}, children_(places(tasks_)) {}
    GatherRange(GatherRange&& unstarted)  // NOLINT(performance-noexcept-move-constructor): a vector of places may throw
        : Gather{unstarted}, tasks_{std::move(unstarted.tasks_)}, children_(places(tasks_)) {}
    GatherRange& operator=(GatherRange&&) = delete;
    ~GatherRange() { leave(children_); }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept {
        for (std::size_t i = 0; i < tasks_.size(); ++i) children_[i].task = TaskAccess::state(tasks_[i]);
        return start(children_, waiter);
    }
    auto await_resume() {
        detail::current_loop().current().cancel_requested = 0;  // a cancellation that was forwarded has been swallowed
        if constexpr (!Patient) {
            for (const auto& task : tasks_) rethrow_failure(task);
        }
        const auto outcome = [](const Task<T>& task) {
            if constexpr (Patient) {
                return gathered_result(task);
            } else {
                return take_value<T>(*TaskAccess::state(task));
            }
        };
        if constexpr (requires { tasks_.reserve(1); }) {
            std::vector<decltype(outcome(tasks_[0]))> results;
            results.reserve(tasks_.size());
            for (const auto& task : tasks_) results.push_back(outcome(task));
            return results;
        } else {
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return std::array<decltype(outcome(tasks_[0])), sizeof...(I)>{outcome(tasks_[I])...};
            }(std::make_index_sequence<std::tuple_size_v<Tasks>>{});
        }
    }

private:
    static Children places(const Tasks& tasks) {
        if constexpr (requires { Children(tasks.size()); }) {
            return Children(tasks.size());
        } else {
            return {};
        }
    }

    Tasks tasks_;
    Children children_;
};

template <bool Patient, class T, std::size_t N>
auto gather_tasks(std::array<Task<T>, N> tasks) {
    return GatherRange<Patient, T, std::array<Task<T>, N>, std::array<GatherChild, N>>{std::move(tasks)};
}
template <bool Patient, class T>
auto gather_tasks(std::vector<Task<T>> tasks) {
    return GatherRange<Patient, T, std::vector<Task<T>>, std::vector<GatherChild>>{std::move(tasks)};
}

template <class X, std::size_t N, std::size_t... I>
auto array_of_tasks(std::array<X, N>& coroutines, std::index_sequence<I...>) {
    return std::array<Task<TaskResult<X>>, N>{as_task(std::move(coroutines[I]))...};
}

/// A task for each of them.
template <class X, std::size_t N>
auto all_as_tasks(std::array<X, N>&& coroutines) {
    return array_of_tasks(coroutines, std::make_index_sequence<N>{});
}
template <class R>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): its elements are moved from
auto all_as_tasks(R&& coroutines) {
    using X = std::ranges::range_value_t<R>;
    static_assert(TypedTask<X> || !std::is_lvalue_reference_v<R>,
                  "tasks keep what they run: say std::move, as in gather(std::move(coroutines))");
    if constexpr (!std::is_lvalue_reference_v<R>) {
        std::vector<Task<TaskResult<X>>> tasks;
        for (auto&& coroutine : coroutines) tasks.push_back(as_task(std::move(coroutine)));
        return tasks;
    } else if constexpr (TypedTask<X>) {
        return all_as_tasks(std::remove_cvref_t<R>{coroutines});
    }
}

template <class R>
concept RangeForTasks = std::ranges::range<R> && ForTask<std::ranges::range_value_t<R>>;

}  // namespace detail

/// Runs several coroutines as tasks at the same time and awaits them all.
///
/// @par Use it for
/// Several results at once: `auto [a, b] = co_await gather(f(), g());`.
/// @par Instead use
/// `co_await` one after the other if the order matters; TaskGroup if a failure has to stop the others; select() for
/// the first result; create_task() to await later.
/// @par Cost
/// A task each and, on a 32-bit board, 40 bytes of the awaiting frame each. No other allocation, except 32 bytes of
/// the pool for each child that continues after a failure.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// All children are cancelled, and it ends when they have ended. Their results stay in the tasks.
/// @par Fairness
/// The children start in the order of the arguments.
/// @par Errors
/// If a child fails, is cancelled or throws, so does the waiter, at once, and the others continue; what they fail
/// with later is not reported. Gathering oneself is Error::misuse.
/// @par Source
/// `asyncio.gather`
/// @tparam A the arguments' types
/// @param awaitables tasks, coroutines or other awaitables; all but tasks are started as tasks at once
/// @return an awaitable; `co_await` gives a `std::tuple` of the results in the order of the arguments, with
///   `std::monostate` for `void`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> measure(int value, int ms) {
///     co_await sleep_ms(ms);
///     co_return value;
/// }
/// Coro<int> broken() {
///     co_await sleep_ms(1);
///     co_await pass_cancelled();
///     co_return 0;
/// }
///
/// Coro<> async_main() {
///     auto [a, b] = co_await gather(measure(20, 30), measure(1013, 10));
///     print("{} and {} at {} ms\n", a, b, ticks_ms());
///
///     auto [good, bad] = co_await gather(return_exceptions, measure(5, 10), broken());
///     print("{} and {}\n", good.value_or(-1), bad.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 20 and 1013 at 30 ms
/// 5 and cancelled
/// @endcode
template <detail::ForTask... A>
[[nodiscard("co_await it")]] auto gather(A&&... awaitables) {
    return detail::GatherTuple<false, detail::TaskResult<A>...>{detail::as_task(std::forward<A>(awaitables))...};
}

/// Runs several coroutines as tasks at the same time and awaits them all; the failure of one is its result:
/// `gather(return_exceptions, f(), g())`.
/// @par When cancelled
/// All children are cancelled, and it ends when they have ended.
/// @tparam A the arguments' types
/// @param awaitables tasks, coroutines or other awaitables; all but tasks are started as tasks at once
/// @return an awaitable; `co_await` gives a `std::tuple` of Outcome in the order of the arguments
template <detail::ForTask... A>
[[nodiscard("co_await it")]] auto gather(ReturnExceptions, A&&... awaitables) {
    return detail::GatherTuple<true, detail::TaskResult<A>...>{detail::as_task(std::forward<A>(awaitables))...};
}

/// Runs the coroutines or tasks of a range at the same time and awaits them all: `gather(std::move(coroutines))`.
/// Otherwise as for arguments.
/// @par Cost
/// As for arguments with a `std::array`; other ranges use the heap, so they are for hosts.
/// @tparam R a `std::array`, or a range such as `std::vector`
/// @param awaitables a range of coroutines, which is moved, or of tasks
/// @return an awaitable; `co_await` gives a `std::array` or `std::vector` of the results in the same order, with
///   `std::monostate` for `void`
template <detail::RangeForTasks R>
[[nodiscard("co_await it")]] auto gather(R&& awaitables) {
    return detail::gather_tasks<false>(detail::all_as_tasks(std::forward<R>(awaitables)));
}

/// Runs the coroutines or tasks of a range at the same time and awaits them all; the failure of one is its result:
/// `gather(return_exceptions, std::move(coroutines))`.
/// @tparam R a `std::array`, or a range such as `std::vector`
/// @param awaitables a range of coroutines, which is moved, or of tasks
/// @return an awaitable; `co_await` gives a `std::array` or `std::vector` of Outcome in the same order
template <detail::RangeForTasks R>
[[nodiscard("co_await it")]] auto gather(ReturnExceptions, R&& awaitables) {
    return detail::gather_tasks<true>(detail::all_as_tasks(std::forward<R>(awaitables)));
}

UASYNC_WAITS_FOR(GatherTuple, "gather");
UASYNC_WAITS_FOR(GatherRange, "gather");
UASYNC_WAITS_FOR(Gather::functions_of_gather, "gather");

}  // namespace uasync

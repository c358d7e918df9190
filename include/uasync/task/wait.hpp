#pragma once

#include <array>
#include <chrono>
#include <vector>

#include <uasync/kernel/task_watch.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// When a wait() is over.
enum class ReturnWhen : std::uint8_t {
    first_completed,  ///< as soon as one task has ended
    first_exception,  ///< as soon as a task has failed, or when all have ended
    all_completed     ///< when all tasks have ended
};
/// As soon as one task has ended.
inline constexpr ReturnWhen first_completed = ReturnWhen::first_completed;
/// As soon as a task has failed, or when all have ended. A cancelled task has not failed, as in asyncio.
inline constexpr ReturnWhen first_exception = ReturnWhen::first_exception;
/// When all tasks have ended.
inline constexpr ReturnWhen all_completed = ReturnWhen::all_completed;

namespace detail {

/// The timer of a wait, which wakes the waiter.
struct WaitTimer : LoopTimer {
    explicit WaitTimer(Completions& owner) noexcept;
    Completions& completions;
};

class Wait {
public:
    Wait(ReturnWhen return_when, std::int64_t us) noexcept : when_{return_when}, us_{us} {}
    Wait(const Wait& unstarted) noexcept : Wait{unstarted.when_, unstarted.us_} {}
    Wait& operator=(const Wait&) = delete;

protected:
    ~Wait() = default;
    bool start(std::span<Completions::Child> children, Frame waiter) noexcept;
    void stop(std::span<Completions::Child> children) noexcept;
    std::size_t running() const noexcept { return completions_.running(); }

private:
    Completions completions_;
    WaitTimer timer_{completions_};
    ReturnWhen when_;
    std::int64_t us_;  ///< -1: no timeout
    bool suspended_ = false;
};

template <class T, std::size_t N>
std::array<Completions::Child, N> watches(const std::array<T, N>&) noexcept {
    return {};
}
template <class T, std::size_t N>
std::array<Completions::Child, N> watches(const T (&)[N]) noexcept {
    return {};
}
template <class T>
std::vector<Completions::Child> watches(const std::vector<T>& tasks) {
    return std::vector<Completions::Child>(tasks.size());
}

template <class Children>
class WaitAwaiter : Wait {
public:
    template <class Tasks>
    WaitAwaiter(const Tasks& tasks, ReturnWhen return_when, std::int64_t us)
        : Wait{return_when, us}, children_(detail::watches(tasks)) {
        std::size_t i = 0;
        for (const auto& task : tasks) children_[i++].task = TaskAccess::state(task);
    }
    ~WaitAwaiter() { stop(children_); }
    WaitAwaiter(WaitAwaiter&& unstarted)  // NOLINT(performance-noexcept-move-constructor): a vector of places may throw
        : Wait{unstarted}, children_(detail::watches(unstarted.children_)) {
        for (std::size_t i = 0; i < children_.size(); ++i) children_[i].task = unstarted.children_[i].task;
    }
    WaitAwaiter& operator=(WaitAwaiter&&) = delete;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept { return start(children_, waiter); }
    std::size_t await_resume() noexcept {
        stop(children_);
        return children_.size() - running();
    }

private:
    Children children_;
};

UASYNC_WAITS_FOR(WaitAwaiter, "wait");

template <class R>
concept TaskRange = std::is_base_of_v<TaskHandle, std::remove_cvref_t<decltype(*std::begin(std::declval<R&>()))>>;

/// What is given to `wait` but is not a range of tasks.
template <class X>
concept NoTaskRange = !TaskRange<X> && std::is_class_v<std::remove_cvref_t<X>>;

}  // namespace detail

/// Waits until the first, or all, of some tasks have ended. Nothing is cancelled.
///
/// @par Use it for
/// Following tasks that continue whatever the wait gives. The handles tell which tasks are done.
/// @par Instead use
/// gather() for all results, select() to cancel the losers, as_completed() for one after the other, TaskGroup if no
/// task may be left over.
/// @par Cost
/// On a 32-bit board 72 bytes of the awaiting frame and 40 for each task; no allocation, except with a vector.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The tasks are left alone.
/// @par Fairness
/// If enough tasks are done already, it does not give up its turn.
/// @par Errors
/// Results, errors and exceptions stay in the tasks. An error of a task that ends during the wait counts as seen
/// and is not reported. Waiting for oneself is Error::misuse.
/// @par Source
/// `asyncio.wait`
/// @tparam R an array, `std::array` or `std::vector` of Task; of TaskHandle if the result types differ
/// @param tasks the handles; they must live and stay unchanged during the wait
/// @param return_when #first_completed, #first_exception or #all_completed
/// @return an awaitable; `co_await` gives the number of tasks that are done
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> job(int ms) {
///     co_await sleep_ms(ms);
///     co_return ms;
/// }
///
/// Coro<> async_main() {
///     std::array jobs{create_task(job(30)), create_task(job(10)), create_task(job(200))};
///     auto done = co_await wait(jobs, first_completed);
///     print("{} ms: {} done\n", ticks_ms(), done);
///     for (auto& task : jobs) print("  {}\n", task.done() ? "done" : "pending");
///     done = co_await wait(jobs, all_completed, 50ms);
///     print("{} ms: {} done\n", ticks_ms(), done);
///     co_await wait(jobs);
///     print("{} ms: the last gives {}\n", ticks_ms(), co_await jobs[2]);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: 1 done
///   pending
///   done
///   pending
/// 60 ms: 2 done
/// 200 ms: the last gives 200
/// @endcode
template <detail::TaskRange R>
[[nodiscard("co_await it")]] auto wait(const R& tasks, ReturnWhen return_when = all_completed) {
    return detail::WaitAwaiter<decltype(detail::watches(tasks))>{tasks, return_when, -1};
}

/// Waits until the first, or all, of some tasks have ended or the time is up. Nothing is cancelled.
/// @tparam R an array, `std::array` or `std::vector` of Task; of TaskHandle if the result types differ
/// @tparam Rep the limit's number type
/// @tparam Period the limit's unit
/// @param tasks the handles; they must live and stay unchanged during the wait
/// @param return_when #first_completed, #first_exception or #all_completed
/// @param timeout the limit; with zero or less it only looks, and yields once if not enough tasks are done
/// @return an awaitable; `co_await` gives the number of tasks that are done
template <detail::TaskRange R, class Rep, class Period>
[[nodiscard("co_await it")]] auto wait(const R& tasks, ReturnWhen return_when, std::chrono::duration<Rep, Period> timeout) {
    const auto us = detail::to_us(timeout);
    return detail::WaitAwaiter<decltype(detail::watches(tasks))>{tasks, return_when, us < 0 ? 0 : us};
}

/// @cond
template <detail::NoTaskRange First, class... Rest>
auto wait(const First&, const Rest&...) {
    static_assert(detail::TaskRange<First>,
                  "wait takes an array or a vector of tasks; if their results differ, std::array<TaskHandle, 2>{a, b}");
}
/// @endcond

}  // namespace uasync

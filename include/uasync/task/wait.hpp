#pragma once
// wait(tasks): waits until the first, or all, of some tasks have ended, or the time is up; as asyncio.wait.
//
//     std::array tasks{create_task(left()), create_task(right())};
//     co_await wait(tasks, first_completed);
//     for (auto& task : tasks) print("{}\n", task.done() ? "done" : "pending");
//
// Gives the number of tasks that are done; which, their handles tell. Results and errors stay in the tasks, nothing is cancelled,
// at the timeout neither. An error of a task that ends during the wait counts as seen. Waiting for oneself is Error::misuse.
// Neighbours: `gather` for all results; `select` to cancel the losers; `as_completed` for one after the other.
// `tasks` is an array or vector of handles (TaskHandle, where their types differ), which outlives the wait.
// Cost: 72 bytes of the awaiting frame and 40 for each task (32-bit); a vector's are on the heap. Cancel-safe: a cancelled wait
// leaves the tasks alone. Not ISR-safe.

#include <array>
#include <chrono>
#include <vector>

#include <uasync/kernel/task_watch.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// When a `wait` is over.
enum class ReturnWhen : std::uint8_t { first_completed, first_exception, all_completed };
inline constexpr ReturnWhen first_completed = ReturnWhen::first_completed;
/// As soon as a task has failed, which a cancelled one has not, as in asyncio; otherwise when all are done.
inline constexpr ReturnWhen first_exception = ReturnWhen::first_exception;
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

template <class R>
concept TaskRange = std::is_base_of_v<TaskHandle, std::remove_cvref_t<decltype(*std::begin(std::declval<R&>()))>>;

/// What is given to `wait` and is no range of tasks.
template <class X>
concept NoTaskRange = !TaskRange<X> && std::is_class_v<std::remove_cvref_t<X>>;

}  // namespace detail

template <detail::TaskRange R>
[[nodiscard("co_await it")]] auto wait(const R& tasks, ReturnWhen return_when = all_completed) {
    return detail::WaitAwaiter<decltype(detail::watches(tasks))>{tasks, return_when, -1};
}

/// For at most `timeout`; one of zero or less only looks, and yields once if that is not enough.
template <detail::TaskRange R, class Rep, class Period>
[[nodiscard("co_await it")]] auto wait(const R& tasks, ReturnWhen return_when, std::chrono::duration<Rep, Period> timeout) {
    const auto us = detail::to_us(timeout);
    return detail::WaitAwaiter<decltype(detail::watches(tasks))>{tasks, return_when, us < 0 ? 0 : us};
}

template <detail::NoTaskRange First, class... Rest>
auto wait(const First&, const Rest&...) {
    static_assert(detail::TaskRange<First>,
                  "wait takes an array or a vector of tasks; if their results differ, std::array<TaskHandle, 2>{a, b}");
}

}  // namespace uasync

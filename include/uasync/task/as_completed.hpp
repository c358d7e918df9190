#pragma once

#include <array>
#include <optional>

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

/// Gives some tasks in the order in which they end; what as_completed() returns.
///
/// @par Cost
/// On a 32-bit board 20 bytes, and 44 for each task.
/// @par When cancelled
/// next() has taken nothing. Destroying the object leaves the tasks running.
/// @par Errors
/// A task that is waiting in next() when the object is destroyed ends with Error::destroyed.
/// @tparam T the tasks' result type
/// @tparam N the number of tasks
template <class T, std::size_t N>
class AsCompleted {
public:
    /// Watches some tasks. as_completed() is the usual way to construct it.
    /// @param tasks handles of the tasks, running or done
    explicit AsCompleted(std::array<Task<T>, N> tasks) noexcept : tasks_{std::move(tasks)} {
        for (std::size_t i = 0; i < N; ++i) children_[i].task = detail::TaskAccess::state(tasks_[i]);
        completions_.start(children_);
    }
    AsCompleted(const AsCompleted&) = delete;
    AsCompleted& operator=(const AsCompleted&) = delete;
    ~AsCompleted() {
        detail::Completions::stop(children_);
        completions_.release();
    }

    class NextAwaiter {
    public:
        explicit NextAwaiter(AsCompleted& owner) noexcept : owner_{&owner} {}
        NextAwaiter(NextAwaiter&& unstarted) noexcept : owner_{unstarted.owner_} {}
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() {
            if (suspended_) owner_->completions_.left();
        }
        bool await_ready() const noexcept {
            return owner_->completions_.first_ended() != nullptr || owner_->completions_.running() == 0;
        }
        void await_suspend(Frame waiter) noexcept {
            suspended_ = true;
            const auto enough = [](const detail::Completions& c) noexcept { return c.first_ended() != nullptr; };
            owner_->completions_.wait(enough, waiter, "as_completed");
        }
        std::optional<Task<T>> await_resume() noexcept {
            if (suspended_) owner_->completions_.left();
            suspended_ = false;
            const auto* child = owner_->completions_.take_ended();
            if (child == nullptr) return std::nullopt;
            child->seen();
            return owner_->tasks_[static_cast<std::size_t>(child - owner_->children_.data())];
        }

    private:
        AsCompleted* owner_;
        bool suspended_ = false;
    };

    /// Waits for the next task that ends. One task at a time may wait.
    /// @par When cancelled
    /// It has taken nothing.
    /// @par Fairness
    /// Tasks that were done before come first, in the order of the arguments.
    /// @return an awaitable; `co_await` gives a task that is done, or `std::nullopt` after the last one
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }

private:
    std::array<Task<T>, N> tasks_;
    std::array<detail::Completions::Child, N> children_;
    detail::Completions completions_;
};

/// Starts some tasks at the same time and gives them in the order in which they end.
///
/// @par Use it for
/// Working on each result as soon as it is there.
/// @par Instead use
/// gather() for all results together, in the order of the arguments; wait() to know when tasks end; race() for the
/// first result only.
/// @par Cost
/// A task for each argument that is not one; on a 32-bit board 20 bytes and 44 for each. No other allocation.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled next() has taken nothing. Destroying the object leaves the tasks running.
/// @par Errors
/// A task that failed, was cancelled or threw is given too: ask for its `result()`, or await it.
/// @par Source
/// `asyncio.as_completed`
/// @tparam First the first argument's type
/// @tparam Rest the other arguments' types; all have the same result type
/// @param first a task, a coroutine or another awaitable; all but tasks are started as tasks at once
/// @param rest more of them
/// @return an AsCompleted, whose next() gives the tasks
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<int> fetch(int ms) {
///     co_await sleep_ms(ms);
///     if (ms == 20) co_await pass_cancelled();
///     co_return ms;
/// }
///
/// Coro<> async_main() {
///     auto completed = as_completed(fetch(30), fetch(10), fetch(20));
///     while (auto task = co_await completed.next()) {
///         auto result = task->result();
///         if (result) print("{} at {} ms\n", *result, ticks_ms());
///         if (!result) print("{} at {} ms\n", result.error(), ticks_ms());
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 at 10 ms
/// cancelled at 20 ms
/// 30 at 30 ms
/// @endcode
template <detail::ForTask First, detail::ForTask... Rest>
[[nodiscard]] auto as_completed(First&& first, Rest&&... rest) {
    using T = detail::TaskResult<First>;
    static_assert((std::is_same_v<T, detail::TaskResult<Rest>> && ...), "as_completed takes awaitables of one result type");
    return AsCompleted{std::array<Task<T>, 1 + sizeof...(Rest)>{detail::as_task(std::forward<First>(first)),
                                                                detail::as_task(std::forward<Rest>(rest))...}};
}

/// Gives the tasks of an array in the order in which they end.
/// @tparam T the tasks' result type
/// @tparam N the number of tasks
/// @param tasks their handles
/// @return an AsCompleted, whose next() gives the tasks
template <class T, std::size_t N>
[[nodiscard]] auto as_completed(std::array<Task<T>, N> tasks) noexcept {
    return AsCompleted<T, N>{std::move(tasks)};
}

UASYNC_WAITS_FOR(AsCompleted::NextAwaiter, "as_completed");

}  // namespace uasync

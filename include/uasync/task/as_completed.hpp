#pragma once
// as_completed(a(), b(), ...): the tasks in the order in which they end, as asyncio.as_completed.
//
//     auto completed = as_completed(fetch(1), fetch(2), fetch(3));
//     while (auto task = co_await completed.next()) print("{}\n", co_await *task);
//
// Arguments are tasks, or coroutines and other awaitables, which become tasks at once; all of one result type. `next` gives a task that is done, or
// nullopt after the last. Neighbours: `gather` for all results at once; `wait` to know when. Dropping the object leaves the tasks
// running; a task that waits in `next` then ends with Error::destroyed.
// Cost: a task each, 20 bytes and 44 for each (32-bit); no allocation beside. Cancel-safe: a cancelled `next` has taken nothing.
// Not ISR-safe.

#include <array>
#include <optional>

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

template <class T, std::size_t N>
class AsCompleted {
public:
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

    /// The next task that has ended; nullopt if all have been given. For one task at a time.
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }

private:
    std::array<Task<T>, N> tasks_;
    std::array<detail::Completions::Child, N> children_;
    detail::Completions completions_;
};

template <detail::ForTask First, detail::ForTask... Rest>
[[nodiscard]] auto as_completed(First&& first, Rest&&... rest) {
    using T = detail::TaskResult<First>;
    static_assert((std::is_same_v<T, detail::TaskResult<Rest>> && ...), "as_completed takes awaitables of one result type");
    return AsCompleted{std::array<Task<T>, 1 + sizeof...(Rest)>{detail::as_task(std::forward<First>(first)),
                                                                detail::as_task(std::forward<Rest>(rest))...}};
}
template <class T, std::size_t N>
[[nodiscard]] auto as_completed(std::array<Task<T>, N> tasks) noexcept {
    return AsCompleted<T, N>{std::move(tasks)};
}

}  // namespace uasync

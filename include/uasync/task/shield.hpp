#pragma once
// shield(task): awaits a task without passing a cancellation on to it, as asyncio.shield.
//
//     auto saving = create_task(save());
//     co_await shield(saving);          // if this task is cancelled here, `saving` goes on to its end
//
// A coroutine, or any other awaitable, becomes a task at once. If the inner task is cancelled by somebody else, so is the waiter; its errors and exceptions
// pass as through `co_await task`. At the end of `run` all tasks are cancelled, shielded or not. Neighbour: `defer` for clean-up
// that must happen. A value that can be copied is copied out of a task that has other handles, and moved out otherwise.
// Cost: 44 bytes of the awaiting frame, no allocation. Cancel-safe: the result stays in the task. Not ISR-safe.

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

namespace detail {

class Shield {
protected:
    explicit Shield(TaskState* task) noexcept;
    ~Shield() { watch_.stop(); }
    Shield(const Shield& unstarted) noexcept : Shield{unstarted.watch_.task} {}
    Shield& operator=(const Shield&) = delete;
    bool suspend(Frame waiter) noexcept;
    TaskState& task() const noexcept { return *watch_.task; }

private:
    struct Watch : TaskWatch {
        using TaskWatch::TaskWatch;
        WaitQueue waiter;
    };
    Watch watch_;
};

template <class T>
class ShieldAwaiter : Shield {
public:
    explicit ShieldAwaiter(Task<T> task) noexcept : Shield{TaskAccess::state(task)}, task_{std::move(task)} {}
    ShieldAwaiter(ShieldAwaiter&& unstarted) noexcept : Shield{unstarted}, task_{std::move(unstarted.task_)} {}
    ShieldAwaiter& operator=(ShieldAwaiter&&) = delete;
    ~ShieldAwaiter() = default;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept { return suspend(waiter); }
    T await_resume() {
        if constexpr (std::is_object_v<T>) {
            return take_value<T>(task());
        } else {
            return task_value<T>(task());
        }
    }

private:
    Task<T> task_;
};

}  // namespace detail

/// Awaits a task, which a cancellation of the one who awaits does not reach. Another awaitable becomes a task at once. Gives the task's
/// value; its error or exception passes as through `co_await task`. Cancel-safe; not ISR-safe.
template <detail::ForTask A>
[[nodiscard("co_await it")]] auto shield(A&& awaitable) {
    return detail::ShieldAwaiter<detail::TaskResult<A>>{detail::as_task(std::forward<A>(awaitable))};
}

}  // namespace uasync

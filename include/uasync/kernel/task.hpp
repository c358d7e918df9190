#pragma once
// Task<T>: the handle of a running coroutine, as asyncio.Task. `create_task(coroutine)` puts it behind the tasks that are ready; it
// first runs when the caller next waits. Await the handle for the result, `cancel()` it, ask `done()`. Dropping the handle does
// not stop the task. Copies are handles of the same task: any number on a host, at most 15 at a time on a board.
// A handle may be empty: `Task<> task;` is one of no task, and so is one that was moved from.
//
//     auto child = create_task(twice(21));
//     ...
//     int x = co_await child;
//
// Neighbours: `co_await twice(21)` runs a coroutine without a task; `gather` awaits several at once.
// Awaiting a task that was cancelled cancels the waiter too; `catch_cancelled(task)` gives it as a value. A waiter that is
// cancelled cancels the task that it awaits, as in asyncio, and goes on when that has ended. Cancel-safe: the result stays in the
// task.
// A result that is the task's own handle, or leads back to it through the results of other tasks, would never be freed: the task ends
// with Error::misuse instead. (A handle inside of a structure is not looked for: do not keep a task's own there.)
// Cost: a 32-byte control block from the frame pool beside the coroutine's frame (on a 32-bit board). Not ISR-safe.

#include <string_view>

#include <uasync/kernel/as_coro.hpp>

namespace uasync {

namespace detail {
/// Stands for a task that could not be created; null is the task of an empty handle.
inline TaskState* no_task() noexcept { return static_cast<TaskState*>(no_frame()); }
inline bool is_task(const TaskState* task) noexcept { return reinterpret_cast<std::uintptr_t>(task) > 1; }
/// A task's own handles are at an end: it is freed if it is done.
void drop_last_handle(TaskState& task) noexcept;
}  // namespace detail

/// A task of any result: what `current_task()` returns.
class TaskHandle {
public:
    /// Of no task: done, with Error::misuse. `if (task)` tells.
    TaskHandle() noexcept = default;
    TaskHandle(const TaskHandle& other) noexcept : state_{other.state_} { retain(); }
    /// Leaves `other` empty.
    TaskHandle(TaskHandle&& other) noexcept : state_{std::exchange(other.state_, nullptr)} {}
    TaskHandle& operator=(const TaskHandle& other) noexcept {
        TaskHandle copy{other};
        std::swap(state_, copy.state_);
        return *this;
    }
    TaskHandle& operator=(TaskHandle&& other) noexcept {
        TaskHandle moved{std::move(other)};
        std::swap(state_, moved.state_);
        return *this;
    }
    ~TaskHandle() { drop(); }

    /// Whether it is the handle of a task, running or done: false if it is empty, or its task could not be created.
    explicit operator bool() const noexcept { return detail::is_task(state_); }

    /// Whether it has ended, in whichever way. A task that could not be created is done, with Error::no_memory.
    bool done() const noexcept { return !detail::is_task(state_) || state_->state() == WaitState::done; }

    /// Why it ended; Error::none while it runs and if it ended with its value. Looking at it counts as handling the error.
    Error error() const noexcept;

#if UASYNC_EXCEPTIONS
    /// The exception that left it, where `error()` is Error::exception; else null (hosts). Counts as handling it.
    std::exception_ptr exception() const noexcept;
#endif

    /// Has the task's innermost await end in a cancellation when its turn comes: its frames are destroyed innermost first, up to a
    /// `catch_cancelled`. A task may cancel itself; that takes effect at its next await that waits. False if it was done already.
    bool cancel() const noexcept { return !done() && TaskLoop::cancel(*state_, true); }

    /// The name given to create_task, or the coroutine function's; "?" where the build records none (UASYNC_NAMES).
    std::string_view name() const noexcept;

    bool operator==(const TaskHandle& other) const noexcept { return state_ == other.state_; }

    /// Takes over a reference that is counted already. For the runtime.
    explicit TaskHandle(TaskState* counted) noexcept : state_{counted} {}

protected:
    void retain() const noexcept;
    UASYNC_SHARED void drop() noexcept {
        if (detail::is_task(state_) && !state_->remove_handle()) detail::drop_last_handle(*state_);
    }

    TaskState* state_ = nullptr;  ///< or detail::no_task()
};

namespace detail {

/// The result of a task that has ended with one; rethrows what left it (hosts). Having looked counts as handling it.
template <class T>
decltype(auto) task_value(TaskState& task) {
    auto& promise = std::coroutine_handle<Promise<T>>::from_address(task.leaf.address()).promise();
    if (promise.has_exception()) task.cancel_requested = 0;
    return promise.value();
}

/// Waits for the end of a task.
class JoinAwaiter : CancelHook {
public:
    explicit JoinAwaiter(TaskState* target) noexcept : CancelHook{&functions_of_join}, target_{target} {}
    JoinAwaiter(JoinAwaiter&&) noexcept = default;
    bool await_ready() const noexcept {
        return is_task(target_) && target_->state() == WaitState::done &&
               (target_->error() == Error::none || target_->error() == Error::exception);
    }
    void await_suspend(Frame waiter) noexcept;

protected:
    TaskState* target_;

private:
    friend struct uasync::DescriptorOf;
    static const Functions functions_of_join;
    void fail(Frame waiter) const noexcept;
};

template <class T>
class TypedJoinAwaiter : public JoinAwaiter {
public:
    using JoinAwaiter::JoinAwaiter;
    decltype(auto) await_resume() const {
        detail::current_loop().current().cancel_requested = 0;  // if one was forwarded to the task, the task has swallowed it
        return task_value<T>(*target_);
    }
};

/// The same for a handle that nobody can ask again: the result is moved out.
template <class T>
class TakingJoinAwaiter : public TypedJoinAwaiter<T> {
public:
    using TypedJoinAwaiter<T>::TypedJoinAwaiter;
    T await_resume() const { return std::move(TypedJoinAwaiter<T>::await_resume()); }
};

/// A task's outermost coroutine; the task is not running.
std::coroutine_handle<> outermost_frame(TaskState& task) noexcept;

/// Frees a task that is done and has no handle.
void release(TaskState& task) noexcept;

/// One handle more. On a board 15 are the most.
void add_handle(TaskState& task) noexcept;
/// One handle less; true if there is none any more.
bool remove_handle(TaskState& task) noexcept;
/// Whether it has one handle and no more.
bool has_one_handle(const TaskState& task) noexcept;

/// Makes a task, with one handle, of a coroutine's frame. After a report: no_task() if there is no room, null if there is no coroutine.
TaskState* spawn(void* frame, const char* name, Where created) noexcept;

}  // namespace detail

template <class T = void>
class Task : public TaskHandle {
public:
    using TaskHandle::TaskHandle;

    /// Waits for the end and gives the result: a reference to it if the handle is an lvalue, so that the task can be awaited again.
    auto operator co_await() const& noexcept { return detail::TypedJoinAwaiter<T>{state_}; }
    auto operator co_await() const&& noexcept {
        if constexpr (std::is_object_v<T>) {
            return detail::TakingJoinAwaiter<T>{state_};
        } else {
            return detail::TypedJoinAwaiter<T>{state_};
        }
    }

    /// The result of a task that is done: a copy of its value (one that cannot be copied is moved out, and gone), or its error;
    /// Error::unavailable while it runs. Rethrows (hosts).
    Result<T> result() const {
        if (!done()) return std::unexpected{Error::unavailable};
        if (Error e = error(); e != Error::none && e != Error::exception) return std::unexpected{e};
        if constexpr (std::is_void_v<T>) {
            detail::task_value<T>(*state_);
            return {};
        } else if constexpr (std::is_copy_constructible_v<T>) {
            return detail::task_value<T>(*state_);
        } else {
            return std::move(detail::task_value<T>(*state_));
        }
    }
};

/// Starts a task. It runs when the caller next waits. `name` is kept, not copied; without one the coroutine's own name serves.
/// If the pool has no room the exception handler is told, and the task returned is done with Error::no_memory.
template <class T>
Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr, detail::Where created = detail::Where::current()) noexcept {
    return Task<T>{detail::spawn(coroutine.release(), name, created)};
}

/// The same of anything else that can be awaited, as `create_task(queue.get())`: the task awaits it.
template <detail::ForTask A>
    requires(!detail::is_coro<A>)
auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
    static_assert(!std::is_base_of_v<TaskHandle, std::remove_cvref_t<A>>, "this is a task already");
    return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
}

/// The task that runs now. An empty handle where none does: in a function that the loop calls (`call_soon`, a Delay's, a Callback), and
/// while an EventLoop is at rest.
TaskHandle current_task() noexcept;

}  // namespace uasync

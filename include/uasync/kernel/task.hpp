#pragma once

#include <string_view>

#include <uasync/kernel/as_coro.hpp>

namespace uasync {

namespace detail {
/// Marks a task that could not be created; null marks an empty handle.
inline TaskState* no_task() noexcept { return static_cast<TaskState*>(no_frame()); }
inline bool is_task(const TaskState* task) noexcept { return reinterpret_cast<std::uintptr_t>(task) > 1; }
/// The last handle that the task counts itself has gone: frees the task if it is done.
void drop_last_handle(TaskState& task) noexcept;
}  // namespace detail

/// A handle of a task, whatever its result: what current_task() returns.
///
/// Copies are handles of the same task, and dropping a handle does not stop the task. An empty handle has no task:
/// `Task<> task;`, or one that was moved from.
///
/// @par Instead use
/// Task, if the result matters.
/// @par Cost
/// One pointer. A task has any number of handles on a host, and up to 15 at a time on a board; one more stops the program
/// with a message.
/// @par From an interrupt
/// Not allowed: set a ThreadSafeFlag.
class TaskHandle {
public:
    /// An empty handle: it is done(), with Error::misuse.
    TaskHandle() noexcept = default;
    /// One more handle of the same task. @param other may be empty
    TaskHandle(const TaskHandle& other) noexcept : state_{other.state_} { retain(); }
    /// Takes the handle over. @param other is left empty
    TaskHandle(TaskHandle&& other) noexcept : state_{std::exchange(other.state_, nullptr)} {}
    /// Becomes a handle of the same task. @param other may be empty @return this
    TaskHandle& operator=(const TaskHandle& other) noexcept {
        TaskHandle copy{other};
        std::swap(state_, copy.state_);
        return *this;
    }
    /// Takes the handle over. @param other is left empty @return this
    TaskHandle& operator=(TaskHandle&& other) noexcept {
        TaskHandle moved{std::move(other)};
        std::swap(state_, moved.state_);
        return *this;
    }
    /// Drops the handle. The task continues; when it is done, its last handle frees it.
    ~TaskHandle() { drop(); }

    /// Whether the handle has a task, running or done. @return false if it is empty or the task could not be created
    explicit operator bool() const noexcept { return detail::is_task(state_); }

    /// Whether the task has ended, in whatever way.
    /// @return true for a task that could not be created as well, with Error::no_memory, and for an empty handle
    bool done() const noexcept { return !detail::is_task(state_) || state_->state() == WaitState::done; }

    /// Why the task ended. Asking counts as handling the error, so it is not reported.
    /// @return Error::none while the task runs, and if it ended with its value
    Error error() const noexcept;

#if UASYNC_EXCEPTIONS
    /// The exception that left the task (hosts only). Asking counts as handling it.
    /// @return null unless error() is Error::exception
    std::exception_ptr exception() const noexcept;
#endif

    /// Requests cancellation, which the innermost await delivers on the task's next turn.
    ///
    /// The frames are then destroyed, innermost first, up to a catch_cancelled(). A task may cancel itself; that takes
    /// effect at its next await that waits. If the task awaits another task, that one is cancelled.
    /// @return false if the task was done already
    bool cancel() const noexcept { return !done() && TaskLoop::cancel(*state_, true); }

    /// The task's name, for people.
    /// @return the name given to create_task(), or the coroutine function's; "?" if the build records none (UASYNC_NAMES)
    std::string_view name() const noexcept;

    /// Whether two handles are of the same task. @param other may be empty @return true also if both are empty
    bool operator==(const TaskHandle& other) const noexcept { return state_ == other.state_; }

    /// Takes over a reference that is counted already. For the runtime. @param counted the task
    explicit TaskHandle(TaskState* counted) noexcept : state_{counted} {}

protected:
    /// Counts this handle.
    void retain() const noexcept;
    /// No longer counts this handle.
    UASYNC_SHARED void drop() noexcept {
        if (detail::is_task(state_) && !state_->remove_handle()) detail::drop_last_handle(*state_);
    }

    TaskState* state_ = nullptr;  ///< or detail::no_task()
};

namespace detail {

/// The result of a task that has ended with one; rethrows the exception that left it (hosts). Asking counts as handling it.
template <class T>
decltype(auto) task_value(TaskState& task) {
    auto& promise = std::coroutine_handle<Promise<T>>::from_address(task.leaf.address()).promise();
    if (promise.has_exception()) task.cancel_requested = 0;
    return promise.value();
}

/// Waits until a task has ended.
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
        detail::current_loop().current().cancel_requested = 0;  // if one was forwarded to the task, the task has caught it
        return task_value<T>(*target_);
    }
};

/// For a handle that nobody can ask again: moves the result out.
template <class T>
class TakingJoinAwaiter : public TypedJoinAwaiter<T> {
public:
    using TypedJoinAwaiter<T>::TypedJoinAwaiter;
    T await_resume() const { return std::move(TypedJoinAwaiter<T>::await_resume()); }
};

/// A task's outermost coroutine. The task must not be running.
std::coroutine_handle<> outermost_frame(TaskState& task) noexcept;

/// Frees a task that is done and has no handle.
void release(TaskState& task) noexcept;

/// Counts one handle more; at most 15 on a board.
void add_handle(TaskState& task) noexcept;
/// Counts one handle less. Returns true if that was the last one.
bool remove_handle(TaskState& task) noexcept;
/// Whether the task has exactly one handle.
bool has_one_handle(const TaskState& task) noexcept;

/// Makes a task, with one handle, from a coroutine's frame. If there is no room it reports that and returns no_task(); if there
/// is no coroutine, null.
TaskState* spawn(void* frame, const char* name, Where created) noexcept;

}  // namespace detail

/// The handle of a coroutine that runs beside the others, as `asyncio.Task`. create_task() makes one.
///
/// Await it for the result, cancel() it, or ask done(). Copy handles, move them, keep them in containers and as members.
/// Dropping the handle does not stop the task.
///
/// A task that is done keeps its result until its last handle goes. Tasks that hold each other's handles are
/// freed one inside another, as the nodes of a list of `std::unique_ptr` are: take a chain of ten thousand of them apart
/// by hand.
///
/// @par Use it for
/// Work that continues while its creator does something else.
/// @par Instead use
/// `co_await f()` for one thing after the other, gather() for several results, TaskGroup for tasks that must not outlive a
/// scope.
/// @par Cost
/// A 32-byte control block (32-bit board) from the frame pool, beside the coroutine's frame. A handle is one pointer.
/// @par From an interrupt
/// Not allowed: set a ThreadSafeFlag that the task waits for.
/// @par When cancelled
/// If the awaited task was cancelled, the awaiting task is cancelled too; catch_cancelled() gives that as a value. If the
/// awaiting task is cancelled, it cancels the task that it awaits and ends after it, as in asyncio; shield() prevents
/// that. The result stays in the task.
/// @par Fairness
/// Tasks that await the same task continue in the order in which they came.
/// @par Errors
/// An error that ends the task ends whoever awaits it. An empty handle, and a task that awaits itself, are Error::misuse.
/// A result that is the task's own handle, or leads back to it through other tasks' results, would never be freed: the task
/// ends with Error::misuse instead. Handles inside a structure are not checked: do not keep a task's own handle there. An
/// error that nobody looks at is reported with the task's name.
/// @par Source
/// `asyncio.Task`
/// @tparam T type of the task's result: an object, a reference or void
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> count(int to) {
///     for (int i = 1; i <= to; ++i) co_await sleep_ms(10);
///     co_return to;
/// }
///
/// Coro<> async_main() {
///     auto a = create_task(count(3));
///     auto b = create_task(count(100));
///     int result = co_await a;
///     print("a: {} at {} ms\n", result, ticks_ms());
///     print("b: done {}, cancelled {}\n", b.done(), b.cancel());
///     auto outcome = co_await catch_cancelled(b);
///     print("b: {}\n", outcome.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// a: 3 at 30 ms
/// b: done false, cancelled true
/// b: cancelled
/// @endcode
template <class T = void>
class Task : public TaskHandle {
public:
    using TaskHandle::TaskHandle;

    /// Waits until the task has ended. The handle keeps the result, so the task can be awaited again.
    /// @return an awaitable; `co_await` gives a reference to the result
    auto operator co_await() const& noexcept { return detail::TypedJoinAwaiter<T>{state_}; }
    /// Waits until the task of a temporary handle has ended.
    /// @return an awaitable; `co_await` gives the result, moved out of the task
    auto operator co_await() const&& noexcept {
        if constexpr (std::is_object_v<T>) {
            return detail::TakingJoinAwaiter<T>{state_};
        } else {
            return detail::TypedJoinAwaiter<T>{state_};
        }
    }

    /// The result of a task that is done, without waiting. Rethrows the task's exception (hosts).
    /// @return a copy of the value, or the value itself if it cannot be copied, which is then gone from the task; otherwise
    ///   the task's error, Error::unavailable while it runs, Error::misuse if the handle is empty
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

/// Starts a task that runs a coroutine. It first runs when the caller next waits, after the tasks that are ready.
///
/// @par Cost
/// A control block for the task, as of Task.
/// @par From an interrupt
/// Not allowed.
/// @par Errors
/// If the pool has no room, that is reported, and the task is done with Error::no_memory.
/// @par Source
/// `asyncio.create_task`
/// @tparam T the coroutine's result type
/// @param coroutine what the task runs; move a named one: `create_task(std::move(c))`
/// @param name the task's name for reports; kept, not copied; null: the coroutine's name
/// @param created where the task is created, for reports; leave it out
/// @return the task's handle
template <class T>
Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr, detail::Where created = detail::Where::current()) noexcept {
    return Task<T>{detail::spawn(coroutine.release(), name, created)};
}

/// Starts a task that awaits something other than a coroutine, as in `create_task(queue.get())`.
/// @tparam A the awaitable's type
/// @param awaitable what the task awaits
/// @param name the task's name for reports; kept, not copied; null: the coroutine's name
/// @param created where the task is created, for reports; leave it out
/// @return the task's handle
template <detail::ForTask A>
    requires(!detail::is_coro<A>)
auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
    static_assert(!std::is_base_of_v<TaskHandle, std::remove_cvref_t<A>>, "this is a task already");
    return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
}

/// The task that is running.
/// @return an empty handle if none is: in a function that the loop calls (`call_soon`, a Delay, a Callback), and while an
///   EventLoop is at rest
TaskHandle current_task() noexcept;

UASYNC_WAITS_FOR(TypedJoinAwaiter, "a task");
UASYNC_WAITS_FOR(TakingJoinAwaiter, "a task");
UASYNC_WAITS_FOR(JoinAwaiter::functions_of_join, "a task");

}  // namespace uasync

#pragma once
// TaskWatch: a place among those who await a task, for waits that are not a task's own (`gather`, `wait`, TaskGroup). For authors
// of primitives. O(1), no allocation. The watch must be stopped, or have fired, before it goes.

#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include <uasync/kernel/task.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync::detail {

/// The state behind a handle, without opening it to everybody.
struct TaskAccess : TaskHandle {
    static TaskState* state(const TaskHandle& handle) noexcept { return static_cast<const TaskAccess&>(handle).state_; }
};

template <class T>
T result_of(const Task<T>&);
/// Whether an X is a task with a result.
template <class X>
concept TypedTask = requires(const X& x) { result_of(x); };

/// What is given to `gather`, `select` and their like, as a task: whatever can be awaited becomes one.
template <class T>
Task<T> as_task(Task<T> task) noexcept {
    return task;
}
template <ForTask A>
    requires(!TypedTask<A>)
auto as_task(A&& awaitable) {
    return create_task(coro_for_task(std::forward<A>(awaitable)));
}
/// The result's type of the task that `as_task` makes.
template <class A>
using TaskResult = decltype(result_of(as_task(std::declval<A>())));

/// The result among others.
template <class T>
using NonVoid = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The value of a task that has ended with one, or its exception (hosts). One that can be copied stays in a task that has other
/// handles, as somebody may ask for it.
template <class T>
NonVoid<T> take_value(TaskState& task) {
    if constexpr (std::is_void_v<T>) {
        task_value<T>(task);
        return {};
    } else {
        if constexpr (std::is_copy_constructible_v<T>) {
            if (!has_one_handle(task)) return task_value<T>(task);
        }
        return std::move(task_value<T>(task));
    }
}

/// Calls its function when a task has ended, between steps.
struct TaskWatch : LoopCallback {
    using LoopCallback::LoopCallback;

    /// Begins; false, and there is nothing to come, if the task has ended already, could not be created, or is the one that runs
    /// now.
    bool start() noexcept;
    void stop() noexcept;
    /// To be called first when it fires.
    void fired() noexcept { linked = false; }

    Error error() const noexcept { return is_task(task) ? task->error() : frame_error(task); }
    /// The task's end is known to somebody: no report is due.
    void seen() const noexcept {
        if (is_task(task) && task->state() == WaitState::done) task->cancel_requested = 0;
    }
    void cancel() const noexcept {
        if (linked) TaskLoop::cancel(*task, true);
    }
    /// The same unless the end of `run` has done it.
    void cancel_once() const noexcept {
        if (linked && !WaitLoop::of(*task).stopping()) TaskLoop::cancel(*task, true);
    }
    /// A cancellation has come to whoever watches. If it is one that the task itself is just forwarding, it has come round a ring of
    /// tasks that await each other: it ends the task's wait, and is nobody else's.
    bool came_round() const noexcept {
        return linked && task->state() == WaitState::failing && task->error() == Error::none && TaskLoop::cancel(*task, true);
    }

    TaskState* task = nullptr;
    bool linked = false;
};

/// Whatever error `task` ends with is not reported: who asked for it has been told of another one, and gone. Does nothing for one that has
/// ended. Takes a block of the frame pool until the end of the task; if there is no room, the error is reported.
void keep_quiet(TaskState* task) noexcept;

/// Some tasks whose ends are awaited by one task, one by one or all together; ends keep their order. What `wait` and `as_completed`
/// are made of. A cancellation of the waiting task leaves the others alone.
class Completions {
public:
    /// One of the tasks.
    struct Child : TaskWatch {
        Child() noexcept;
        Completions* owner = nullptr;
        Child* later = nullptr;  ///< the next to end
    };

    Completions() noexcept = default;
    Completions(const Completions&) = delete;
    Completions& operator=(const Completions&) = delete;
    ~Completions() = default;

    /// Begins to watch the children, which outlive this; those that have ended already end now, in their order.
    void start(std::span<Child> children) noexcept;
    static void stop(std::span<Child> children) noexcept;

    std::size_t running() const noexcept { return running_; }
    Child* first_ended() const noexcept { return ended_; }
    Child* take_ended() noexcept;

    /// Suspends the running task until `enough(*this)`, which is asked at each end.
    void wait(bool (*enough)(const Completions&) noexcept, Frame waiter, const char* what) noexcept;
    /// Wakes the waiting task (a timeout).
    void wake() noexcept;
    /// To be called when the task that was suspended by `wait` goes on, or is unwound.
    void left() const noexcept;
    /// This is about to go: the task that waits, or was woken but has not run yet, ends with Error::destroyed.
    void release() noexcept;

private:
    void end(Child& child) noexcept;

    WaitQueue waiter_;
    bool (*enough_)(const Completions&) noexcept = nullptr;
    Child* ended_ = nullptr;
    Child* last_ended_ = nullptr;
    std::size_t running_ = 0;
};

}  // namespace uasync::detail

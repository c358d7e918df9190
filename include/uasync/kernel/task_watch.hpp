#pragma once
// Implementation detail of gather, select, wait, as_completed and TaskGroup.

#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include <uasync/kernel/task.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync::detail {

/// Reaches the state behind a handle without opening it to everybody.
struct TaskAccess : TaskHandle {
    static TaskState* state(const TaskHandle& handle) noexcept { return static_cast<const TaskAccess&>(handle).state_; }
};

template <class T>
T result_of(const Task<T>&);
/// A task with a result.
template <class X>
concept TypedTask = requires(const X& x) { result_of(x); };

/// Turns what is given to `gather` or `select` into a task.
template <class T>
Task<T> as_task(Task<T> task) noexcept {
    return task;
}
template <ForTask A>
    requires(!TypedTask<A>)
auto as_task(A&& awaitable) {
    return create_task(coro_for_task(std::forward<A>(awaitable)));
}
/// The result type of the task that as_task() makes.
template <class A>
using TaskResult = decltype(result_of(as_task(std::declval<A>())));

/// A result type that can stand among others.
template <class T>
using NonVoid = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The value of a task that has ended with one, or its exception (hosts). If the task has other handles, a value that can be
/// copied stays in it, because somebody may ask for it.
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

/// Calls its function, between steps, when a task has ended. It waits among those who await the task. O(1), no allocation.
/// Before it is destroyed it must have fired, or be stopped.
struct TaskWatch : LoopCallback {
    using LoopCallback::LoopCallback;

    /// Begins to watch. Returns false, and nothing will come, if the task has ended already, could not be created, or is the one
    /// that is running.
    bool start() noexcept;
    void stop() noexcept;
    /// Call it first when the watch fires.
    void fired() noexcept { linked = false; }

    Error error() const noexcept { return is_task(task) ? task->error() : frame_error(task); }
    /// Somebody knows of the task's end: no report is due.
    void seen() const noexcept {
        if (is_task(task) && task->state() == WaitState::done) task->cancel_requested = 0;
    }
    void cancel() const noexcept {
        if (linked) TaskLoop::cancel(*task, true);
    }
    /// cancel(), unless the end of `run` has cancelled the task.
    void cancel_once() const noexcept {
        if (linked && !WaitLoop::of(*task).stopping()) TaskLoop::cancel(*task, true);
    }
    /// Call it when whoever watches is cancelled. If the task itself is just forwarding that cancellation, it has come round a
    /// ring of tasks that await each other: then it ends the task's wait, and goes to nobody else.
    bool came_round() const noexcept {
        return linked && task->state() == WaitState::failing && task->error() == Error::none && TaskLoop::cancel(*task, true);
    }

    TaskState* task = nullptr;
    bool linked = false;
};

/// Keeps whatever error a task will end with from being reported, because whoever asked for it has been told of another error
/// and is gone. Does nothing for a task that has ended. Takes a block of the frame pool until the task ends; if there is no
/// room, the error is reported.
void keep_quiet(TaskState* task) noexcept;

/// Some tasks whose ends one task awaits, one by one or all together, in the order in which they end. `wait` and `as_completed`
/// are made of it. A cancellation of the waiting task does not touch the others.
class Completions {
public:
    /// One of the tasks.
    struct Child : TaskWatch {
        Child() noexcept;
        Completions* owner = nullptr;
        Child* later = nullptr;  ///< the one that ended next
    };

    Completions() noexcept = default;
    Completions(const Completions&) = delete;
    Completions& operator=(const Completions&) = delete;
    ~Completions() = default;

    /// Begins to watch the children, which outlive this. Those that have ended already count as ending now, in their order.
    void start(std::span<Child> children) noexcept;
    static void stop(std::span<Child> children) noexcept;

    std::size_t running() const noexcept { return running_; }
    Child* first_ended() const noexcept { return ended_; }
    Child* take_ended() noexcept;

    /// Suspends the running task until `enough(*this)` is true, which is asked at each end.
    void wait(bool (*enough)(const Completions&) noexcept, Frame waiter, const char* what) noexcept;
    /// Wakes the waiting task (a timeout).
    void wake() noexcept;
    /// Call it when the task that wait() suspended continues or is unwound.
    void left() const noexcept;
    /// Called when this is about to go: the task that waits, or was woken and has not run yet, ends with Error::destroyed.

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

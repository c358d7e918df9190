#pragma once
// Implementation detail of the loop.

#include <uasync/kernel/wait_loop.hpp>

namespace uasync {

/// A loop as the runtime sees it: makes tasks, ends them, and runs them. `detail::current_loop()` is the one that runs.
///
/// The numbers are those of a task's life cycle, which is drawn in wait_list.hpp.
class TaskLoop : public WaitLoop {
public:
#if UASYNC_LOOPS
    TaskLoop() noexcept;
    ~TaskLoop();
#else
    TaskLoop() noexcept = default;
#endif

    // Tasks -------------------------------------------------------------------------------------------------------------------------

    /// 1: makes a task, with one handle, of a coroutine that has not started. Null, and `root` is not destroyed, if the pool is
    /// full.
    TaskState* create(std::coroutine_handle<> root) noexcept;
    /// create() in a block of the pool. The loop must not be stopping.
    TaskState& create_in(void* block, std::coroutine_handle<> root) noexcept;
    /// 8: cancels a task, for its user or (`by_user` false) for a timeout. Returns false if the task is done.
    static bool cancel(TaskState& task, bool by_user) noexcept;
    /// 9: ends the running task: its outermost coroutine is at its end, or was destroyed by unwinding (`root` null).
    UASYNC_HOT void finish(std::coroutine_handle<> root, WaitList& joiners, Error error) noexcept;

    /// The first of all unfinished tasks, in the order of their creation.
    TaskState* first_task() const noexcept { return all_first_; }

    // Running -----------------------------------------------------------------------------------------------------------------------

    /// Runs `main_task`, then cancels the tasks that are left, and runs until all have ended.
    void run(TaskState& main_task) noexcept;
    /// Whether the main task has ended: the others have been cancelled, and new tasks are created cancelled.
    bool stopping() const noexcept { return stopping_; }

protected:
    friend class PortLoop;
    friend class WaitLoop;
    friend class EventLoop;
    friend struct PlainTurns;
    friend struct InstrumentedTurns;
    friend struct detail::Levels;

    // run_tasks, run_once and stop_timers are weak in loop.cpp, and instrumented_loop.cpp has others.
    [[gnu::noinline]] void run_tasks() noexcept;  // inlined into its caller it would be slower
    /// Runs one step of each task that is ready when it begins.
    void run_once() noexcept;
#ifdef UASYNC_PORT_CORE
    [[gnu::noinline]] static void run_in_interrupt(PortLoop& loop) noexcept;
#endif
    void destroy_all(Error error) noexcept;
    void step_failing(TaskState& task) noexcept;
    /// Forgets everything that is ready or in the inbox.
    void drop_ready() noexcept;
    void stop_timers() noexcept;
#if UASYNC_LOOPS
    /// Called as a run ends: signals the other loops of this thread that it has made tasks ready in.
    void tell_others() const noexcept;
#endif
#if UASYNC_THREADS
    void begin_run() noexcept {
        thread_.store(&this_thread_, std::memory_order_relaxed);
        in_run_.store(true, std::memory_order_release);
    }
    void end_run() noexcept { in_run_.store(false, std::memory_order_release); }
    void drop_calls() noexcept;
#elif defined(UASYNC_PORT_CONTEXT)
    void begin_run() noexcept {
        context_ = UASYNC_PORT_CONTEXT();
        core_ = static_cast<std::uint8_t>(UASYNC_PORT_CORE());
    }
    void end_run() noexcept {}
#else
    void begin_run() noexcept {}
    void end_run() noexcept {}
#endif

private:
    WaitNode* take_ready() noexcept;
    void step(TaskState& task) noexcept;
    bool service() noexcept;
    template <class Turns>
    void run_tasks_with() noexcept;
    template <class Turns>
    void run_once_with() noexcept;
#ifdef UASYNC_PORT_CORE
    template <class Turns>
    void run_in_interrupt_with() noexcept;
#endif
    void stop_all_timers() noexcept;
    void unwind(TaskState& task, Error error) noexcept;
    UASYNC_HOT void retire(TaskState& task, std::coroutine_handle<> root, Error error) noexcept;
    UASYNC_RARE void conclude(TaskState& task, WaitList& joiners, Error error) noexcept;
    UASYNC_HOT static bool wake_joiners(WaitList& joiners, Error error) noexcept;
};

namespace detail {

#ifdef UASYNC_PORT_LOOP
/// The loop that runs on this core or thread, or null: kept by the port, as `TaskLoop*& UASYNC_PORT_LOOP()`, where there are
/// several.
inline TaskLoop*& this_loop() noexcept { return UASYNC_PORT_LOOP(); }
#else
inline namespace UASYNC_BUILT_WITH {
inline constinit UASYNC_THREAD_LOCAL TaskLoop* only_loop = nullptr;
}
/// The loop that runs on this core or thread, or null.
inline TaskLoop*& this_loop() noexcept { return only_loop; }
#endif
/// this_loop(), where there is one for certain.
inline TaskLoop& current_loop() noexcept { return *this_loop(); }
/// this_loop(), where there has to be one: otherwise the program stops with a message.
TaskLoop& required_loop() noexcept;

}  // namespace detail

inline TaskLoop& WaitLoop::of([[maybe_unused]] const WaitNode& node) noexcept {
#if UASYNC_LOOPS
    return *node.own_loop;
#else
    return detail::current_loop();
#endif
}

inline TaskLoop& WaitLoop::own(const WaitNode& node, [[maybe_unused]] const char* instead) noexcept {
#if UASYNC_LOOPS
    if (node.own_loop != detail::this_loop()) [[unlikely]] {
        node.own_loop->require_this_thread(static_cast<const TaskState*>(&node), instead);
        node.own_loop->signal();  // so that whoever drives it hears of it
    }
#endif
    return of(node);
}

inline TaskLoop& WaitLoop::own_fast(const WaitNode& node, [[maybe_unused]] const char* instead) noexcept {
#if UASYNC_CHECK_THREADS
    return own(node, instead);
#else
    return of(node);
#endif
}

[[gnu::always_inline]] inline void WaitLoop::hand_to(WaitNode& node) noexcept {
    node.set_state(WaitState::ready);
    own_fast(node, use_to_wake).push_ready(static_cast<TaskState&>(node));
}

inline void WaitLoop::wake_noting(TaskState& task) noexcept { of(task).push_ready(task); }

inline void WaitLoop::wake_failing(WaitNode& node, Error error) noexcept {
    set_failing(node, error);
    own_fast(node, use_to_wake).push_ready(static_cast<TaskState&>(node));
}

namespace detail {

#if UASYNC_LOOPS
/// All loops of the program.
struct Loops {
    static TaskLoop* newest;
    static void add(TaskLoop& loop) noexcept;
    static void remove(TaskLoop& loop) noexcept;
    /// The next older loop of this thread after `newer`; null: the newest. Returns null after the oldest.
    static TaskLoop* next(const TaskLoop* newer) noexcept;
    /// The newest EventLoop of this thread that is not closed, or null.
    static TaskLoop* newest_open() noexcept;
#if UASYNC_THREADS
    /// this_loop(), which becomes null first if that loop is gone or now runs in another thread.
    static TaskLoop* check_this_loop() noexcept;
#endif
};
#endif

/// this_loop(), where a loop is about to begin.
inline TaskLoop* outer_loop() noexcept {
#if UASYNC_THREADS
    return Loops::check_this_loop();
#else
    return this_loop();
#endif
}
/// Whether a loop is in the middle of its run.
inline bool runs_here(const TaskLoop* outer) noexcept {
    if (outer == nullptr) return false;
#if UASYNC_THREADS
    return outer->runs_here();  // another thread may be about to run it
#else
    return outer->is_running();
#endif
}

/// Calls `function` with every unfinished task of this thread's loops.
template <class F>
void for_each_task(F function) noexcept {
#if UASYNC_LOOPS
    for (TaskLoop* loop = Loops::next(nullptr); loop != nullptr; loop = Loops::next(loop)) {
#else
    if (TaskLoop* loop = this_loop()) {
#endif
        for (TaskState* task = loop->first_task(); task != nullptr; task = task->all_next) function(*task);
    }
}

}  // namespace detail
}  // namespace uasync

#pragma once
// The loop: runs tasks on one core or thread. Programs call `run`, or make an EventLoop, and `running_loop().call_soon`; ports call
// `signal` and `signalled`; authors of primitives use the rest to suspend the running task and to wake a waiting one.

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#if UASYNC_THREADS
#include <functional>
#endif

#include <uasync/kernel/frame.hpp>
#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/timer_queue.hpp>
#include <uasync/kernel/wait_list.hpp>

namespace uasync {

class Callback;
struct DescriptorOf;
struct Clock;
class TaskHandle;
namespace detail {
struct Loops;
template <class T>
concept TimeOfClock = std::same_as<typename T::clock, Clock>;
#if UASYNC_THREADS
struct ThreadCalls;
#endif
}  // namespace detail

class Loop {
public:
#if UASYNC_LOOPS
    Loop() noexcept;
    ~Loop();
#else
    Loop() noexcept = default;
#endif
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // For programs: <uasync/task/call.hpp> says more ---------------------------------------------------------------------------

    template <std::invocable F>
    TaskHandle call_soon(F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <class Rep, class Period, std::invocable F>
    TaskHandle call_later(std::chrono::duration<Rep, Period> delay, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <detail::TimeOfClock TimePoint, std::invocable F>
    TaskHandle call_at(TimePoint time, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    bool call_soon_threadsafe(Callback& callback) noexcept;
#if UASYNC_THREADS
    void call_soon_threadsafe(std::function<void()> function);
#endif
    /// Whether it is running tasks now.
    bool is_running() const noexcept { return mode_ != Mode::at_rest; }

    // For ports ------------------------------------------------------------------------------------------------------------

    /// Has the loop look at its clock and its wake-ups before the next step, and ends its sleep. Any context; O(1).
    void signal() noexcept {
#if UASYNC_THREADS
        mailbox_.ring();
#else
        signalled_.store(true, std::memory_order_relaxed);
        port::wake(*this);
#endif
    }
    void* port_state = nullptr;  ///< whatever the port keeps for this loop
    /// Whether there is something to do: what `idle` waits for.
    bool signalled() const noexcept { return ready_ != nullptr || signal_flag().load(std::memory_order_relaxed); }
#if UASYNC_THREADS
    Mailbox& mailbox() const noexcept { return mailbox_; }
#endif

    /// Ends the run because nothing can ever happen again: reports who waits for what, and destroys the tasks in the order of their
    /// creation. Called by a port that can tell, from `idle`.
    void deadlock() noexcept;

#if UASYNC_LOOPS && !UASYNC_THREADS
    /// Tells who runs the loop in between something else (`EventLoop::set_wake_hook`), if anybody does. For `port::wake`.
    void call_wake_hook() noexcept {
        if (wake_hook_ != nullptr) wake_hook_(wake_argument_);
    }
#endif

    /// Cancels the main task, as a user's interrupt (SIGINT) does. In the loop's own context only.
    void interrupt() noexcept;

    // For primitives: the running task ----------------------------------------------------------------------------------------

    TaskState& current() const noexcept { return *current_; }
    /// Whether a task runs: false between steps and while the loop sleeps.
    bool in_step() const noexcept { return current_ != nullptr; }

    /// The step goes on, but it is no task's: a function is called. Gives the task, for `enter_task`.
    TaskState* leave_task() noexcept { return std::exchange(current_, nullptr); }
    void enter_task(TaskState* task) noexcept { current_ = task; }

    /// 6: the running task goes behind all that are ready.
    [[gnu::always_inline]] void yield(Frame leaf) noexcept {
        TaskState& task = *current_;
        task.leaf = leaf;
        push_ready(task);
    }

    /// 3: the running task waits in `list` until somebody takes it out and wakes it. `what` is for people ("Queue::get").
    UASYNC_SHARED void wait_in(WaitList& list, Frame leaf, const char* what) noexcept {
        wait(list, leaf, WaitState::waiting, what);
    }

    /// The same in a list that interrupts or other threads touch: inside a CriticalSection.
    void wait_in_shared(WaitList& list, Frame leaf, const char* what) noexcept { wait(list, leaf, WaitState::shared, what); }
#if UASYNC_THREADS
    /// The same in a SharedWaitQueue, inside its section.
    void wait_guarded(WaitList& queue, Frame leaf, const char* what) noexcept { wait(queue, leaf, WaitState::guarded, what); }
#endif

    /// 7: the running task waits for what `hook` stands for; a cancellation calls the hook instead of ending the wait.
    void wait_for_others(CancelHook& hook, Frame leaf, const char* what) noexcept {
        TaskState& task = *current_;
        task.leaf = leaf;
        task.hook = &hook;
        task.set_state(WaitState::forwarding);
        note_wait(task, what);
    }

    /// 4: the running task sleeps until `deadline`, which is not beyond `never`.
    void sleep(Time deadline, Frame leaf) noexcept;

    /// The running task cannot go on: it is unwound with `error` as soon as this step is over, before any other task runs. A
    /// cancellation that strikes in between comes after that.
    void fail(Frame leaf, Error error) noexcept;

    // For primitives: waking. A task goes on in its own loop, whichever loop of the thread runs. -------------------------------

    /// The loop of a task or of a timer that is set.
    static Loop& of(const WaitNode& node) noexcept;
    /// The same for what only that loop's thread may do: called elsewhere, it stops the program with a message that says to use
    /// `instead`. O(1). `own_fast` looks only if the build says so (UASYNC_CHECK_THREADS).
    static Loop& own(const WaitNode& node, const char* instead) noexcept;
    static Loop& own_fast(const WaitNode& node, [[maybe_unused]] const char* instead) noexcept {
#if UASYNC_CHECK_THREADS
        return own(node, instead);
#else
        return of(node);
#endif
    }
#if UASYNC_THREADS
    /// Stops the program if the loop runs in another thread than this. `task` is named if there is one.
    void require_this_thread(const TaskState* task, const char* instead) const noexcept;
    /// Whether this thread is in the loop's run. Any thread.
    bool runs_here() const noexcept { return in_run_.load(std::memory_order_acquire) && is_of_this_thread(); }
#endif

    static constexpr const char* use_to_wake = "ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe";

    /// 5: a task that was taken out of its list goes behind all that are ready. Loop context.
    static void wake(WaitNode& node) noexcept {
        node.list = nullptr;
        hand_to(node);
    }

    /// The same with something in its hands, which the list that it was taken from keeps for it (`WaitQueue::taken`).
    [[gnu::always_inline]] static void hand_to(WaitNode& node) noexcept {
        node.set_state(WaitState::ready);
        own_fast(node, use_to_wake).push_ready(static_cast<TaskState&>(node));
    }

    /// The same for one that waits for others: until it has its turn, its hook is still told of cancellations, and what it waited
    /// for is not lost to one.
    static void wake_noting(TaskState& task) noexcept { of(task).push_ready(task); }

    /// What `task` waits for, or was woken by, is being destroyed: it will be unwound with `error`.
    static void fail_waiting(TaskState& task, Error error = Error::destroyed) noexcept;

    /// `task`, which does not run, is unwound from one of its coroutines on, whatever is waited for inside of that; that is given back as in
    /// a cancellation.
    static void abort_wait(TaskState& task, std::coroutine_handle<> from, Error error) noexcept;

    /// The same with an error instead of what it waited for.
    static void wake_failing(WaitNode& node, Error error) noexcept {
        set_failing(node, error);
        own_fast(node, use_to_wake).push_ready(static_cast<TaskState&>(node));
    }

    /// `hand_to` from an interrupt or another thread, inside of whatever excludes others from where the task waited: O(1), no allocation.
    void post(WaitNode& node) noexcept {
        node.set_state(WaitState::ready);
#if UASYNC_THREADS
        mailbox_.post(node);
#else
#if UASYNC_ONE_CORE
        if (idle_.load(std::memory_order_relaxed)) {  // the loop touches nothing until it has left `idle`: no detour is needed
            push_ready(static_cast<TaskState&>(node));
            port::wake(*this);
            return;
        }
#endif
        node.next = nullptr;
        *inbox_end_ = &node;
        inbox_end_ = &node.next;
        signal();
#endif
    }
#if UASYNC_THREADS
    /// Takes a node out that was posted, or is just being posted by another thread, for which this waits. Loop context; O(ready tasks).
    void withdraw(const WaitNode& node) noexcept;
#endif

    // For tasks ----------------------------------------------------------------------------------------------------------------

    /// 1: a task, with one handle, around a coroutine that has not started. Null, and `root` is not destroyed, if the pool is full.
    TaskState* create(std::coroutine_handle<> root) noexcept;
    /// The same in a block of the pool, where the loop is not stopping.
    TaskState& create_in(void* block, std::coroutine_handle<> root) noexcept;
    /// 8: false if the task is done. `by_user` as opposed to by a timeout.
    static bool cancel(TaskState& task, bool by_user) noexcept;
    /// 9: the running task's outermost coroutine is at its end, or was destroyed by unwinding (`root` null).
    void finish(std::coroutine_handle<> root, WaitList& joiners, Error error) noexcept;

    /// Runs `main_task` and then, cancelled, whatever tasks are left, until all have ended.
    void run(TaskState& main_task) noexcept;

    /// Whether the main task has ended: each of the others has been cancelled, and those that are made now begin so.
    bool stopping() const noexcept { return stopping_; }

    /// All unfinished tasks in the order of their creation.
    TaskState* first_task() const noexcept { return all_first_; }

private:
    friend class EventLoop;
    friend class LoopTimer;
    friend struct DescriptorOf;
    enum class Mode : std::uint8_t { at_rest, running, stop };

    /// An error takes the place of a cancellation that was asked for before: one that is asked for from now on is another.
    static void set_failing(WaitNode& node, Error error) noexcept {
        node.set_state(WaitState::failing, error);
        if (error != Error::cancelled) node.cancel_requested = 0;
    }
    [[gnu::always_inline]] void push_ready(TaskState& task) noexcept {
        task.next = nullptr;
        *ready_end_ = &task;
        ready_end_ = &task.next;
    }
    void wait(WaitList& list, Frame leaf, WaitState state, const char* what) noexcept {
        TaskState& task = *current_;
        task.leaf = leaf;
        task.list = &list;
        task.set_state(state);
        list.push_back(task);
        note_wait(task, what);
    }
    static void note_wait([[maybe_unused]] TaskState& task, [[maybe_unused]] const char* what) noexcept {
#if UASYNC_NAMES
        task.waits_for = what;
#endif
    }

    [[gnu::noinline]] void run_tasks() noexcept;  // not into its caller, where it would be slower
    void run_once() noexcept;
    WaitNode* take_ready() noexcept;
    void step(TaskState& task) noexcept;
    bool service() noexcept;
    /// Whom interrupts and other threads have woken goes behind all that are ready.
    [[gnu::always_inline]] void take_inbox() noexcept {
#if UASYNC_THREADS
        if (mailbox_.empty()) return;
        WaitNode** end = nullptr;
        *ready_end_ = mailbox_.take(end);
        ready_end_ = end;
#else
#if UASYNC_ONE_CORE
        std::atomic_signal_fence(std::memory_order_seq_cst);  // not before the signal has been cleared
        if (inbox_ == nullptr) return;                        // an interrupt from here on signals afresh
        const CriticalSection section;
#else
        const CriticalSection section;
        if (inbox_ == nullptr) return;
#endif
        *ready_end_ = inbox_;
        ready_end_ = inbox_end_;
        inbox_ = nullptr;
        inbox_end_ = &inbox_;
#endif
    }
    /// Forgets all that is ready or in the inbox.
    void drop_ready() noexcept;
    void destroy_all(Error error) noexcept;
    void add_timer(WaitNode& node, Time deadline) noexcept;
    void unlink(TaskState& task) noexcept;
    void end_wait(TaskState& task, Error error) noexcept;
    void step_failing(TaskState& task) noexcept;
    void unwind(TaskState& task, Error error) noexcept;
    UASYNC_HOT void retire(TaskState& task, std::coroutine_handle<> root, Error error) noexcept;
    UASYNC_RARE void conclude(TaskState& task, WaitList& joiners, Error error) noexcept;
    UASYNC_HOT static bool wake_joiners(WaitList& joiners, Error error) noexcept;
    void stop_timers() noexcept;

#if UASYNC_THREADS
    std::atomic<bool>& signal_flag() const noexcept { return mailbox_.signalled; }
    Mailbox& mailbox_;
#else
    std::atomic<bool>& signal_flag() noexcept { return signalled_; }
    const std::atomic<bool>& signal_flag() const noexcept { return signalled_; }
    std::atomic<bool> signalled_{false};
#endif
    std::atomic<bool> idle_{false};
    bool self_cancelled_ = false;
    bool stopping_ = false;
    bool fails_now_ = false;  ///< the first ready task is one whose await has just failed: it goes on before all others

    Mode mode_ = Mode::at_rest;
    TaskState* current_ = nullptr;
    WaitNode* ready_ = nullptr;
    WaitNode** ready_end_ = &ready_;
#if !UASYNC_THREADS
    WaitNode* inbox_ = nullptr;
    WaitNode** inbox_end_ = &inbox_;
#endif
    TaskState* all_first_ = nullptr;
    TaskState* all_last_ = nullptr;
    TaskState* main_ = nullptr;
#if UASYNC_LOOPS && !UASYNC_THREADS
    void (*wake_hook_)(void*) = nullptr;
    void* wake_argument_ = nullptr;
#endif
#if UASYNC_THREADS
    /// Its address says which thread it is.
    static constinit inline thread_local char this_thread_ = 0;
    /// The thread that has made the loop, or has begun to run it since.
    std::atomic<const char*> thread_{&this_thread_};
    std::atomic<bool> in_run_{false};  ///< `is_running` for other threads
    bool is_open_ = false;             ///< an EventLoop that is not closed
    bool is_of_this_thread() const noexcept { return thread_.load(std::memory_order_relaxed) == &this_thread_; }
    void begin_run() noexcept {
        thread_.store(&this_thread_, std::memory_order_relaxed);
        in_run_.store(true, std::memory_order_release);
    }
    void end_run() noexcept { in_run_.store(false, std::memory_order_release); }
    void drop_calls() noexcept;
#else
    void begin_run() noexcept {}
    void end_run() noexcept {}
#endif
#if UASYNC_LOOPS
    friend struct detail::Loops;
    Loop* older_ = nullptr;  ///< all loops of the program, the newest first
    Loop* newer_ = nullptr;
#endif
#if UASYNC_THREADS
    std::atomic<detail::ThreadCalls*> calls_{nullptr};
#endif
    TimerQueue timers_;  // last: on a host it is large
};

namespace detail {
#ifdef UASYNC_PORT_LOOP
/// The loop that runs on this core or thread, or null: kept by the port, as `Loop*& UASYNC_PORT_LOOP()`, where there are several.
inline Loop*& this_loop() noexcept { return UASYNC_PORT_LOOP(); }
#else
inline namespace UASYNC_BUILT_WITH {
inline constinit UASYNC_THREAD_LOCAL Loop* only_loop = nullptr;
}
/// The loop that runs on this core or thread, or null.
inline Loop*& this_loop() noexcept { return only_loop; }
#endif
}  // namespace detail

namespace detail {
/// The same where there is one for certain.
inline Loop& current_loop() noexcept { return *this_loop(); }

/// Calls `function` with every unfinished task of this thread's loops.
template <class F>
void for_each_task(F function) noexcept;
}  // namespace detail

/// The loop that runs the calling task or function. Outside of `run`, the thread's EventLoop. If there is none the program stops with
/// a message; `get_event_loop()` gives null instead.
Loop& running_loop() noexcept;

inline Loop& Loop::of([[maybe_unused]] const WaitNode& node) noexcept {
#if UASYNC_LOOPS
    return *node.own_loop;
#else
    return detail::current_loop();
#endif
}

inline Loop& Loop::own(const WaitNode& node, [[maybe_unused]] const char* instead) noexcept {
#if UASYNC_LOOPS
    if (node.own_loop != detail::this_loop()) [[unlikely]] {
#if UASYNC_THREADS
        node.own_loop->require_this_thread(static_cast<const TaskState*>(&node), instead);
#endif
        node.own_loop->signal();  // whoever drives it is to hear of it
    }
#endif
    return of(node);
}

namespace detail {

#if UASYNC_LOOPS
/// All loops of the program.
struct Loops {
    static void add(Loop& loop) noexcept;
    static void remove(Loop& loop) noexcept;
    /// The newest loop of this thread before `newer`, or the newest of all; null after the oldest.
    static Loop* next(const Loop* newer) noexcept;
#if UASYNC_THREADS
    /// The newest EventLoop of this thread that is not closed, or null.
    static Loop* newest_open() noexcept;
    /// `this_loop()`, which is made null first if that loop is gone, or runs in another thread by now.
    static Loop* check_this_loop() noexcept;
#endif
};
#endif

/// `this_loop()` where a loop is about to begin.
inline Loop* outer_loop() noexcept {
#if UASYNC_THREADS
    return Loops::check_this_loop();
#else
    return this_loop();
#endif
}
/// Whether that loop is in the middle of its run.
inline bool runs_here(const Loop* outer) noexcept {
    if (outer == nullptr) return false;
#if UASYNC_THREADS
    return outer->runs_here();  // another thread may be about to run it
#else
    return outer->is_running();
#endif
}

template <class F>
void for_each_task(F function) noexcept {
#if UASYNC_LOOPS
    for (Loop* loop = Loops::next(nullptr); loop != nullptr; loop = Loops::next(loop)) {
#else
    if (Loop* loop = this_loop()) {
#endif
        for (TaskState* task = loop->first_task(); task != nullptr; task = task->all_next) function(*task);
    }
}

}  // namespace detail

}  // namespace uasync

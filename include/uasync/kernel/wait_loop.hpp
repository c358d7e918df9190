#pragma once
// A loop as a primitive sees it: how the running task is suspended, and how a waiting one is woken. For authors of primitives that a
// WaitQueue (<uasync/kernel/wait_queue.hpp>) does not serve; `detail::current_loop()` is the loop that runs.
//
// The numbers are those of the life cycle in <uasync/kernel/wait_list.hpp>. Loop context, but for what says otherwise. Nothing allocates.

#include <utility>
#if UASYNC_THREADS
#include <functional>
#endif

#include <uasync/kernel/port_loop.hpp>

namespace uasync {

class Callback;

class WaitLoop : public PortLoop {
public:
    // The running task --------------------------------------------------------------------------------------------------------------

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

    // Waking. A task goes on in its own loop, whichever loop of the thread runs. -----------------------------------------------------

    /// The loop of a task or of a timer that is set.
    static TaskLoop& of(const WaitNode& node) noexcept;
    /// The same for what only that loop's thread may do: called elsewhere, it stops the program with a message that says to use
    /// `instead`. O(1). `own_fast` looks only if the build says so (UASYNC_CHECK_THREADS).
    static TaskLoop& own(const WaitNode& node, const char* instead) noexcept;
    static TaskLoop& own_fast(const WaitNode& node, const char* instead) noexcept;
    static constexpr const char* use_to_wake = "ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe";

    /// 5: a task that was taken out of its list goes behind all that are ready.
    static void wake(WaitNode& node) noexcept {
        node.list = nullptr;
        hand_to(node);
    }

    /// The same with something in its hands, which the list that it was taken from keeps for it (`WaitQueue::taken`).
    static void hand_to(WaitNode& node) noexcept;

    /// The same for one that waits for others: until it has its turn, its hook is still told of cancellations, and what it waited
    /// for is not lost to one.
    static void wake_noting(TaskState& task) noexcept;

    /// The same with an error instead of what it waited for.
    static void wake_failing(WaitNode& node, Error error) noexcept;

    /// What `task` waits for, or was woken by, is being destroyed: it will be unwound with `error`.
    static void fail_waiting(TaskState& task, Error error = Error::destroyed) noexcept;

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

    /// Has the loop call `callback` soon. False if that was to come already. Any context; allocates nothing.
    bool call_soon_threadsafe(Callback& callback) noexcept;
#if UASYNC_THREADS
    /// The same for any function (hosts). The loop must not have ended.
    void call_soon_threadsafe(std::function<void()> function);
#endif

#if UASYNC_LOOPS && !UASYNC_THREADS
    /// Takes a callback out, if it is to be called. O(ready tasks).
    void withdraw(Callback& callback) noexcept;
#endif
#if UASYNC_THREADS
    /// Takes a node out that was posted, or is just being posted by another thread, for which this waits. O(ready tasks).
    void withdraw(const WaitNode& node) noexcept;

    /// Stops the program if the loop runs in another thread than this. `task` is named if there is one. Any thread.
    void require_this_thread(const TaskState* task, const char* instead) const noexcept;
    /// Whether this thread is in the loop's run. Any thread.
    bool runs_here() const noexcept { return in_run_.load(std::memory_order_acquire) && is_of_this_thread(); }
#endif

protected:
    friend class LoopTimer;
    using PortLoop::PortLoop;

    /// Whom interrupts and other threads have woken goes behind all that are ready.
    [[gnu::always_inline]] void take_inbox() noexcept {
#if UASYNC_THREADS
        if (mailbox_.at_rest()) return;
        WaitNode** end = nullptr;
        WaitNode* const first = mailbox_.take(end);
        if (first == nullptr) return;
        *ready_end_ = first;
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

    /// An error takes the place of a cancellation that was asked for before: one that is asked for from now on is another.
    static void set_failing(WaitNode& node, Error error) noexcept {
        node.set_state(WaitState::failing, error);
        if (error != Error::cancelled) node.cancel_requested = 0;
    }
    /// The task's wait ends with an error, which its next turn delivers.
    void end_wait(TaskState& task, Error error) noexcept;
    /// Takes it out of wherever it waits.
    void unlink(TaskState& task) noexcept;
    void add_timer(WaitNode& node, Time deadline) noexcept;
#if UASYNC_LOOPS
    /// Takes a node out of the ready queue. False if it is not there.
    bool take_out(const WaitNode& node) noexcept;
#endif
#if UASYNC_LOOPS && !UASYNC_THREADS
    /// The callbacks in the ready queue, which is about to be forgotten, may be posted again.
    void forget_callbacks() noexcept;
#endif

private:
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
};

}  // namespace uasync

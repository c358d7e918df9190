#pragma once

#include <utility>
#if UASYNC_THREADS
#include <functional>
#endif

#include <uasync/kernel/port_loop.hpp>

namespace uasync {

class Callback;

/// A loop as a primitive sees it: suspends the running task, and wakes a waiting one. Nothing in it allocates.
///
/// For authors of primitives that a WaitQueue does not serve. `detail::current_loop()` is the loop that runs. The numbers
/// are those of a task's life cycle, which is drawn in wait_list.hpp.
/// @par Instead use
/// WaitQueue or SharedWaitQueue.
/// @par From an interrupt
/// Not allowed, except for post() and call_soon_threadsafe().
class WaitLoop : public PortLoop {
public:
    // The running task --------------------------------------------------------------------------------------------------------------

    /// The running task. There must be one. @return its control block
    TaskState& current() const noexcept { return *current_; }
    /// Whether a task runs. @return false between steps and while the loop sleeps
    bool in_step() const noexcept { return current_ != nullptr; }

    /// The step continues, but belongs to no task, because a function is called. @return the task, for enter_task()
    TaskState* leave_task() noexcept { return std::exchange(current_, nullptr); }
    /// The step belongs to a task again. @param task what leave_task() returned
    void enter_task(TaskState* task) noexcept { current_ = task; }

    /// 6: puts the running task behind all that are ready. @param leaf the coroutine that waits
    [[gnu::always_inline]] void yield(Frame leaf) noexcept {
        TaskState& task = *current_;
        task.leaf = leaf;
        push_ready(task);
    }

    /// 3: lets the running task wait in a list until somebody takes it out and wakes it.
    /// @param list where it waits; only its own loop touches the list
    /// @param leaf the coroutine that waits
    /// @param what tells people what it waits for, such as "Queue::get"
    UASYNC_SHARED void wait_in(WaitList& list, Frame leaf, const char* what) noexcept {
        wait(list, leaf, WaitState::waiting, what);
    }

    /// wait_in() for an OwnedWaitQueue.
    /// @param queue where the task waits
    /// @param leaf the coroutine that waits
    /// @param what tells people what it waits for
    void wait_in_owned(WaitList& queue, Frame leaf, const char* what) noexcept { wait(queue, leaf, WaitState::acquiring, what); }

    /// wait_in() for a list that interrupts or other threads touch too. Call it inside a CriticalSection.
    /// @param list where the task waits
    /// @param leaf the coroutine that waits
    /// @param what tells people what it waits for
    void wait_in_shared(WaitList& list, Frame leaf, const char* what) noexcept { wait(list, leaf, WaitState::shared, what); }
#if UASYNC_THREADS
    /// wait_in() for a SharedWaitQueue. Call it inside the queue's section.
    /// @param queue where the task waits
    /// @param leaf the coroutine that waits
    /// @param what tells people what it waits for
    void wait_guarded(WaitList& queue, Frame leaf, const char* what) noexcept { wait(queue, leaf, WaitState::guarded, what); }
#endif

    /// 7: lets the running task wait for other tasks or the like. A cancellation calls the hook instead of ending the wait.
    /// @param hook told of a cancellation
    /// @param leaf the coroutine that waits
    /// @param what tells people what it waits for
    void wait_for_others(CancelHook& hook, Frame leaf, const char* what) noexcept {
        TaskState& task = *current_;
        task.leaf = leaf;
        task.hook = &hook;
        task.set_state(WaitState::forwarding);
        note_wait(task, what);
    }

    /// 4: lets the running task sleep.
    /// @param deadline when it wakes; not beyond `never`
    /// @param leaf the coroutine that waits
    void sleep(Time deadline, Frame leaf) noexcept;

    /// Unwinds the running task with an error as soon as this step is over, before any other task runs. A cancellation that
    /// comes in between is delivered after that.
    /// @param leaf the coroutine that cannot go on
    /// @param error what ends it
    void fail(Frame leaf, Error error) noexcept;

    // Waking. A task continues in its own loop, whichever loop of the thread runs. ---------------------------------------------------

    /// The loop of a task, or of a timer that is running. @param node the task or timer @return its loop
    static TaskLoop& of(const WaitNode& node) noexcept;
    /// The loop of a node, for what only that loop's thread may do. In another thread, the program stops with a message. O(1).
    /// @param node the task or timer
    /// @param instead what the message says to use
    /// @return the node's loop
    static TaskLoop& own(const WaitNode& node, const char* instead) noexcept;
    /// own(), which checks only if the build says so (UASYNC_CHECK_THREADS).
    /// @param node the task or timer
    /// @param instead what the message says to use
    /// @return the node's loop
    static TaskLoop& own_fast(const WaitNode& node, const char* instead) noexcept;
    /// What the message says to use instead of waking a task of another thread.
    static constexpr const char* use_to_wake = "ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe";

    /// 5: puts a task behind all that are ready. @param node was taken out of its list
    static void wake(WaitNode& node) noexcept {
        node.list = nullptr;
        hand_to(node);
    }

    /// wake() with something in the task's hands, which the list that it was taken from keeps for it (`WaitQueue::taken`).
    /// @param node was taken out of its list
    static void hand_to(WaitNode& node) noexcept;

    /// wake() for a task that waits for others. Until its turn, its hook is still told of cancellations, so that a cancellation
    /// does not lose what it waited for.
    /// @param task the task
    static void wake_noting(TaskState& task) noexcept;

    /// wake() with an error instead of what the task waited for.
    /// @param node was taken out of its list
    /// @param error what it is unwound with
    static void wake_failing(WaitNode& node, Error error) noexcept;

    /// Ends a task's wait with an error, because what it waits for, or was woken by, is being destroyed.
    /// @param task the task
    /// @param error what it is unwound with
    static void fail_waiting(TaskState& task, Error error = Error::destroyed) noexcept;

    /// hand_to() from an interrupt or another thread. Call it inside whatever excludes others from where the task waited. O(1).
    /// @param node was taken out of its list
    void post(WaitNode& node) noexcept { post_in_line(node); }
    /// post() without a call, where that would cost more than the rest.
    /// @param node was taken out of its list
    [[gnu::always_inline]] void post_in_line(WaitNode& node) noexcept {
        node.set_state(WaitState::ready);
#if UASYNC_THREADS
        mailbox_.post(node);
#else
#ifdef UASYNC_PORT_CORE
        if (core_ != UASYNC_PORT_CORE()) {
            post_far(node);
            return;
        }
#endif
        post_near(node);
#endif
    }
#if !UASYNC_THREADS
    /// post() on the loop's own core, to a node whose state has been set.
    /// @param node was taken out of its list
    [[gnu::always_inline]] void post_near(WaitNode& node) noexcept {
        // The loop touches nothing until it has left `idle`, so no detour is needed. (Where there are no cores to tell apart, that takes one.)
#if UASYNC_ONE_CORE || defined(UASYNC_PORT_CORE)
        if (idle_.load(std::memory_order_relaxed)) {
            push_ready(static_cast<TaskState&>(node));
            wake_from_here();
            return;
        }
#endif
        accept(node);
    }
#endif

    /// Makes the loop call a function soon. Allocates nothing.
    /// @par From an interrupt
    /// Allowed, from any context.
    /// @param callback what to call
    /// @return false if it was pending already
    bool call_soon_threadsafe(Callback& callback) noexcept;
#if UASYNC_THREADS
    /// Makes the loop call any function soon (hosts). The loop must not have ended. Any thread.
    /// @param function what to call; it is kept on the heap until then
    void call_soon_threadsafe(std::function<void()> function);
#endif

#if UASYNC_LOOPS && !UASYNC_THREADS
    /// Makes a callback no longer pending. O(ready tasks). @param callback pending or not
    void withdraw(Callback& callback) noexcept;
#endif
#if UASYNC_THREADS
    /// Takes out a node that was posted, or that another thread is just posting; then it waits for that. O(ready tasks).
    /// @param node the node
    void withdraw(const WaitNode& node) noexcept;

    /// Whether this thread is in the loop's run. Any thread. @return true if it is
    bool runs_here() const noexcept { return in_run_.load(std::memory_order_acquire) && is_of_this_thread(); }
#endif
#if UASYNC_THREADS || defined(UASYNC_PORT_CONTEXT)
    /// Stops the program with a message if the loop runs in another thread, or on a board on another core or in an interrupt.
    /// Any context.
    /// @param task named in the message; null: none
    /// @param instead what the message says to use
    void require_this_thread(const TaskState* task, const char* instead) const noexcept;
#else
    /// There is only one thread. @param task unused @param instead unused
    void require_this_thread([[maybe_unused]] const TaskState* task, [[maybe_unused]] const char* instead) const noexcept {}
#endif

protected:
    friend class LoopTimer;
    using PortLoop::PortLoop;

#ifdef UASYNC_PORT_CORE
    /// A task of this loop that the other core has posted, or null. What is another loop's goes to that one.
    [[gnu::always_inline]] WaitNode* receive_far() noexcept {
        while (void* sent = port::receive_from_other_core()) {
            auto* node = static_cast<WaitNode*>(sent);
            if (node->own_loop == static_cast<void*>(this)) [[likely]]
                return node;
            hand_on(*node);
        }
        return nullptr;
    }
    /// Takes what the other core has posted.
    [[gnu::always_inline]] void take_far() noexcept {
        while (WaitNode* node = receive_far()) push_ready(static_cast<TaskState&>(*node));
    }
#endif

    /// Appends the tasks that interrupts and other threads have woken to the ready queue.
    [[gnu::always_inline]] void take_inbox() noexcept {
#if UASYNC_THREADS
        if (mailbox_.at_rest()) return;
        WaitNode** end = nullptr;
        WaitNode* const first = mailbox_.take(end);
        if (first == nullptr) return;
        *ready_end_ = first;
        ready_end_ = end;
#else
#ifdef UASYNC_PORT_CORE
        take_far();
        if (far_ != nullptr) take_far_list();
        const LocalSection section;
        if (inbox_ == nullptr) return;
#elif UASYNC_ONE_CORE
        std::atomic_signal_fence(std::memory_order_seq_cst);  // not before the signal has been cleared
        if (inbox_ == nullptr) return;                        // an interrupt signals again from here on
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

    /// Makes a node fail. The error takes the place of a cancellation that was requested before it; one that is requested from now on is
    /// another.
    /// @param node the task or timer
    /// @param error what it is unwound with
    static void set_failing(WaitNode& node, Error error) noexcept {
        node.set_state(WaitState::failing, error);
        if (error != Error::cancelled) node.cancel_requested = 0;
    }
    /// Ends a task's wait with an error, which its next turn delivers.
    /// @param task the task
    /// @param error what it is unwound with
    void end_wait(TaskState& task, Error error) noexcept;
    /// Takes a task out of wherever it waits. @param task the task
    void unlink(TaskState& task) noexcept;
    /// Puts a node into the timer queue.
    /// @param node is in no list
    /// @param deadline up to `never`
    void add_timer(WaitNode& node, Time deadline) noexcept;
#if UASYNC_LOOPS
    /// Takes a node out of the ready queue. O(ready tasks). @param node the node @return false if it is not there
    bool take_out(const WaitNode& node) noexcept;
#endif
#if UASYNC_LOOPS && !UASYNC_THREADS
    /// The ready queue is about to be forgotten, so its callbacks may be posted again.
    void forget_callbacks() noexcept;
#endif

private:
#if !UASYNC_THREADS
    /// Puts a node into the inbox. Inside a section.
    void accept(WaitNode& node) noexcept {
        node.next = nullptr;
        *inbox_end_ = &node;
        inbox_end_ = &node.next;
        signalled_.store(true, std::memory_order_relaxed);
        wake_from_here();
    }
#endif
#ifdef UASYNC_PORT_CORE
    // From core to core, a node goes through the chip's mailbox, which takes no lock; if that is full, it goes into a list, which every
    // core changes in a critical section. Until the list has been taken, nothing goes through the mailbox to this loop, so that
    // the order is kept. Whichever loop of the other core looks next hands the node on to its own.

    /// post() on the other core. Inside a CriticalSection.
    [[gnu::always_inline]] void post_far(WaitNode& node) noexcept {
        if (far_ == nullptr && port::send_to_other_core(&node)) [[likely]] {
            port::wake_after_sending(*this, port_state);
        } else {
            post_to_list(node);
        }
    }
    void post_to_list(WaitNode& node) noexcept;
    static void hand_on(WaitNode& node) noexcept;
    void take_far_list() noexcept;
#endif
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

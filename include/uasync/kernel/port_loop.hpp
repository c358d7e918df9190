#pragma once
// A loop as a port sees it: what <uasync/kernel/port.hpp> gets. Interrupts and other threads signal it, `idle` sleeps until it is signalled.
// For authors of ports.

#include <uasync/kernel/loop_state.hpp>

namespace uasync {

class PortLoop : public LoopState {
public:
    /// Has the loop look at its clock and its wake-ups before the next step, and ends its sleep. Any context; O(1).
    void signal() noexcept {
#if UASYNC_THREADS
        mailbox_.ring();
#else
        signalled_.store(true, std::memory_order_relaxed);
        port::wake(*this);
#endif
    }

    /// Whether there is something to do: what `idle` waits for.
    bool signalled() const noexcept { return ready_ != nullptr || signal_flag().load(std::memory_order_relaxed); }

    /// Whether it is running tasks now.
    bool is_running() const noexcept { return mode_ != Mode::at_rest; }

#if UASYNC_THREADS
    /// Where other threads leave what they wake. It outlives the loop.
    Mailbox& mailbox() const noexcept { return mailbox_; }
#endif

#if UASYNC_LOOPS && !UASYNC_THREADS
    /// Tells who runs the loop in between something else (`EventLoop::set_wake_hook`), if anybody does. For `port::wake`.
    void call_wake_hook() noexcept {
        if (wake_hook_ != nullptr) wake_hook_(wake_argument_);
    }
#endif

    /// Ends the run because nothing can ever happen again: reports who waits for what, and destroys the tasks in the order of their
    /// creation. Called by a port that can tell, from `idle`.
    void deadlock() noexcept;

    /// Cancels the main task, as a user's interrupt (SIGINT) does. In the loop's own context only.
    void interrupt() noexcept;

protected:
    using LoopState::LoopState;
};

}  // namespace uasync

#pragma once

#include <uasync/kernel/loop_state.hpp>

namespace uasync {

/// A loop as a port sees it. Interrupts and other threads signal it, and `port::idle` sleeps until it is signalled.
///
/// For authors of ports.
class PortLoop : public LoopState {
public:
    /// Makes the loop look at its clock and its wake-ups before the next step, and ends its sleep. O(1).
    /// @par From an interrupt
    /// Allowed, from any context.
    void signal() noexcept {
#if UASYNC_THREADS
        mailbox_.ring();
#else
        signalled_.store(true, std::memory_order_relaxed);
        wake_from_anywhere();
#endif
    }

#ifdef UASYNC_PORT_CORE
    /// signal() from the loop's own core, in fewer instructions.
    /// @par From an interrupt
    /// Allowed, on that core.
    void signal_near() noexcept {
        signalled_.store(true, std::memory_order_relaxed);
        wake_from_here();
    }
#endif

    /// Whether there is something to do: what `port::idle` waits for. @return true if a task is ready or signal() was called
    bool signalled() const noexcept { return ready_ != nullptr || signal_flag().load(std::memory_order_relaxed); }

    /// Whether the loop is running tasks now. @return false before its run, after it, and between runs
    bool is_running() const noexcept { return mode_ != Mode::at_rest; }

#if UASYNC_THREADS
    /// Where other threads leave what they wake. It outlives the loop. @return the mailbox
    Mailbox& mailbox() const noexcept { return mailbox_; }
#endif

#if UASYNC_LOOPS && !UASYNC_THREADS
    /// Calls the hook of `EventLoop::set_wake_hook`, if there is one. For `port::wake`.
    void call_wake_hook() noexcept {
        if (wake_hook_ != nullptr) wake_hook_(wake_argument_);
    }
#endif

    /// Ends the run because nothing can ever happen again: reports which task waits for what, and destroys the tasks in the
    /// order of their creation. A port that can tell calls it in `port::idle`.
    void deadlock() noexcept;

    /// Cancels the main task, as SIGINT does. Only in the loop's own context.
    void interrupt() noexcept;

protected:
    using LoopState::LoopState;

#if !UASYNC_THREADS
    // A port that tells cores apart also gets what it keeps for the loop, because its inline functions come before the loop's members.

    /// Ends the loop's sleep, from any core.
    [[gnu::always_inline]] void wake_from_anywhere() noexcept {
#ifdef UASYNC_PORT_CORE
        port::wake(*this, port_state);
#else
        port::wake(*this);
#endif
    }
    /// Ends the loop's sleep; from its own core, if there are several.
    [[gnu::always_inline]] void wake_from_here() noexcept {
#ifdef UASYNC_PORT_CORE
        port::wake_near(*this, port_state);
#else
        port::wake(*this);
#endif
    }
#endif
};

}  // namespace uasync

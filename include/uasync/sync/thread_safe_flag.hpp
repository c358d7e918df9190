#pragma once

#include <uasync/kernel/wait_queue.hpp>
#include <uasync/sync/lock_free_flag.hpp>

namespace uasync {

/// A flag that an interrupt or another thread sets and a task waits for. Waiting takes the flag: it is clear afterwards.
///
/// @par Use it for
/// Waking a task from an interrupt handler, the other core or another thread.
/// @par Instead use
/// Event between tasks; RingQueue if each interrupt brings a value; Pin::wait_for_falling_edge() for a pin.
/// @par Cost
/// 8 bytes on a board; no allocation; O(1). set() masks interrupts for about 30 cycles. On hosts with threads it is lock
/// free.
/// @par From an interrupt
/// set(), clear() and is_set() may be called from any interrupt and any thread, on hosts also from signal handlers.
/// wait() is for tasks of one loop.
/// @par When cancelled
/// A task that is cancelled just after it was woken leaves the flag set, or wakes the next task.
/// @par Fairness
/// Each set() wakes the task that has waited longest. Several calls before a task waits count once.
/// @par Errors
/// Tasks that wait when the flag is destroyed end with Error::destroyed. Switch the interrupt off first.
/// @par Source
/// MicroPython's asyncio.ThreadSafeFlag.
/// @par Example
/// @code{.cpp}
/// #include <uasync/sim.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// ThreadSafeFlag sampled;
///
/// void adc_interrupt() { sampled.set(); }
///
/// Coro<> async_main() {
///     // The simulation plays the hardware; on a board the interrupt comes by itself.
///     for (int i = 1; i <= 3; ++i) sim::at(i * 20ms, adc_interrupt);
///     for (int i = 0; i < 2; ++i) {
///         co_await sampled.wait();
///         print("sample at {} ms\n", ticks_ms());
///     }
///     co_await sleep_ms(100);
///     print("set meanwhile: {}\n", sampled.is_set());
///     co_await sampled.wait();  // continues at once
///     print("set: {}\n", sampled.is_set());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// sample at 20 ms
/// sample at 40 ms
/// set meanwhile: true
/// set: false
/// @endcode
class ThreadSafeFlag
#if UASYNC_THREADS
    : public LockFreeFlag {
};
#else
{
public:
    /// A flag that is not set.
    ThreadSafeFlag() noexcept = default;
    ThreadSafeFlag(const ThreadSafeFlag&) = delete;
    ThreadSafeFlag& operator=(const ThreadSafeFlag&) = delete;
    ~ThreadSafeFlag() { waiters_.release(); }

    /// Wakes the task that has waited longest, or else sets the flag. Any interrupt, any thread.
    void set() noexcept {
        InlineSection section;
        if (WaitNode* node = waiters_.pop_front()) {
#ifdef UASYNC_PORT_ENTER_IN_LINE
            WaitLoop::of(*node).post_in_line(*node);  // it may be one to the other core
#else
            WaitLoop::of(*node).post(*node);
#endif
        } else {
            set_ = true;
        }
    }
    /// Clears the flag: the next wait() waits. Any interrupt, any thread.
    void clear() noexcept {
        CriticalSection section;
        set_ = false;
    }
    /// Whether the flag is set. Any interrupt, any thread. @return true from set() until a wait() has taken it
    bool is_set() const noexcept {
        CriticalSection section;
        return set_;
    }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(ThreadSafeFlag& flag) noexcept : flag_{&flag} {}
        WaitAwaiter(WaitAwaiter&&) noexcept = default;
        [[gnu::always_inline]] ~WaitAwaiter() {
            if (suspended_) [[unlikely]]
                hand_on();
        }
        bool await_ready() const noexcept { return false; }
        bool await_suspend(Frame self) noexcept {
            CriticalSection section;
            if (flag_->set_) {
                flag_->set_ = false;
                return false;
            }
            suspended_ = true;
            detail::current_loop().wait_in_shared(flag_->waiters_, self, "ThreadSafeFlag::wait");
            return true;
        }
        [[gnu::always_inline]] void await_resume() noexcept {
            if (suspended_) flag_->waiters_.taken();
            suspended_ = false;
        }

    private:
        [[gnu::noinline]] void hand_on() noexcept {
            if (flag_->waiters_.handed_to_current()) flag_->set();
        }

        ThreadSafeFlag* flag_;
        detail::Suspended suspended_;
    };

    /// Waits until the flag is set, and clears it. Tasks of one loop. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    WaitQueue waiters_;
    bool set_ = false;
};
#endif

UASYNC_WAITS_FOR(ThreadSafeFlag::WaitAwaiter, "ThreadSafeFlag::wait");

}  // namespace uasync

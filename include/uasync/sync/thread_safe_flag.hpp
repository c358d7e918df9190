#pragma once
// ThreadSafeFlag: the bridge from an interrupt handler or another thread to a task, as MicroPython's. `set` may be called anywhere;
// it wakes one waiting task, or lets the next one that waits go straight on. Waiting takes the flag: it is clear afterwards.
//
//     ThreadSafeFlag done;
//     extern "C" void dma_handler() { done.set(); }
//     ... co_await done.wait();
//
// Setting it several times before a task waits counts once. Neighbours: Event between tasks of one loop; Latest or Queue for
// values.
// Cost: two pointers and a bool; `set` masks interrupts for about 30 cycles; O(1). On hosts `set` is lock free, and allowed in signal
// handlers. ISR-safe and thread-safe: `set`, `clear`, `is_set`. Waiting tasks must belong to one loop. Cancel-safe: a task that is
// cancelled just as it was woken leaves the flag set. Destroying it ends its waiters with Error::destroyed; the interrupt must have been
// switched off before.

#include <uasync/kernel/wait_queue.hpp>
#include <uasync/sync/lock_free_flag.hpp>

namespace uasync {

#if UASYNC_THREADS
class ThreadSafeFlag : public LockFreeFlag {};
#else

class ThreadSafeFlag {
public:
    ThreadSafeFlag() noexcept = default;
    ThreadSafeFlag(const ThreadSafeFlag&) = delete;
    ThreadSafeFlag& operator=(const ThreadSafeFlag&) = delete;
    ~ThreadSafeFlag() { waiters_.release(); }

    /// Wakes the longest waiter, or remembers. Any context.
    void set() noexcept {
        CriticalSection section;
        if (WaitNode* node = waiters_.pop_front()) {
            WaitLoop::of(*node).post(*node);
        } else {
            set_ = true;
        }
    }
    void clear() noexcept {
        CriticalSection section;
        set_ = false;
    }
    bool is_set() const noexcept {
        CriticalSection section;
        return set_;
    }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(ThreadSafeFlag& flag) noexcept : flag_{&flag} {}
        WaitAwaiter(WaitAwaiter&&) noexcept = default;
        ~WaitAwaiter() {
            if (suspended_ && flag_->waiters_.handed_to_current()) flag_->set();
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
        void await_resume() noexcept {
            if (suspended_) flag_->waiters_.taken();
            suspended_ = false;
        }

    private:
        ThreadSafeFlag* flag_;
        detail::Suspended suspended_;
    };

    /// Waits until the flag is set, and clears it.
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    WaitQueue waiters_;
    bool set_ = false;
};
#endif

}  // namespace uasync

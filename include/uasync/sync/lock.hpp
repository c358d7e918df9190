#pragma once
// Lock: one task at a time, as asyncio.Lock. Contenders get it first in, first out; nobody overtakes.
//
//     Lock lock;
//     {
//         auto guard = co_await lock.scoped_lock();   // `async with lock`
//         co_await write_page();                      // others wait
//     }                                               // released here, also if the task is cancelled
//
// Needed only where a critical section contains an await: between two awaits no other task runs anyway. Neighbours: RwLock if most
// only read; Condition to wait, inside, for what another task does; CriticalSection against interrupts. Not recursive: a task that
// acquires it twice waits for ever.
// Cost: two pointers and two bools; no allocation; O(1). Not ISR-safe. Cancel-safe: a task that is cancelled while it waits, or
// just as it was handed the lock, does not have it, and the next in line does.
// Destroying it ends its waiters with Error::destroyed; a guard that holds it then holds nothing.

#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {
class ConditionWait;
}

class Lock {
public:
    class Guard;

    Lock() noexcept = default;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() {
        if (locked_) end_waiters();
    }

    /// Whether a task holds it; false while it is on its way to the next one, as in asyncio.
    bool locked() const noexcept { return locked_ && !handed_; }

    /// Hands the lock to the longest waiter, or unlocks it. Error::misuse if it is not locked.
    Result<void> release() noexcept {
        if (!locked()) return std::unexpected{Error::misuse};
        hand_on();
        return {};
    }

    class AcquireAwaiter {
    public:
        explicit AcquireAwaiter(Lock& lock) noexcept : lock_{&lock} {}
        AcquireAwaiter(AcquireAwaiter&&) noexcept = default;
        ~AcquireAwaiter() {
            if (suspended_ && lock_->waiters_.handed_to_current()) lock_->hand_on();
        }
        bool await_ready() const noexcept { return !lock_->locked_; }
        void await_suspend(Frame self) noexcept {
            suspended_ = true;
            lock_->waiters_.suspend(self, "Lock::acquire");
        }
        void await_resume() noexcept {
            if (suspended_) {
                lock_->waiters_.taken();
                lock_->handed_ = false;
            }
            suspended_ = false;
            lock_->locked_ = true;
        }

    protected:
        Lock* lock_;

    private:
        detail::Suspended suspended_;
    };

    /// Waits for its turn, then holds the lock until release().
    [[nodiscard("co_await it")]] AcquireAwaiter acquire() noexcept { return AcquireAwaiter{*this}; }

    /// Releases the lock at the end of its life, unless release() has or the lock is no more.
    class [[nodiscard("it releases the lock at the end of its life: give it a name")]] Guard {
    public:
        explicit Guard(Lock& lock) noexcept : lock_{&lock} { lock.guard_ = this; }
        Guard(Guard&& other) noexcept : lock_{std::exchange(other.lock_, nullptr)} {
            if (lock_ != nullptr) lock_->guard_ = this;
        }
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (lock_ != nullptr) lock_->hand_on();
        }
        /// Whether it holds the lock.
        explicit operator bool() const noexcept { return lock_ != nullptr; }

    private:
        friend class Lock;
        friend class detail::ConditionWait;
        Lock* lock_;
    };

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        using AcquireAwaiter::AcquireAwaiter;
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{*lock_};
        }
    };

    /// Waits for its turn; the Guard that it gives holds the lock.
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

private:
    friend class Condition;
    friend class detail::ConditionWait;

    /// Takes the lock from the guard that holds it, if one does; that guard.
    Guard* take_from_guard() noexcept {
        if (guard_ != nullptr) guard_->lock_ = nullptr;
        return std::exchange(guard_, nullptr);
    }
    /// The lock stays locked on its way from hand to hand, so that nobody comes in between.
    void hand_on() noexcept {
        take_from_guard();
        if (WaitNode* next = waiters_.pop_front()) {
            handed_ = true;
            next->list = &waiters_;  // so it is already, unless the task comes from a Condition
            WaitLoop::hand_to(*next);
        } else {
            handed_ = false;
            locked_ = false;
        }
    }

    void end_waiters() noexcept;

    WaitQueue waiters_;
    Guard* guard_ = nullptr;  ///< of the holder; null if it has none
    bool locked_ = false;
    bool handed_ = false;
};

}  // namespace uasync

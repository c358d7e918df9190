#pragma once

#include <utility>

#include <uasync/kernel/owned_wait_queue.hpp>

namespace uasync {

namespace detail {
class ConditionWait;
}  // namespace detail

/// Mutual exclusion: one task at a time holds the lock, and the others wait for their turn.
///
/// @par Use it for
/// Code that contains an `await` and must not be entered by two tasks at once. Between two awaits no other task of the
/// loop runs, so code without an await needs no lock.
/// @par Instead use
/// RwLock if most tasks only read; Semaphore for a few tasks at a time; Condition to wait, inside, for what another task
/// does; CriticalSection against interrupts.
/// @par Cost
/// 12 bytes on a board; no allocation; O(1).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A task that is cancelled while it waits, or just after it was handed the lock, does not hold it; the next waiting task
/// gets it. A Guard releases the lock when its task is cancelled.
/// @par Fairness
/// First in, first out. The lock stays locked on its way to the next task, so no other task can take it in between. It is
/// not recursive: a task that acquires it twice waits forever.
/// The task that holds the lock has the level of the highest task that waits for it, if that is above its own, until it
/// releases the lock or the other no longer waits (see Priority).
/// @par Errors
/// A Guard that is not kept in a variable releases the lock at once: Clang warns about `co_await lock.scoped_lock();`,
/// GCC 12 does not. Tasks that wait when the lock is destroyed end with Error::destroyed; a Guard that holds it then
/// holds nothing.
/// @par Source
/// Python's asyncio.Lock; `scoped_lock` stands for `async with lock`.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> deposit(Lock& lock, int& balance, int amount) {
///     auto guard = co_await lock.scoped_lock();  // `async with lock`
///     const int before = balance;
///     co_await sleep_ms(10);  // without the lock another task would read the same balance
///     balance = before + amount;
///     print("{} ms: {}\n", ticks_ms(), balance);
/// }
///
/// Coro<> async_main() {
///     Lock lock;
///     int balance = 0;
///     co_await gather(deposit(lock, balance, 100), deposit(lock, balance, 20), deposit(lock, balance, 3));
///     co_await lock.acquire();
///     print("locked: {}\n", lock.locked());
///     lock.release();
///     print("once more: {}\n", lock.release().error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: 100
/// 20 ms: 120
/// 30 ms: 123
/// locked: true
/// once more: misuse
/// @endcode
class Lock {
public:
    class Guard;

    /// A lock that nobody holds.
    Lock() noexcept = default;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() {
        if (!waiters_.is_free()) end_waiters();
    }

    /// Whether a task holds the lock. @return false also while the lock is on its way to the next task, as in asyncio
    bool locked() const noexcept { return waiters_.is_held(); }

    /// Hands the lock to the task that has waited longest, or unlocks it.
    /// @return success, or Error::misuse if it is not locked
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
        bool await_ready() const noexcept { return lock_->waiters_.is_free(); }
        void await_suspend(Frame self) noexcept {
            suspended_ = true;
            lock_->waiters_.suspend(self, "Lock::acquire");
        }
        void await_resume() noexcept {
            if (suspended_) lock_->waiters_.taken();
            suspended_ = false;
            lock_->waiters_.hold();
        }

    protected:
        Lock* lock_;

    private:
        detail::Suspended suspended_;
    };

    /// Acquires the lock; waits while another task holds it. It is held until release().
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] AcquireAwaiter acquire() noexcept { return AcquireAwaiter{*this}; }

    /// Holds a Lock and releases it at the end of its life, unless release() has, or the lock has been destroyed.
    class [[nodiscard("it releases the lock at the end of its life: give it a name")]] Guard {
    public:
        /// Takes over a lock that is held.
        /// @param lock a lock that the running task has acquired
        explicit Guard(Lock& lock) noexcept : lock_{&lock} { lock.guard_ = this; }
        /// Takes over what another guard holds.
        /// @param other guard that holds nothing afterwards
        Guard(Guard&& other) noexcept : lock_{std::exchange(other.lock_, nullptr)} {
            if (lock_ != nullptr) lock_->guard_ = this;
        }
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (lock_ != nullptr) lock_->hand_on();
        }
        /// Whether the guard holds the lock. @return false once the lock was released, moved from here or destroyed
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

    /// Acquires the lock for a scope; waits while another task holds it.
    /// @return an awaitable; `co_await` gives a Guard, which needs a name
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

private:
    friend class Condition;
    friend class detail::ConditionWait;

    /// Takes the lock from the guard that holds it, if there is one, and returns that guard.
    Guard* take_from_guard() noexcept {
        if (guard_ != nullptr) guard_->lock_ = nullptr;
        return std::exchange(guard_, nullptr);
    }
    /// The lock stays locked on its way from one task to the next, so that no other task comes in between.
    void hand_on() noexcept {
        take_from_guard();
        waiters_.hand_on();
    }

    void end_waiters() noexcept;

    OwnedWaitQueue waiters_;
    Guard* guard_ = nullptr;  ///< the holder's; null if it has none
};

UASYNC_WAITS_FOR(Lock::AcquireAwaiter, "Lock::acquire");
UASYNC_WAITS_FOR(Lock::ScopedAwaiter, "Lock::acquire");

}  // namespace uasync

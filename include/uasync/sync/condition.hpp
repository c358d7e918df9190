#pragma once
// Condition: tasks that hold a lock wait until another task, which holds it meanwhile, says that something has changed; as
// asyncio.Condition.
//
//     Condition changed;                                                       // or Condition changed{lock};
//     { auto guard = co_await changed.scoped_lock();                           // the one
//       co_await changed.wait_for([&] { return level > 10; }); ... }
//     { auto guard = co_await changed.scoped_lock(); level = 11; changed.notify_all(); }   // the other
//
// Waiting releases the lock and acquires it again, in line with all who want it: a notified task is in that line from the notify
// on. Several conditions may share a lock, and none may outlive it. Neighbours: Event if there is nothing to protect between two
// awaits, which is usual; Queue and Semaphore for what they are made for.
// Cost: a lock and three pointers; each wait one frame of 19 words, no other allocation; O(1) for each task. Not ISR-safe.
// Cancel-safe: as in CPython the lock is held again when `wait` ends, also by a cancellation or a timeout, which until then is kept
// back; and a notification that meets a cancelled task goes to the next. That needs no await in a destructor: the task stays in the
// lock's line, and only when it has the lock it is unwound.
// Destroying it ends with Error::destroyed the tasks that were not notified; these do not hold the lock, and their guards hold
// nothing.

#include <climits>
#include <concepts>
#include <type_traits>
#include <utility>

#include <uasync/kernel/cancel.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

class Condition {
public:
    /// With a lock of its own.
    Condition() noexcept : lock_{&own_} {}
    explicit Condition(Lock& lock) noexcept : lock_{&lock} {}
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    ~Condition();

    // The lock's.
    [[nodiscard("co_await it")]] Lock::AcquireAwaiter acquire() noexcept { return lock_->acquire(); }
    [[nodiscard("co_await it")]] Lock::ScopedAwaiter scoped_lock() noexcept { return lock_->scoped_lock(); }
    Result<void> release() noexcept { return lock_->release(); }
    bool locked() const noexcept { return lock_->locked(); }

    /// Releases the lock, waits to be notified, and acquires it again. Error::misuse, ending the task, if it is not locked.
    Coro<> wait();

    /// Waits until `predicate()` is true of something that others change; what it gave. It is asked with the lock held.
    template <std::invocable P>
    auto wait_for(P predicate) -> Coro<std::remove_cvref_t<decltype(predicate())>>;

    /// Wakes up to `n` waiting tasks, first come first served; they go on when they have the lock. Error::misuse if it is not
    /// locked.
    Result<void> notify(unsigned n = 1) noexcept;
    Result<void> notify_all() noexcept { return notify(UINT_MAX); }

private:
    friend class detail::ConditionWait;

    bool notify_next() noexcept;

    Lock own_;
    Lock* lock_;
    // Of ConditionWaits, each of which knows its task; that is in the lock's list as soon as it is notified.
    WaitList waiting_;
    WaitList notified_;  ///< those who have not run since
};

namespace detail {

/// One wait, a place in the condition's lists. Its task waits by way of a hook, so that a cancellation puts it in the lock's line
/// instead of ending its wait; and it is notified, handed the lock and cancelled in any order.
class ConditionWait : WaitNode, CancelHook {
public:
    explicit ConditionWait(Condition& condition) noexcept;
    ConditionWait(const ConditionWait&) = delete;
    ConditionWait& operator=(const ConditionWait&) = delete;
    ~ConditionWait();

    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) noexcept;
    /// Whether it was cancelled meanwhile, which the caller has to pass on. The lock is held.
    bool await_resume() noexcept { return regain(false); }

private:
    friend class uasync::Condition;
    enum class Stage : unsigned char {
        waiting,  ///< to be notified
        queued,   ///< in the lock's line, or handed the lock
        ended,    ///< in no list; or not begun
    };

    void leave() noexcept;
    void give_to_guard() noexcept;
    bool regain(bool cancelled) noexcept;
    void cancelled() noexcept;
    void unlinked() noexcept;

    static const Functions functions_of_wait;

    Condition& condition_;  ///< not to be touched unless this is in one of its lists
    Lock& lock_;
    TaskState* task_ = nullptr;
    Lock::Guard* guard_ = nullptr;  ///< by which the task held the lock
    Stage stage_ = Stage::ended;
    bool cancelled_ = false;
};

}  // namespace detail

template <std::invocable P>
auto Condition::wait_for(P predicate) -> Coro<std::remove_cvref_t<decltype(predicate())>> {
    while (true) {
        auto result = predicate();
        if (result) co_return result;
        const bool cancelled = co_await detail::ConditionWait{*this};
        if (cancelled) co_await pass_cancelled();
    }
}

}  // namespace uasync

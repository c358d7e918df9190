#pragma once

#include <climits>
#include <concepts>
#include <type_traits>
#include <utility>

#include <uasync/kernel/cancel.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// Lets tasks that hold a lock wait until another task, which holds the lock meanwhile, says that something has changed.
///
/// @par Use it for
/// Waiting until something is true that several tasks change, and that must stay true while the task acts on it with
/// awaits in between.
/// @par Instead use
/// Event if nothing needs a lock, which is usual; Queue, Semaphore or Barrier for what they are made for.
/// @par Cost
/// 24 bytes on a board. wait() takes a frame of 76 bytes from the frame pool before it releases the lock, and allocates
/// nothing after that. O(1) for each task.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The task holds the lock again when the wait ends, also after a cancellation or a timeout: the cancellation is
/// delivered once the task has the lock. A notification that meets a cancelled task goes to the next one.
/// @par Fairness
/// Tasks are notified first come, first served. From the notification on, a task is in the queue for the lock (in
/// CPython, from its next turn on).
/// @par Errors
/// Tasks that were not notified when it is destroyed end with Error::destroyed; they do not hold the lock then, and their
/// guards hold nothing. The lock must live longer than its conditions.
/// @par Source
/// Python's asyncio.Condition; `scoped_lock` stands for `async with condition`.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> filler(Condition& changed, int& level) {
///     while (true) {
///         co_await sleep_ms(10);
///         auto guard = co_await changed.scoped_lock();
///         level += 4;
///         print("{} ms: level {}\n", ticks_ms(), level);
///         changed.notify_all();
///     }
/// }
///
/// Coro<> pump(Condition& changed, int& level, int id) {
///     auto guard = co_await changed.scoped_lock();  // `async with changed`
///     co_await changed.wait_for([&level] { return level >= 10; });
///     co_await sleep_ms(3);  // nobody else changes it meanwhile
///     level -= 10;
///     print("{} ms: pump {} leaves {}\n", ticks_ms(), id, level);
/// }
///
/// Coro<> async_main() {
///     Condition changed;
///     int level = 0;
///     auto filling = create_task(filler(changed, level));
///     co_await gather(pump(changed, level, 1), pump(changed, level, 2));
///     filling.cancel();
///     auto guard = co_await changed.scoped_lock();
///     auto late = co_await wait_for_ms(changed.wait(), 5);
///     print("{}, locked: {}\n", late.error(), changed.locked());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: level 4
/// 20 ms: level 8
/// 30 ms: level 12
/// 33 ms: pump 1 leaves 2
/// 40 ms: level 6
/// 50 ms: level 10
/// 53 ms: pump 2 leaves 0
/// timeout, locked: true
/// @endcode
class Condition {
public:
    /// A condition with a lock of its own.
    Condition() noexcept : lock_{&own_} {}
    /// A condition that uses a given lock. Several conditions may share one.
    /// @param lock the lock; it must live longer than the condition
    explicit Condition(Lock& lock) noexcept : lock_{&lock} {}
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    ~Condition();

    /// Acquires the lock: Lock::acquire(). @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Lock::AcquireAwaiter acquire() noexcept { return lock_->acquire(); }
    /// Acquires the lock for a scope: Lock::scoped_lock().
    /// @return an awaitable; `co_await` gives a Lock::Guard, which needs a name
    [[nodiscard("co_await it")]] Lock::ScopedAwaiter scoped_lock() noexcept { return lock_->scoped_lock(); }
    /// Releases the lock: Lock::release(). @return success, or Error::misuse if it is not locked
    Result<void> release() noexcept { return lock_->release(); }
    /// Whether a task holds the lock: Lock::locked(). @return true while a task holds it
    bool locked() const noexcept { return lock_->locked(); }

    /// Releases the lock, waits for a notification, and acquires the lock again. Ends the task with Error::misuse if the
    /// lock is not locked.
    /// @return a coroutine; `co_await` gives nothing, and the task holds the lock again
    Coro<> wait();

    /// Waits until a predicate is true of something that other tasks change. Call it with the lock held.
    /// @tparam P type of the predicate
    /// @param predicate function without parameters whose result converts to bool; it is called with the lock held, first
    ///   at once and then after each notification
    /// @return a coroutine; `co_await` gives the predicate's result, and the task holds the lock again
    template <std::invocable P>
    auto wait_for(P predicate) -> Coro<std::remove_cvref_t<decltype(predicate())>>;

    /// Wakes waiting tasks, first come, first served; each continues when it has the lock.
    /// @param n how many tasks to wake at most
    /// @return success, or Error::misuse if the lock is not locked
    Result<void> notify(unsigned n = 1) noexcept;
    /// Wakes all waiting tasks; each continues when it has the lock.
    /// @return success, or Error::misuse if the lock is not locked
    Result<void> notify_all() noexcept { return notify(UINT_MAX); }

private:
    friend class detail::ConditionWait;

    bool notify_next() noexcept;

    Lock own_;
    Lock* lock_;
    // Of ConditionWaits, each of which knows its task. A task is in the lock's list as soon as it is notified.
    WaitList waiting_;
    WaitList notified_;  ///< those that have not run since
};

namespace detail {

/// One wait, a place in the condition's lists. Its task waits with a cancel hook, so that a cancellation puts it in the
/// queue for the lock instead of ending its wait. It may be notified, handed the lock and cancelled in any order.
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
    friend const OwnedWaitQueue* lock_of_condition(const CancelHook& hook) noexcept;
    enum class Stage : unsigned char {
        waiting,  ///< to be notified
        queued,   ///< in the queue for the lock, or handed the lock
        ended,    ///< in no list, or not begun
    };

    const OwnedWaitQueue* queue_of_lock() const noexcept { return stage_ == Stage::queued ? &lock_.waiters_ : nullptr; }
    void leave() noexcept;
    void give_to_guard() noexcept;
    bool regain(bool cancelled) noexcept;
    void cancelled() noexcept;
    void unlinked() noexcept;

    static const Functions functions_of_wait;

    Condition& condition_;  ///< must not be touched unless this is in one of its lists
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

UASYNC_WAITS_FOR(ConditionWait, "Condition::wait");
UASYNC_WAITS_FOR(ConditionWait::functions_of_wait, "Condition::wait");

}  // namespace uasync

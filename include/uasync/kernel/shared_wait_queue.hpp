#pragma once

#include <uasync/kernel/wait_queue.hpp>

#if UASYNC_THREADS
#include <atomic>
#endif

namespace uasync {

/// Excludes interrupts, other cores and other threads from a primitive that they share. SharedSection holds it.
///
/// Hold it for a few instructions only. On hosts it does not nest.
/// @par Cost
/// On a board no bytes: it is the port's critical section, which masks interrupts. On a host with threads it is a lock of
/// four bytes.
/// @par From an interrupt
/// Allowed.
class SharedLock {
public:
    /// A lock that nobody holds.
    SharedLock() noexcept = default;
    SharedLock(const SharedLock&) = delete;
    SharedLock& operator=(const SharedLock&) = delete;

#if UASYNC_THREADS
    /// Enters; waits for another thread that has entered (hosts). @return what leave() gets
    std::uint32_t enter() noexcept {
        int expected = free;
        if (!state_.compare_exchange_strong(expected, taken, std::memory_order_acquire, std::memory_order_relaxed)) [[unlikely]]
            enter_slowly();
        return 0;
    }
    /// Leaves. It gets what enter() returned.
    void leave(std::uint32_t) noexcept {
        if (state_.exchange(free, std::memory_order_release) == wanted) [[unlikely]]
            state_.notify_one();  // of the object only the address is used: it may be gone by now
    }

private:
    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int wanted = 2;  // at least one thread waits as well
    void enter_slowly() noexcept;

    std::atomic<int> state_{free};
#else
    // NOLINTBEGIN(readability-convert-member-functions-to-static): with threads they are not static
    /// Enters. @return what leave() gets
    [[gnu::always_inline]] std::uint32_t enter() noexcept { return port::enter_critical(); }
    /// Leaves. @param state what enter() returned
    [[gnu::always_inline]] void leave(std::uint32_t state) noexcept { port::leave_critical(state); }
    // NOLINTEND(readability-convert-member-functions-to-static)
#endif
};

/// A WaitQueue whose tasks are woken by an interrupt, another core or another thread, first in, first out.
///
/// One SharedLock may guard several queues and the data that belongs to them. Call suspend(), hand_one(), and the functions
/// of WaitQueue that look at the tasks or take one out, inside a SharedSection. Tasks call taken(), handed_to_current() and
/// release() outside of one.
///
/// @par Use it for
/// Awaitables of your own with data that an interrupt or a thread shares, as RingQueue and ThreadSafeQueue do.
/// @par Instead use
/// ThreadSafeFlag in your awaiter, which is simpler, if the wake-up is all that crosses over.
/// @par Cost
/// One pointer; on a host with threads, two. Waiting and waking allocate nothing and are O(1).
/// @par From an interrupt
/// Allowed inside a SharedSection: hand_one(), empty(), front().
/// @par When cancelled
/// As in a WaitQueue.
/// @par Fairness
/// First in, first out. Tasks of several loops may wait in one queue; each continues in its own loop.
class SharedWaitQueue : public WaitQueue {
public:
#if UASYNC_THREADS
    /// An empty queue. @param lock guards the queue and must outlive it
    explicit SharedWaitQueue(SharedLock& lock) noexcept : lock_{lock} {}
    /// The lock that guards the queue. @return the lock
    SharedLock& lock() const noexcept { return lock_; }
    /// Puts the running task at the end of the queue. Call it in `await_suspend(Frame frame)`, inside a SharedSection.
    /// @param frame the coroutine that waits
    /// @param what tells people what the task waits for; kept, not copied
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_guarded(*this, frame, what); }
    /// Wakes the task that has waited longest, and hands it something. One must be waiting. Any context, inside a
    /// SharedSection.
    void hand_one() noexcept {
        WaitNode* node = take_front();
        WaitLoop::of(*node).post(*node);
    }

private:
    SharedLock& lock_;
#else
    /// An empty queue. @param lock guards what the queue belongs to
    explicit SharedWaitQueue(SharedLock&) noexcept {}
    /// Puts the running task at the end of the queue. Call it in `await_suspend(Frame frame)`, inside a SharedSection.
    /// @param frame the coroutine that waits
    /// @param what tells people what the task waits for; kept, not copied
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_in_shared(*this, frame, what); }
    /// Wakes the task that has waited longest, and hands it something. One must be waiting. Any context, inside a
    /// SharedSection.
    [[gnu::always_inline]] void hand_one() noexcept {
        WaitNode* node = take_front();
        WaitLoop::of(*node).post(*node);
    }
#endif
};

#if UASYNC_THREADS
/// Holds a SharedLock for the life of the object. Do not `co_await` while it lives.
class SharedSection {
public:
    /// Enters. @param lock is held until the object goes
    explicit SharedSection(SharedLock& lock) noexcept : lock_{lock} { lock.enter(); }
    /// Enters the lock of a queue. @param queue whose lock is held until the object goes
    explicit SharedSection(const SharedWaitQueue& queue) noexcept : SharedSection{queue.lock()} {}
    /// Leaves.
    ~SharedSection() { lock_.leave(0); }
    SharedSection(const SharedSection&) = delete;
    SharedSection& operator=(const SharedSection&) = delete;

private:
    SharedLock& lock_;
};
#else
/// Holds a SharedLock for the life of the object. Do not `co_await` while it lives.
class SharedSection : CriticalSection {
public:
    /// Enters. @param lock is held until the object goes
    explicit SharedSection(SharedLock&) noexcept {}
};
#endif

}  // namespace uasync

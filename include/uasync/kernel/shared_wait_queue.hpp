#pragma once
// SharedWaitQueue: a WaitQueue that interrupts, other cores and other threads wake from. For authors of awaitables.

#include <uasync/kernel/wait_queue.hpp>

#if UASYNC_THREADS
#include <atomic>
#endif

namespace uasync {

/// What excludes others from a primitive that is shared: on a board the port's critical section, which masks interrupts, and no byte;
/// on a host with threads a lock of the primitive's own, four bytes. Does not nest on hosts. For a few instructions only.
class SharedLock {
public:
    SharedLock() noexcept = default;
    SharedLock(const SharedLock&) = delete;
    SharedLock& operator=(const SharedLock&) = delete;

#if UASYNC_THREADS
    std::uint32_t enter() noexcept {
        int expected = free;
        if (!state_.compare_exchange_strong(expected, taken, std::memory_order_acquire, std::memory_order_relaxed)) [[unlikely]]
            enter_slowly();
        return 0;
    }
    void leave(std::uint32_t) noexcept {
        if (state_.exchange(free, std::memory_order_release) == wanted) [[unlikely]]
            state_.notify_one();  // of the object only the address is used: it may be gone by now
    }

private:
    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int wanted = 2;  ///< and at least one thread waits
    void enter_slowly() noexcept;

    std::atomic<int> state_{free};
#else
    // NOLINTBEGIN(readability-convert-member-functions-to-static): with threads they are none
    [[gnu::always_inline]] std::uint32_t enter() noexcept { return port::enter_critical(); }
    [[gnu::always_inline]] void leave(std::uint32_t state) noexcept { port::leave_critical(state); }
    // NOLINTEND(readability-convert-member-functions-to-static)
#endif
};

/// The tasks that wait for what an interrupt, another core or another thread brings, first in, first out. One lock may guard several
/// queues and what belongs to them.
///
/// `suspend`, `hand_one` and the functions of WaitQueue that look or take out are called inside a SharedSection; `taken`,
/// `handed_to_current` and `release` by tasks, outside. Tasks of several loops may wait in one queue; each goes on in its own.
class SharedWaitQueue : public WaitQueue {
public:
#if UASYNC_THREADS
    explicit SharedWaitQueue(SharedLock& lock) noexcept : lock_{lock} {}
    SharedLock& lock() const noexcept { return lock_; }
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_guarded(*this, frame, what); }
    /// The task that has waited longest goes on, with something in its hands. There must be one. Any context.
    void hand_one() noexcept {
        WaitNode* node = take_front();
        WaitLoop::of(*node).post(*node);
    }

private:
    SharedLock& lock_;
#else
    explicit SharedWaitQueue(SharedLock&) noexcept {}
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_in_shared(*this, frame, what); }
    /// The task that has waited longest goes on, with something in its hands. There must be one. Any context.
    [[gnu::always_inline]] void hand_one() noexcept {
        WaitNode* node = take_front();
        WaitLoop::of(*node).post(*node);
    }
#endif
};

/// Holds a SharedLock for the life of the object: no `co_await` inside.
#if UASYNC_THREADS
class SharedSection {
public:
    explicit SharedSection(SharedLock& lock) noexcept : lock_{lock} { lock.enter(); }
    explicit SharedSection(const SharedWaitQueue& queue) noexcept : SharedSection{queue.lock()} {}
    ~SharedSection() { lock_.leave(0); }
    SharedSection(const SharedSection&) = delete;
    SharedSection& operator=(const SharedSection&) = delete;

private:
    SharedLock& lock_;
};
#else
class SharedSection : CriticalSection {
public:
    explicit SharedSection(SharedLock&) noexcept {}
};
#endif

}  // namespace uasync

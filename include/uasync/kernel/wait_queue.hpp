#pragma once
// WaitQueue: where tasks wait in order. For authors of awaitables: every primitive of the library is made of it, and so can yours be.

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <uasync/kernel/loop.hpp>

namespace uasync {

namespace detail {

/// In an awaiter, whether its task is suspended there. An awaiter that has one cannot be copied; moved, it begins anew.
class Suspended {
public:
    Suspended() noexcept = default;
    Suspended(Suspended&&) noexcept {}
    Suspended& operator=(Suspended&&) = delete;
    ~Suspended() = default;
    Suspended& operator=(bool suspended) noexcept {
        suspended_ = suspended;
        return *this;
    }
    operator bool() const noexcept { return suspended_; }

private:
    bool suspended_ = false;
};

}  // namespace detail

/// The tasks that wait for something, first in, first out.
///
/// A primitive of your own in ten lines:
///
///     class Latch {                                        // opens once, when it has been counted down to zero
///     public:
///         explicit Latch(unsigned count) : count_{count} {}
///         void count_down() { if (count_ != 0 && --count_ == 0) waiters_.wake_all(); }
///         auto wait() { return waiters_.wait_unless([this] { return count_ == 0; }, "Latch::wait"); }
///     private:
///         WaitQueue waiters_;
///         unsigned count_;
///     };
///
/// docs/writing_an_awaitable.md has more: an interrupt, and a C library that calls back. Use `Event`, `Future`, `Queue` or `Semaphore`
/// instead where one of them fits.
///
/// A task that waits here may be cancelled at any time; it then leaves the queue. Tasks of several loops of one thread may wait
/// in one queue; each goes on in its own loop. Destroying the queue ends the waits with `Error::destroyed`.
/// One pointer; waiting and waking allocate nothing and are O(1). For tasks and loop callbacks only: an interrupt or another thread
/// uses `ThreadSafeFlag`, `RingQueue`, `ThreadSafeQueue` or `call_soon_threadsafe`.
class WaitQueue : public WaitList {
public:
    WaitQueue() noexcept = default;
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    ~WaitQueue() {
        if (!empty()) [[unlikely]]
            release();
    }

    /// How many tasks wait. O(n).
    std::size_t size() const noexcept;

    /// Puts the running task at the end of the queue. Call it once, last, in `await_suspend(Frame frame)`. `what` tells people what the task
    /// waits for ("Latch::wait"); it is kept, not copied.
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_in(*this, frame, what); }

    /// Wakes the task that has waited longest: it runs after all that are ready now. False if none waits.
    bool wake_one() noexcept {
        WaitNode* node = pop_front();
        if (node == nullptr) return false;
        WaitLoop::wake(*node);
        return true;
    }
    /// Wakes all, in the order in which they came.
    void wake_all() noexcept {
        while (wake_one()) {
        }
    }
    /// Ends all waits with `error`: the waiting coroutines are unwound, up to a `catch_cancelled`.
    void fail_all(Error error) noexcept {
        while (WaitNode* node = front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*node), error);
    }

    /// An awaitable that goes straight on if `ready()` is true, and else waits to be woken.
    template <std::predicate P>
    class [[nodiscard("co_await it")]] WaitAwaiter {
    public:
        WaitAwaiter(WaitQueue& queue, P ready, const char* what) noexcept(std::is_nothrow_move_constructible_v<P>)
            : queue_{&queue}, ready_{std::move(ready)}, what_{what} {}
        WaitAwaiter(WaitAwaiter&&) = default;
        WaitAwaiter& operator=(WaitAwaiter&&) = delete;
        bool await_ready() { return ready_(); }
        void await_suspend(Frame frame) noexcept { queue_->suspend(frame, what_); }
        void await_resume() const noexcept {}

    private:
        WaitQueue* queue_;
        P ready_;
        const char* what_;
    };
    template <std::predicate P>
    WaitAwaiter<P> wait_unless(P ready, const char* what) noexcept(std::is_nothrow_move_constructible_v<P>) {
        return {*this, std::move(ready), what};
    }

    // A task that is woken with something in its hands (a lock, a message) takes it when its turn comes. Until then `task.list` says
    // from whom it is. So an awaiter that is destroyed instead knows what to give back, and a primitive that is destroyed knows who must
    // no longer touch it. A task that was cancelled while it waited has no list.

    /// Wakes the task that has waited longest, with something in its hands: its own from `taken()` on. A task must be waiting.
    void hand_one() noexcept { WaitLoop::hand_to(*take_front()); }
    /// Call it in `await_resume`: what the task was handed is its own now.
    void taken() const noexcept { detail::current_loop().current().list = nullptr; }
    /// Whether the running task, which is being unwound, was woken from this queue with something in its hands. Ask once, in the
    /// awaiter's destructor: if it was, give back what the task had.
    bool handed_to_current() const noexcept {
        TaskState& task = detail::current_loop().current();
        if (task.list != this) return false;
        task.list = nullptr;
        return true;
    }
    /// Ends those who wait, and those who were woken with something in their hands and have not run yet, with Error::destroyed. The destructor
    /// of a primitive that hands things over calls it. O(tasks).
    void release() noexcept;
};

}  // namespace uasync

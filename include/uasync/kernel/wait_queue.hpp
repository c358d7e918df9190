#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <uasync/kernel/loop.hpp>

namespace uasync {

namespace detail {

/// Whether an awaiter's task is suspended there. It makes the awaiter impossible to copy, and is false again in one that is moved.
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

/// The tasks that wait for something, first in, first out: what every primitive of the library is made of.
///
/// The rules for awaitables, and longer examples, are in docs/writing_an_awaitable.md.
///
/// @par Use it for
/// Awaitables of your own.
/// @par Instead use
/// Event, Future, Queue or Semaphore, where one of them fits; SharedWaitQueue, if an interrupt or another thread wakes the
/// tasks.
/// @par Cost
/// One pointer. Waiting and waking allocate nothing and are O(1).
/// @par From an interrupt
/// Not allowed: only tasks and functions that the loop calls may use it. Interrupts and other threads use ThreadSafeFlag,
/// RingQueue, ThreadSafeQueue or call_soon_threadsafe().
/// @par When cancelled
/// A task that is cancelled while it waits leaves the queue. What one that was woken with hand_one() had been handed stays
/// reserved until its awaiter's destructor asks handed_to_current() and gives it back.
/// @par Fairness
/// First in, first out. Tasks of several loops of one thread may wait in one queue; each continues in its own loop.
/// @par Errors
/// Destroying the queue ends the waits with Error::destroyed.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// class Latch {  // opens once, when it has been counted down to zero
/// public:
///     explicit Latch(unsigned count) : count_{count} {}
///     void count_down() {
///         if (count_ != 0 && --count_ == 0) waiters_.wake_all();
///     }
///     auto wait() {
///         return waiters_.wait_unless([this] { return count_ == 0; }, "Latch::wait");
///     }
///
/// private:
///     WaitQueue waiters_;
///     unsigned count_;
/// };
///
/// Coro<> start_sensor(const char* name, int ms, Latch& ready) {
///     co_await sleep_ms(ms);
///     print("{} ms: {} is ready\n", ticks_ms(), name);
///     ready.count_down();
/// }
///
/// Coro<> async_main() {
///     Latch ready{2};
///     auto first = create_task(start_sensor("the barometer", 20, ready));
///     auto second = create_task(start_sensor("the compass", 30, ready));
///     co_await ready.wait();
///     print("{} ms: both are ready\n", ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 20 ms: the barometer is ready
/// 30 ms: the compass is ready
/// 30 ms: both are ready
/// @endcode
class WaitQueue : public WaitList {
public:
    /// An empty queue.
    WaitQueue() noexcept = default;
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    /// Ends the waits with Error::destroyed. A primitive that hands things over calls release() in its own destructor.
    ~WaitQueue() {
        if (!empty()) [[unlikely]]
            release();
    }

    /// Number of tasks that wait. O(n). @return 0 if none waits
    std::size_t size() const noexcept;

    /// Puts the running task at the end of the queue. Call it once, last, in `await_suspend(Frame frame)`.
    /// @param frame the coroutine that waits
    /// @param what tells people what the task waits for, such as "Latch::wait"; kept, not copied
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_in(*this, frame, what); }

    /// Wakes the task that has waited longest. It runs after all that are ready now. @return false if none waits
    bool wake_one() noexcept {
        WaitNode* node = pop_front();
        if (node == nullptr) return false;
        WaitLoop::wake(*node);
        return true;
    }
    /// Wakes all tasks, in the order in which they came. O(n).
    void wake_all() noexcept {
        while (wake_one()) {
        }
    }
    /// Ends all waits with an error: the waiting coroutines are unwound, up to a catch_cancelled(). O(n).
    /// @param error what the waits end with
    void fail_all(Error error) noexcept {
        while (WaitNode* node = front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*node), error);
    }

    // What wait_unless() gives.
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

    /// Waits to be woken, unless there is nothing to wait for.
    ///
    /// A task that has been woken continues without asking `ready` again. If others may have run in between and changed what
    /// it waits for, write a loop around the `co_await`.
    /// @tparam P a callable without parameters that returns a bool
    /// @param ready asked when it is awaited; true: continue at once
    /// @param what tells people what the task waits for, such as "Latch::wait"; kept, not copied
    /// @return an awaitable; `co_await` gives nothing
    template <std::predicate P>
    WaitAwaiter<P> wait_unless(P ready, const char* what) noexcept(std::is_nothrow_move_constructible_v<P>) {
        return {*this, std::move(ready), what};
    }

    // A task can be woken with something in its hands (a lock, a message), which it takes on its next turn. Until then
    // `task.list` is the queue that it was woken from. So an awaiter that is destroyed instead knows what to give back, and a
    // primitive that is destroyed knows which tasks must no longer touch it. A task that was cancelled while it waited has no list.

    /// Wakes the task that has waited longest, and hands it something, which is reserved for it until it calls taken(). A task
    /// must be waiting.
    void hand_one() noexcept { WaitLoop::hand_to(*take_front()); }
    /// What the running task was handed belongs to it from now on. Call it in `await_resume`.
    void taken() const noexcept { detail::current_loop().current().list = nullptr; }
    /// Whether the running task, which is being unwound, was handed something and has not taken it. Ask once, in the awaiter's
    /// destructor.
    /// @return true if it was: give back what it had been handed
    bool handed_to_current() const noexcept {
        TaskState& task = detail::current_loop().current();
        if (task.list != this) return false;
        task.list = nullptr;
        return true;
    }
    /// Ends the waits with Error::destroyed, also of tasks that were handed something and have not run yet. Call it in the
    /// destructor of a primitive that hands things over. O(tasks).
    void release() noexcept;
};

UASYNC_WAITS_FOR(WaitQueue::WaitAwaiter, "WaitQueue::wait");

}  // namespace uasync

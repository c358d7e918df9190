#pragma once

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {
class EventsAwaiter;
}  // namespace detail

/// A flag that tasks wait for: set() wakes all of them, and it stays set until clear().
///
/// @par Use it for
/// Telling any number of tasks that something has happened.
/// @par Instead use
/// ThreadSafeFlag to set it from an interrupt or another thread; Queue or Latest to pass a value; WaitAny and WaitAll to
/// wait for several events; Condition if the waiting tasks must check something under a lock.
/// @par Cost
/// 8 bytes on a board; no allocation. set() is O(waiting tasks), everything else O(1).
/// @par From an interrupt
/// Not allowed. Set a ThreadSafeFlag there, and let a task that waits for it set the event.
/// @par When cancelled
/// A cancelled wait() has taken nothing.
/// @par Fairness
/// Waiting tasks become ready in the order in which they came. A task that was woken continues even if the event is
/// cleared or destroyed before its turn.
/// @par Errors
/// Tasks that wait when the event is destroyed end with Error::destroyed.
/// @par Source
/// Python's asyncio.Event.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> runner(Event& start, int number) {
///     co_await start.wait();
///     print("{} runs at {} ms\n", number, ticks_ms());
/// }
///
/// Coro<> async_main() {
///     Event start;
///     auto first = create_task(runner(start, 1));
///     auto second = create_task(runner(start, 2));
///     co_await sleep_ms(100);
///     start.set();
///     co_await gather(first, second);
///     co_await runner(start, 3);  // still set: it does not wait
///     start.clear();
///     auto late = co_await wait_for_ms(start.wait(), 50);
///     print("cleared: {}\n", late.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 1 runs at 100 ms
/// 2 runs at 100 ms
/// 3 runs at 100 ms
/// cleared: timeout
/// @endcode
class Event {
public:
    /// An event that is not set.
    Event() noexcept = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() {
        if (!waiters_.empty()) [[unlikely]]
            end_waits(Error::destroyed);
    }

    /// Whether the event is set. @return true from set() until clear()
    bool is_set() const noexcept { return set_; }
    /// Sets the event and wakes all tasks that wait for it. O(waiting tasks).
    void set() noexcept {
        set_ = true;
        if (!waiters_.empty()) end_waits(Error::none);
    }
    /// Clears the event: wait() waits again until the next set(). Tasks that were already woken are not affected.
    void clear() noexcept { set_ = false; }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(Event& event) noexcept : event_{event} {}
        WaitAwaiter(WaitAwaiter&&) noexcept = default;
        bool await_ready() const noexcept { return event_.set_; }
        void await_suspend(Frame self) const noexcept { event_.waiters_.suspend(self, "Event::wait"); }
        void await_resume() const noexcept {}

    private:
        Event& event_;
    };

    /// Waits until the event is set; continues at once if it is set already.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    friend class detail::EventsAwaiter;

    void end_waits(Error error) noexcept;

    WaitQueue waiters_;  // tasks, and the callbacks of WaitAny and WaitAll
    bool set_ = false;
};

UASYNC_WAITS_FOR(Event::WaitAwaiter, "Event::wait");

}  // namespace uasync

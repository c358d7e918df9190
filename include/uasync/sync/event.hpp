#pragma once
// Event: tasks wait until it is set, as asyncio.Event. Stays set until cleared; setting it wakes every waiter, first in, first out.
//
//     Event ready;
//     ... co_await ready.wait();        // one task, or many
//     ... ready.set();                  // another task
//
// Neighbours: ThreadSafeFlag to set it from an interrupt or another thread; Queue or Latest to hand over a value with it.
// WaitAny and WaitAll wait for several events. A waiter that was woken goes on even if the event is cleared, or is no more, before
// its turn.
// Cost: one pointer and a bool; no allocation; set() is O(waiters). Not ISR-safe. Cancel-safe: waiting takes nothing.
// Destroying it ends its waiters with Error::destroyed.

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {
class EventsAwaiter;
}

class Event {
public:
    Event() noexcept = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() {
        if (!waiters_.empty()) [[unlikely]]
            end_waits(Error::destroyed);
    }

    bool is_set() const noexcept { return set_; }
    void set() noexcept {
        set_ = true;
        if (!waiters_.empty()) end_waits(Error::none);
    }
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

    /// Waits until the event is set; goes straight on if it is.
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    friend class detail::EventsAwaiter;

    void end_waits(Error error) noexcept;

    WaitQueue waiters_;  ///< tasks, and the callbacks of WaitAny and WaitAll
    bool set_ = false;
};

}  // namespace uasync

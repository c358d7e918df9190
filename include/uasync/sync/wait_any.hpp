#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <uasync/sync/event.hpp>

namespace uasync {

namespace detail {

/// The place in an event's list.
struct EventWatch : LoopCallback {
    EventWatch() noexcept;
    EventWatch(EventWatch&& unstarted) noexcept : EventWatch{} { event = unstarted.event; }
    EventWatch& operator=(EventWatch&&) = delete;
    Event* event = nullptr;
    EventsAwaiter* owner = nullptr;
};

/// The part that does not depend on the number of events. The task itself waits in a list of its own, and the first watch
/// that is called takes it out. A task that was cancelled, or woken already, is no longer in that list.
class EventsAwaiter {
public:
    bool await_ready() noexcept;
    void await_suspend(Frame self) noexcept;

protected:
    explicit EventsAwaiter(bool all) noexcept : all_{all} {}
    EventsAwaiter(EventsAwaiter&& unstarted) noexcept : EventsAwaiter{unstarted.all_} {}
    EventsAwaiter& operator=(EventsAwaiter&&) = delete;
    ~EventsAwaiter() = default;
    void watch(std::span<EventWatch> watches) noexcept { watches_ = watches; }
    /// Leaves the lists of the events that were not set.
    void leave() noexcept;
    Event* fired() const noexcept { return fired_; }

private:
    friend struct EventWatch;
    void called(EventWatch& watch) noexcept;

    std::span<EventWatch> watches_;
    WaitQueue waiter_;
    Event* fired_ = nullptr;
    std::size_t missing_ = 0;  ///< events that have to be set before the task continues
    bool all_;
};

template <std::size_t N>
class EventsAwaiterOf : public EventsAwaiter {
public:
    EventsAwaiterOf(const std::array<Event*, N>& events, bool all) noexcept : EventsAwaiter{all} {
        for (std::size_t i = 0; i < N; ++i) watches_[i].event = events[i];
        watch(watches_);
    }
    EventsAwaiterOf(EventsAwaiterOf&& unstarted) noexcept
        : EventsAwaiter{std::move(unstarted)}, watches_{std::move(unstarted.watches_)} {
        watch(watches_);
    }
    EventsAwaiterOf& operator=(EventsAwaiterOf&&) = delete;
    ~EventsAwaiterOf() { leave(); }

private:
    std::array<EventWatch, N> watches_;
};

}  // namespace detail

/// Waits for several events, until the first of them is set.
///
/// @par Use it for
/// A task that listens to more than one event.
/// @par Instead use
/// Event::wait() for one event; WaitAll until all are set; select() for other awaitables; wait_for() to limit the time. A
/// WaitAny takes events only, not another WaitAny.
/// @par Cost
/// 4 bytes for each event on a board, and 24 bytes plus 32 for each event in the waiting task's frame; no allocation, no
/// task. O(events) to wait, O(1) for each Event::set().
/// @par From an interrupt
/// Not allowed, as for the events.
/// @par When cancelled
/// A cancelled wait() has taken nothing. It never clears an event; clear() clears all of them.
/// @par Fairness
/// Tasks that wait for an event are served in the order in which they came, however they wait. If several events are set
/// already, the first in the list counts; otherwise the one that was set first.
/// @par Errors
/// Tasks that still wait for an event when it is destroyed end with Error::destroyed.
/// @par Source
/// micropython-async's WaitAny.
///
/// @tparam N number of events, deduced
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> sets(Event& event, int ms) {
///     co_await sleep_ms(ms);
///     event.set();
/// }
///
/// Coro<> async_main() {
///     Event left;
///     Event right;
///     create_task(sets(left, 30));
///     create_task(sets(right, 10));
///
///     Event* first = co_await WaitAny{left, right}.wait();
///     print("{} ms: {}\n", ticks_ms(), first == &left ? "left" : "right");
///     first->clear();  // WaitAny does not
///
///     co_await WaitAny{left, right}.wait();
///     print("{} ms: the other one\n", ticks_ms());
///
///     create_task(sets(right, 10));
///     co_await WaitAll{left, right}.wait();
///     print("{} ms: both\n", ticks_ms());
///     auto late = co_await wait_for_ms(WaitAny{left, right}.wait(), 5);
///     print("at once: {}\n", late.has_value());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: right
/// 30 ms: the other one
/// 40 ms: both
/// at once: true
/// @endcode
template <std::size_t N>
class WaitAny {
    static_assert(N >= 1, "WaitAny{} would wait for ever");

public:
    class Awaiter : public detail::EventsAwaiterOf<N> {
    public:
        using detail::EventsAwaiterOf<N>::EventsAwaiterOf;
        Event* await_resume() const noexcept { return this->fired(); }
    };

    /// A wait for some events.
    /// @tparam E Event, for each further event
    /// @param first first event
    /// @param others further events; all must live as long as this
    template <class... E>
        requires(sizeof...(E) + 1 == N)
    explicit WaitAny(Event& first, E&... others) noexcept : events_{&first, &others...} {}

    /// Waits until an event is set; continues at once if one is. Several tasks may wait at the same time.
    /// @return an awaitable; `co_await` gives a pointer to the event
    [[nodiscard("co_await it")]] Awaiter wait() const noexcept { return Awaiter{events_, false}; }
    /// Clears all its events.
    void clear() const noexcept {
        for (Event* event : events_) event->clear();
    }

private:
    std::array<Event*, N> events_;
};
/// Deduces the number of events.
/// @tparam E Event, for each event
/// @param events the events
template <class... E>
WaitAny(E&... events) -> WaitAny<sizeof...(E)>;

/// Waits until each of several events has been set. An event that was set and cleared again during the wait counts.
///
/// @par Use it for
/// A task that needs several things to have happened.
/// @par Instead use
/// WaitAny for the first event; gather() to wait for tasks.
/// @par Cost
/// 4 bytes for each event on a board, and 24 bytes plus 32 for each event in the waiting task's frame; no allocation, no
/// task. O(events) to wait, O(1) for each Event::set().
/// @par From an interrupt
/// Not allowed, as for the events.
/// @par When cancelled
/// A cancelled wait() has taken nothing. It never clears an event; clear() clears all of them.
/// @par Errors
/// If an event is destroyed before it has been set, the tasks that wait end with Error::destroyed.
/// @par Source
/// micropython-async's WaitAll. The example of WaitAny shows both.
///
/// @tparam N number of events, deduced
template <std::size_t N>
class WaitAll {
    static_assert(N >= 1, "WaitAll{} has nothing to wait for");

public:
    class Awaiter : public detail::EventsAwaiterOf<N> {
    public:
        using detail::EventsAwaiterOf<N>::EventsAwaiterOf;
        void await_resume() const noexcept {}
    };

    /// A wait for some events.
    /// @tparam E Event, for each further event
    /// @param first first event
    /// @param others further events; all must live as long as this
    template <class... E>
        requires(sizeof...(E) + 1 == N)
    explicit WaitAll(Event& first, E&... others) noexcept : events_{&first, &others...} {}

    /// Waits until each event has been set, now or earlier. Several tasks may wait at the same time.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait() const noexcept { return Awaiter{events_, true}; }
    /// Clears all its events.
    void clear() const noexcept {
        for (Event* event : events_) event->clear();
    }

private:
    std::array<Event*, N> events_;
};
/// Deduces the number of events.
/// @tparam E Event, for each event
/// @param events the events
template <class... E>
WaitAll(E&... events) -> WaitAll<sizeof...(E)>;

UASYNC_WAITS_FOR(WaitAny::Awaiter, "WaitAny::wait");
UASYNC_WAITS_FOR(WaitAll::Awaiter, "WaitAll::wait");

}  // namespace uasync

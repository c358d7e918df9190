#pragma once
// WaitAny, WaitAll: a task waits for several events at once, for the first that is set or until each has been set.
//
//     Event* fired = co_await WaitAny{stop, data}.wait();
//     if (fired == &stop) co_return;
//     co_await WaitAll{left_ready, right_ready}.wait();
//
// An event that is set already counts; of several WaitAny takes the first in its list, and otherwise the one that was set first.
// Neither clears an event. WaitAll remembers: an event that was set and cleared again meanwhile has been set.
// Neighbours: Event::wait for one; gather for tasks; wait_for to limit the time.
// Cost: a pointer an event in the object, 8 words an event in the waiting frame; no task, no allocation; O(events) for a wait, O(1)
// for each set. Not ISR-safe. Cancel-safe: waiting takes nothing. Destroying an event that it still waits for ends the wait with
// Error::destroyed.

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

/// What does not depend on the number of events. The task itself waits in a list of its own, from which the first watch that is
/// called takes it out; so a task that is cancelled, or woken already, is not there any more.
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
    std::size_t missing_ = 0;  ///< events to be set before the task goes on
    bool all_;
};

template <std::size_t N, bool All>
class EventsAwaiterOf : public EventsAwaiter {
public:
    explicit EventsAwaiterOf(const std::array<Event*, N>& events) noexcept : EventsAwaiter{All} {
        for (std::size_t i = 0; i < N; ++i) watches_[i].event = events[i];
        watch(watches_);
    }
    EventsAwaiterOf(EventsAwaiterOf&& unstarted) noexcept
        : EventsAwaiter{std::move(unstarted)}, watches_{std::move(unstarted.watches_)} {
        watch(watches_);
    }
    EventsAwaiterOf& operator=(EventsAwaiterOf&&) = delete;
    ~EventsAwaiterOf() { leave(); }

    auto await_resume() const noexcept -> std::conditional_t<All, void, Event*> {
        if constexpr (!All) return fired();
    }

private:
    std::array<EventWatch, N> watches_;
};

}  // namespace detail

template <std::size_t N>
class WaitAny {
    static_assert(N >= 1, "WaitAny{} would wait for ever");

public:
    template <class... E>
        requires(sizeof...(E) + 1 == N)
    explicit WaitAny(Event& first, E&... others) noexcept : events_{&first, &others...} {}

    /// Waits until an event is set; that event. Several tasks may wait at a time.
    [[nodiscard("co_await it")]] detail::EventsAwaiterOf<N, false> wait() const noexcept {
        return detail::EventsAwaiterOf<N, false>{events_};
    }
    /// Clears all its events.
    void clear() const noexcept {
        for (Event* event : events_) event->clear();
    }

private:
    std::array<Event*, N> events_;
};
template <class... E>
WaitAny(E&...) -> WaitAny<sizeof...(E)>;

template <std::size_t N>
class WaitAll {
    static_assert(N >= 1, "WaitAll{} has nothing to wait for");

public:
    template <class... E>
        requires(sizeof...(E) + 1 == N)
    explicit WaitAll(Event& first, E&... others) noexcept : events_{&first, &others...} {}

    /// Waits until each event has been set since, or was before.
    [[nodiscard("co_await it")]] detail::EventsAwaiterOf<N, true> wait() const noexcept {
        return detail::EventsAwaiterOf<N, true>{events_};
    }
    /// Clears all its events.
    void clear() const noexcept {
        for (Event* event : events_) event->clear();
    }

private:
    std::array<Event*, N> events_;
};
template <class... E>
WaitAll(E&...) -> WaitAll<sizeof...(E)>;

}  // namespace uasync

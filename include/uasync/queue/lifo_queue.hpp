#pragma once
// LifoQueue<T, N>: a Queue that gives back the newest message first, as asyncio.LifoQueue. LifoQueue<T>: any number of messages
// (hosts).
//
//     LifoQueue<int, 8> queue;
//     ... co_await queue.put(7);              // waits while the queue is full
//     ... int newest = co_await queue.get();  // waits while it is empty
//
// For work where the newest matters most and the oldest may wait. Neighbours: Queue for first in, first out; PriorityQueue for an
// order of your own; Latest if only the newest counts at all. Joinable<LifoQueue<T, N>> has task_done, join and shutdown.
// Only messages are last in, first out: waiting tasks are served in the order in which they came. A task that was woken for a
// message takes the newest when its turn comes.
// Cost: N * sizeof(T) + 5 words; no allocation; every operation O(1). LifoQueue<T> allocates. Not ISR-safe. Cancel-safe, as Queue.
// Destroying it ends its waiters with Error::destroyed.

#include <uasync/queue/queue.hpp>

#if !UASYNC_BOARD
#include <vector>
#endif

namespace uasync {

namespace detail {

/// Up to N things, of which the last is taken first.
template <class T, std::size_t N>
class StackStore {
    static_assert(N >= 1 && N <= 65535, "a queue holds 1 to 65535 messages");

public:
    static constexpr std::size_t capacity = N;

    StackStore() noexcept {}  // the places are not initialised

    void push(T&& message, std::size_t size) noexcept(std::is_nothrow_move_constructible_v<T>) {
        std::construct_at(begin() + size, std::move(message));
    }
    T pop(std::size_t size) noexcept(std::is_nothrow_move_constructible_v<T>) {
        T* last = begin() + (size - 1);
        T message{std::move(*last)};
        std::destroy_at(last);
        return message;
    }
    T* begin() noexcept { return reinterpret_cast<T*>(places_); }

private:
    alignas(T) std::byte places_[N * sizeof(T)];
};

#if !UASYNC_BOARD
template <class T>
class StackStore<T, unbounded> {
public:
    static constexpr std::size_t capacity = DequeStore<T>::capacity;

    void push(T&& message, std::size_t) { messages_.push_back(std::move(message)); }
    T pop(std::size_t) noexcept(std::is_nothrow_move_constructible_v<T>) {
        T message{std::move(messages_.back())};
        messages_.pop_back();
        return message;
    }
    auto begin() noexcept { return messages_.begin(); }

private:
    std::vector<T> messages_;
};
#endif

}  // namespace detail

template <class T, std::size_t N = unbounded>
class LifoQueue : public detail::StoreQueue<T, detail::StackStore<T, N>> {};

}  // namespace uasync

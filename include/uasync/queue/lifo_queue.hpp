#pragma once

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
    static constexpr const char* get_name = "LifoQueue::get";
    static constexpr const char* put_name = "LifoQueue::put";
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
    static constexpr const char* get_name = "LifoQueue::get";
    static constexpr const char* put_name = "LifoQueue::put";
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

/// A Queue that gives back the newest message first.
///
/// @par Use it for
/// Work where the newest message matters most and older ones may wait.
/// @par Instead use
/// Queue for first in, first out; PriorityQueue for an order of your own; Latest if only the newest message counts;
/// `Joinable<LifoQueue<T, N>>` for task_done, join and shutdown.
/// @par Cost
/// N * sizeof(T) + 20 bytes on a board; no allocation; every operation is O(1). `LifoQueue<T>` without a capacity
/// allocates.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As with Queue: a cancelled get() has taken no message and a cancelled put() has put none.
/// @par Fairness
/// Only the messages are last in, first out. Waiting tasks are served first in, first out; a task that was woken takes
/// the message that is newest when it runs.
/// @par Errors
/// Tasks that wait when the queue is destroyed end with Error::destroyed.
/// @par Source
/// Python's asyncio.LifoQueue.
///
/// @tparam T type of the messages; movable
/// @tparam N capacity in messages, 1 to 65535; without one the queue grows on the heap (hosts only)
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     LifoQueue<int, 3> queue;
///     for (int page : {1, 2, 3}) co_await queue.put(page);
///     print("full: {}\n", queue.full());
///     while (!queue.empty()) {
///         const int page = co_await queue.get();
///         print("back to {}\n", page);
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// full: true
/// back to 3
/// back to 2
/// back to 1
/// @endcode
template <class T, std::size_t N = unbounded>
class LifoQueue : public detail::StoreQueue<T, detail::StackStore<T, N>> {};

}  // namespace uasync

#pragma once
// Implementation detail of Queue and the other queues: where the messages are kept.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <uasync/config.hpp>

#if !UASYNC_BOARD
#include <deque>
#endif

namespace uasync::detail {

#if UASYNC_BOARD
using Index = std::uint16_t;
#else
using Index = std::uint32_t;
#endif

/// Up to N messages in a ring. Every store has `push`, for when there is a place, and `pop`, for when there is a message. Both are
/// told how many messages there are.
template <class T, std::size_t N>
class RingStore {
    static_assert(N >= 1 && N <= 65535, "a Queue holds 1 to 65535 messages");

public:
    static constexpr const char* get_name = "Queue::get";
    static constexpr const char* put_name = "Queue::put";
    static constexpr std::size_t capacity = N;

    RingStore() noexcept {}  // the places are not initialised

    [[gnu::always_inline]] void push(T&& message, std::size_t size) noexcept(std::is_nothrow_move_constructible_v<T>) {
        std::construct_at(place(wrapped(head_ + size)), std::move(message));
    }
    [[gnu::always_inline]] T pop(std::size_t) noexcept(std::is_nothrow_move_constructible_v<T>) {
        const Index first = head_;
        if constexpr (std::is_nothrow_move_constructible_v<T>) next();
        T* front = place(first);
        T message{std::move(*front)};
        if constexpr (!std::is_nothrow_move_constructible_v<T>) next();  // only now, as it may have thrown
        std::destroy_at(front);
        return message;
    }

private:
    [[gnu::always_inline]] void next() noexcept { head_ = static_cast<Index>(wrapped(std::size_t{head_} + 1)); }
    T* place(std::size_t index) noexcept { return reinterpret_cast<T*>(places_) + index; }
    static std::size_t wrapped(std::size_t index) noexcept {
        if constexpr (std::has_single_bit(N)) {
            return index & (N - 1);
        } else {
            return index >= N ? index - N : index;
        }
    }

    Index head_ = 0;
    alignas(T) std::byte places_[N * sizeof(T)];
};

#if !UASYNC_BOARD
/// Any number of messages, first in, first out.
template <class T>
class DequeStore {
public:
    static constexpr const char* get_name = "Queue::get";
    static constexpr const char* put_name = "Queue::put";
    static constexpr std::size_t capacity = 0xffff'ffff;
    void push(T&& message, std::size_t) { messages_.push_back(std::move(message)); }
    T pop(std::size_t) {
        T message{std::move(messages_.front())};
        messages_.pop_front();
        return message;
    }

private:
    std::deque<T> messages_;
};
#endif

}  // namespace uasync::detail

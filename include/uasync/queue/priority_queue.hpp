#pragma once
// PriorityQueue<T, N, Compare>: a Queue that gives back the lowest message first, as asyncio.PriorityQueue; equal ones in the order
// in which they were put. PriorityQueue<T>: any number of messages (hosts).
//
//     PriorityQueue<Job, 8, Later> queue;     // Later{}(a, b): a comes before b. Default: std::less<T>, the lowest first
//     ... co_await queue.put({due, number});  // waits while the queue is full
//     ... Job next = co_await queue.get();    // waits while it is empty
//
// Neighbours: Queue for first in, first out; LifoQueue for the newest first. Joinable<PriorityQueue<T, N>> has task_done, join and
// shutdown. Only messages have priorities: waiting tasks are served in the order in which they came. A task that was woken for a
// message takes the lowest when its turn comes.
// Cost: N * (sizeof(T) + 4) + 5 words; no allocation; O(log N). PriorityQueue<T> allocates. Not ISR-safe. Cancel-safe, as Queue.
// Destroying it ends its waiters with Error::destroyed.

#include <algorithm>
#include <functional>

#include <uasync/queue/lifo_queue.hpp>

namespace uasync {

namespace detail {

/// A binary heap. Messages are numbered, so that equal ones keep their order; the numbers wrap, and begin anew with each empty
/// heap.
template <class T, std::size_t N, class Compare>
class HeapStore {
    struct Entry {
        Entry(T&& m, std::uint32_t n) noexcept(std::is_nothrow_move_constructible_v<T>) : message{std::move(m)}, number{n} {}
        T message;
        std::uint32_t number;
    };
    /// Of the standard heaps, whose greatest element is the first.
    static bool less(const Entry& a, const Entry& b) {
        const Compare comes_before{};
        if (comes_before(b.message, a.message)) return true;
        return !comes_before(a.message, b.message) && static_cast<std::int32_t>(a.number - b.number) > 0;
    }

public:
    static constexpr std::size_t capacity = StackStore<Entry, N>::capacity;

    void push(T&& message, std::size_t size) {
        if (size == 0) next_number_ = 0;
        entries_.push(Entry{std::move(message), next_number_++}, size);
        OutIfThrown entry{*this, size + 1};
        std::push_heap(entries_.begin(), end(size + 1), less);
        entry.heap = nullptr;
    }
    T pop(std::size_t size) {
        std::pop_heap(entries_.begin(), end(size), less);
        return std::move(entries_.pop(size).message);
    }

private:
    /// A message that cannot be compared does not stay.
    struct OutIfThrown {
        HeapStore* heap;
        std::size_t size;
        OutIfThrown(HeapStore& store, std::size_t now) noexcept : heap{&store}, size{now} {}
        OutIfThrown(const OutIfThrown&) = delete;
        OutIfThrown& operator=(const OutIfThrown&) = delete;
        ~OutIfThrown() {
            if (heap != nullptr) (void)heap->entries_.pop(size);
        }
    };

    auto end(std::size_t size) noexcept { return entries_.begin() + static_cast<std::ptrdiff_t>(size); }

    StackStore<Entry, N> entries_;
    std::uint32_t next_number_ = 0;
};

}  // namespace detail

template <class T, std::size_t N = unbounded, class Compare = std::less<T>>
class PriorityQueue : public detail::StoreQueue<T, detail::HeapStore<T, N, Compare>> {};

}  // namespace uasync

#pragma once

#include <algorithm>
#include <functional>

#include <uasync/queue/lifo_queue.hpp>

namespace uasync {

namespace detail {

/// A binary heap. Messages are numbered, so that equal ones keep their order; the numbers wrap, and start again with each
/// empty heap.
template <class T, std::size_t N, class Compare>
class HeapStore {
    struct Entry {
        Entry(T&& m, std::uint32_t n) noexcept(std::is_nothrow_move_constructible_v<T>) : message{std::move(m)}, number{n} {}
        T message;
        std::uint32_t number;
    };
    /// For the standard heaps, whose first element is the greatest.
    static bool less(const Entry& a, const Entry& b) {
        const Compare comes_before{};
        if (comes_before(b.message, a.message)) return true;
        return !comes_before(a.message, b.message) && static_cast<std::int32_t>(a.number - b.number) > 0;
    }

public:
    static constexpr const char* get_name = "PriorityQueue::get";
    static constexpr const char* put_name = "PriorityQueue::put";
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
    /// Takes a message out again that could not be compared.
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

/// A Queue that gives back the lowest message first; equal messages come out in the order in which they were put.
///
/// @par Use it for
/// Jobs with a rank or a deadline.
/// @par Instead use
/// Queue for first in, first out; LifoQueue for the newest first; sleep_until() if time itself sets the order;
/// `Joinable<PriorityQueue<T, N>>` for task_done, join and shutdown.
/// @par Cost
/// N * (sizeof(T) + 4) + 24 bytes on a board; no allocation; get and put are O(log N). `PriorityQueue<T>` without a
/// capacity allocates.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As with Queue: a cancelled get() has taken no message and a cancelled put() has put none.
/// @par Fairness
/// Only the messages have an order. Waiting tasks are served first in, first out; a task that was woken takes the message
/// that is lowest when it runs. As long as lower messages keep coming, a high one stays in the queue.
/// @par Errors
/// Tasks that wait when the queue is destroyed end with Error::destroyed. On hosts, an exception from a comparison
/// reaches the task that puts or gets.
/// @par Source
/// Python's asyncio.PriorityQueue.
///
/// @tparam T type of the messages; movable
/// @tparam N capacity in messages, 1 to 65535; without one the queue grows on the heap (hosts only)
/// @tparam Compare `Compare{}(a, b)` is true if a has to come out before b; by default the lowest message comes first
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// struct Job {
///     int rank;
///     const char* name;
///     bool operator<(const Job& other) const { return rank < other.rank; }
/// };
///
/// Coro<> async_main() {
///     PriorityQueue<Job, 4> queue;
///     co_await queue.put({2, "write"});
///     co_await queue.put({1, "read"});
///     co_await queue.put({2, "flush"});
///     co_await queue.put({0, "stop"});
///     while (!queue.empty()) {
///         const Job job = co_await queue.get();
///         print("{} {}\n", job.rank, job.name);
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 stop
/// 1 read
/// 2 write
/// 2 flush
/// @endcode
template <class T, std::size_t N = unbounded, class Compare = std::less<T>>
class PriorityQueue : public detail::StoreQueue<T, detail::HeapStore<T, N, Compare>> {};

}  // namespace uasync

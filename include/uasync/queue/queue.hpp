#pragma once
// Queue<T, N>: up to N messages from tasks to tasks, first in, first out, as asyncio.Queue(maxsize=N). Queue<T>: any number (hosts).
//
//     Queue<int, 8> queue;
//     ... co_await queue.put(7);              // waits while the queue is full
//     ... int message = co_await queue.get(); // waits while it is empty
//
// Neighbours: JoinableQueue with task_done, join and shutdown; PriorityQueue, LifoQueue for another order; Channel if it can be closed;
// Latest<T> if only the newest value matters and the producer must never wait; RingQueue from an interrupt.
// Waiting getters are served in the order in which they came, and so are waiting putters; a message or a free place that a waiter has been
// woken for is kept for it, so that `get_nowait` and `qsize` no longer see it (asyncio lets others snatch it).
// Cost: N * sizeof(T) + 5 words; no allocation; every operation O(1). Queue<T> allocates. Not ISR-safe. Cancel-safe: a cancelled `get` has taken
// nothing and a cancelled `put` has put nothing, even just as they were woken; the next waiter gets the chance instead.
// Destroying it ends its waiters with Error::destroyed.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <uasync/sync/waiters.hpp>

#if !UASYNC_FRAME_POOL_BYTES
#include <deque>
#endif

namespace uasync {

/// As the capacity of a queue: as many messages as the heap holds. Hosts only.
inline constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

namespace detail {

#if UASYNC_FRAME_POOL_BYTES
using Index = std::uint16_t;
#else
using Index = std::uint32_t;
#endif

/// Those who want a message, or those who want a place. A waiter that was woken has one kept for it until it runs.
struct Side {
    Waiters waiters;
    Index ready;  ///< there for whoever comes
    Index kept = 0;

    explicit Side(std::size_t at_first) noexcept : ready{static_cast<Index>(at_first)} {}
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;
    ~Side() {
        if (kept != 0) waiters.release();
    }

    /// One more is there: for the longest waiter, if there is one.
    [[gnu::always_inline]] void offer() noexcept {
        if (!waiters.empty()) {
            hand_over();
        } else {
            ++ready;
        }
    }
    /// A waiter ends by unwinding; what it had been handed goes to the next.
    UASYNC_SHARED void abandon() noexcept {
        if (!waiters.handed_to_current()) return;
        --kept;
        offer();
    }
    UASYNC_SHARED void hand_over() noexcept {
        ++kept;
        running_loop().hand_to(*waiters.take_front());
    }
    /// All who wait go on with nothing in their hands, and so do those who were woken and have not run. O(tasks).
    void dismiss() noexcept;
};

/// What does not depend on the messages: who waits, and how many messages and places are there for whom.
class QueueBase {
protected:
    /// Waits on one side of a queue.
    template <Side QueueBase::* side>
    class Awaiter {
    public:
        explicit Awaiter(QueueBase& queue) noexcept : queue_{&queue} {}
        [[gnu::always_inline]] ~Awaiter() {
            if (suspended_) [[unlikely]]
                (queue_->*side).abandon();
        }

    protected:
        void wait(std::coroutine_handle<> self, const char* what) noexcept {
            suspended_ = true;
            running_loop().wait_in((queue_->*side).waiters, self, what);
        }
        /// It goes on: what it is about to take is its own.
        [[gnu::always_inline]] void resumed() noexcept {
            if (suspended_) {
                suspended_ = false;
                (queue_->*side).waiters.taken();
                --(queue_->*side).kept;
            } else {
                --(queue_->*side).ready;
            }
        }
        /// The same where the queue may have been closed: false if there is nothing for it.
        bool obtained() noexcept {
            Side& mine = queue_->*side;
            if (suspended_ ? !mine.waiters.handed_to_current() : mine.ready == 0) return false;
            resumed();
            return true;
        }
        /// To be said after whatever the compiler cannot see through: spares the destructor's look.
        [[gnu::always_inline]] void finished() const noexcept {
            if (suspended_) __builtin_unreachable();
        }

        QueueBase* queue_;

    private:
        bool suspended_ = false;
    };

    explicit QueueBase(std::size_t capacity) noexcept : getters_{0}, putters_{capacity} {}

    Side getters_;
    Side putters_;
};

/// Up to N messages in a ring. A Store of messages has `push`, and `pop` where there is one.
template <class T, std::size_t N>
class RingStore {
    static_assert(N >= 1 && N <= 65535, "a Queue holds 1 to 65535 messages");

public:
    static constexpr std::size_t capacity = N;

    RingStore() noexcept {}  // the places are not initialised

    [[gnu::always_inline]] void push(T&& message) noexcept {
        const Index last = tail_;
        tail_ = after(last);
        std::construct_at(place(last), std::move(message));
    }
    [[gnu::always_inline]] T pop() noexcept {
        const Index first = head_;
        head_ = after(first);
        T* front = place(first);
        T message{std::move(*front)};
        std::destroy_at(front);
        return message;
    }

private:
    T* place(std::size_t index) noexcept { return reinterpret_cast<T*>(places_) + index; }
    static Index after(Index index) noexcept {
        if constexpr (std::has_single_bit(N)) {
            return static_cast<Index>((index + 1U) & (N - 1));
        } else {
            return static_cast<Index>(index + 1U == N ? 0U : index + 1U);
        }
    }

    Index head_ = 0;
    Index tail_ = 0;
    alignas(T) std::byte places_[N * sizeof(T)];
};

/// put and get over a Store.
template <class T, class Store>
class StoreQueue : protected QueueBase {
public:
    using value_type = T;

    StoreQueue() noexcept : QueueBase{Store::capacity} {}
    StoreQueue(const StoreQueue&) = delete;
    StoreQueue& operator=(const StoreQueue&) = delete;
    ~StoreQueue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (std::size_t left = std::size_t{getters_.ready} + getters_.kept; left != 0; --left) store_.pop();
        }
    }

    /// Messages that can be had without waiting.
    std::size_t qsize() const noexcept { return getters_.ready; }
    bool empty() const noexcept { return getters_.ready == 0; }
    /// Whether a `put` would wait.
    bool full() const noexcept { return putters_.ready == 0; }
    /// How many messages it holds, or `unbounded`.
    static constexpr std::size_t maxsize() noexcept { return Store::capacity > 65535 ? unbounded : Store::capacity; }

    class GetAwaiter : public QueueBase::Awaiter<&StoreQueue::getters_> {
    public:
        explicit GetAwaiter(StoreQueue& queue) noexcept : QueueBase::Awaiter<&StoreQueue::getters_>{queue} {}
        bool await_ready() const noexcept { return !queue().empty(); }
        void await_suspend(std::coroutine_handle<> self) noexcept { this->wait(self, "Queue::get"); }
        T await_resume() noexcept {
            this->resumed();
            T message = queue().take_and_offer_place();
            this->finished();
            return message;
        }

    private:
        StoreQueue& queue() const noexcept { return *static_cast<StoreQueue*>(this->queue_); }
    };

    class PutAwaiter : public QueueBase::Awaiter<&StoreQueue::putters_> {
    public:
        PutAwaiter(StoreQueue& queue, T&& message) noexcept
            : QueueBase::Awaiter<&StoreQueue::putters_>{queue}, message_{std::move(message)} {}
        bool await_ready() const noexcept { return !queue().full(); }
        void await_suspend(std::coroutine_handle<> self) noexcept { this->wait(self, "Queue::put"); }
        void await_resume() noexcept {
            this->resumed();
            queue().add(std::move(message_));
            this->finished();
        }

    private:
        StoreQueue& queue() const noexcept { return *static_cast<StoreQueue*>(this->queue_); }
        T message_;
    };

    /// Waits for a message and takes it.
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// Waits for a free place and puts the message there.
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept { return PutAwaiter{*this, std::move(message)}; }

    /// The next message, or Error::unavailable if the queue is empty.
    Result<T> get_nowait() noexcept {
        if (empty()) return std::unexpected{Error::unavailable};
        --getters_.ready;
        return take_and_offer_place();
    }

    /// Puts the message, or returns Error::unavailable, the message dropped, if the queue is full.
    Result<void> put_nowait(T message) noexcept {
        if (full()) return std::unexpected{Error::unavailable};
        --putters_.ready;
        add(std::move(message));
        return {};
    }

protected:
    // Of a place and a message that have been counted off already.
    void add(T&& message) noexcept {
        store_.push(std::move(message));
        getters_.offer();
    }
    UASYNC_SHARED T take_and_offer_place() noexcept {
        T message = store_.pop();
        putters_.offer();
        return message;
    }

    Store store_;
};

#if !UASYNC_FRAME_POOL_BYTES
/// Any number of messages, first in, first out.
template <class T>
class DequeStore {
public:
    static constexpr std::size_t capacity = 0xffff'ffff;
    void push(T&& message) { messages_.push_back(std::move(message)); }
    T pop() {
        T message{std::move(messages_.front())};
        messages_.pop_front();
        return message;
    }

private:
    std::deque<T> messages_;
};
template <class T, std::size_t N>
using FifoStore = std::conditional_t<N == unbounded, DequeStore<T>, RingStore<T, N == unbounded ? 1 : N>>;
#else
template <class T, std::size_t N>
struct FifoStore : RingStore<T, N == unbounded ? 1 : N> {
    static_assert(N != unbounded, "a queue on a board needs a capacity: Queue<T, 8>");
};
#endif

}  // namespace detail

template <class T, std::size_t N = unbounded>
class Queue : public detail::StoreQueue<T, detail::FifoStore<T, N>> {};

}  // namespace uasync

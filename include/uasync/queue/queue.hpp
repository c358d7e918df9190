#pragma once
// Queue<T, N>: up to N messages from tasks to tasks, first in, first out, as asyncio.Queue(maxsize=N). Queue<T>: any number
// (hosts).
//
//     Queue<int, 8> queue;
//     ... co_await queue.put(7);              // waits while the queue is full
//     ... int message = co_await queue.get(); // waits while it is empty
//
// Neighbours: JoinableQueue with task_done, join and shutdown; PriorityQueue, LifoQueue for another order; Channel if it can be
// closed; Latest<T> if only the newest value matters and the producer must never wait; RingQueue from an interrupt.
// Waiting getters are served in the order in which they came, and so are waiting putters; a message or a free place that a waiter
// has been woken for is kept for it, so that `get_nowait` and `qsize` no longer see it (asyncio lets others snatch it).
// Cost: N * sizeof(T) + 5 words; no allocation; every operation O(1). Queue<T> allocates. Not ISR-safe. Cancel-safe: a cancelled
// `get` has taken nothing and a cancelled `put` has put nothing, even just as they were woken; the next waiter gets the chance
// instead. Destroying it ends its waiters with Error::destroyed.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <uasync/kernel/wait_queue.hpp>

#if !UASYNC_BOARD
#include <deque>
#endif

namespace uasync {

/// As the capacity of a queue: as many messages as the heap holds. Hosts only.
inline constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

namespace detail {

#if UASYNC_BOARD
using Index = std::uint16_t;
#else
using Index = std::uint32_t;
#endif

/// Those who want a message, or those who want a place. A waiter that was woken has one kept for it until it runs.
struct Side {
    WaitQueue waiters;
    Index kept = 0;

    Side() noexcept = default;
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;
    ~Side() {
        if (kept != 0) waiters.release();
    }

    /// One more is there: the longest waiter goes on, if there is one.
    [[gnu::always_inline]] void offer() noexcept {
        if (!waiters.empty()) hand_over();
    }
    /// A waiter ends by unwinding; what it had been handed goes to the next.
    UASYNC_SHARED void abandon() noexcept {
        if (!waiters.handed_to_current()) return;
        --kept;
        offer();
    }
    UASYNC_SHARED void hand_over() noexcept {
        ++kept;
        waiters.hand_one();
    }
    /// All who wait go on with nothing in their hands, and so do those who were woken and have not run. O(tasks).
    void dismiss() noexcept;
};

class QueueBase;

/// The queue that an awaiter is about, and whether it is suspended there. Moved, it begins anew.
#if UASYNC_BOARD
class AwaiterPlace {
public:
    explicit AwaiterPlace(QueueBase& queue) noexcept : queue_{&queue} {}
    AwaiterPlace(AwaiterPlace&& unstarted) noexcept : AwaiterPlace{unstarted.queue()} {}
    AwaiterPlace& operator=(AwaiterPlace&&) = delete;
    ~AwaiterPlace() = default;
    QueueBase& queue() const noexcept { return *queue_; }
    bool suspended() const noexcept { return suspended_; }
    void suspend() noexcept { suspended_ = true; }
    void resume() noexcept { suspended_ = false; }

private:
    QueueBase* queue_;
    bool suspended_ = false;
};
#else
/// In one word: on a host what a `put` and a `get` that need not wait cost is their stores into the coroutine's frame.
class AwaiterPlace {
public:
    explicit AwaiterPlace(QueueBase& queue) noexcept : word_{reinterpret_cast<std::uintptr_t>(&queue)} {
        if (suspended()) __builtin_unreachable();
    }
    AwaiterPlace(AwaiterPlace&& unstarted) noexcept : AwaiterPlace{unstarted.queue()} {}
    AwaiterPlace& operator=(AwaiterPlace&&) = delete;
    ~AwaiterPlace() = default;
    QueueBase& queue() const noexcept { return *reinterpret_cast<QueueBase*>(word_ & ~std::uintptr_t{1}); }
    bool suspended() const noexcept { return (word_ & 1U) != 0; }
    void suspend() noexcept { ++word_; }
    void resume() noexcept { --word_; }

private:
    std::uintptr_t word_;
};
#endif

/// What does not depend on the messages: who waits, and how many messages there are.
class QueueBase {
protected:
    /// Waits on one side of a queue.
    template <Side QueueBase::* side>
    class Awaiter {
    public:
        explicit Awaiter(QueueBase& queue) noexcept : place_{queue} {}
        Awaiter(Awaiter&&) noexcept = default;
        [[gnu::always_inline]] ~Awaiter() {
            if (place_.suspended()) [[unlikely]]
                (base().*side).abandon();
        }

    protected:
        void wait(Frame self, const char* what) noexcept {
            place_.suspend();
            detail::current_loop().wait_in((base().*side).waiters, self, what);
        }
        /// It goes on: what it is about to take is its own.
        [[gnu::always_inline]] void resumed() noexcept {
            if (!place_.suspended()) return;
            place_.resume();
            (base().*side).waiters.taken();
            --(base().*side).kept;
        }
        /// The same of a message, where the queue may have been closed: false if there is none for it.
        bool obtained() noexcept {
            QueueBase& queue = base();
            const bool suspended = place_.suspended();
            if (suspended ? !queue.getters_.waiters.handed_to_current() : queue.size_ == queue.getters_.kept) return false;
            resumed();
            return true;
        }
        /// To be said after whatever the compiler cannot see through: spares the destructor's look.
        [[gnu::always_inline]] void finished() const noexcept {
            if (place_.suspended()) __builtin_unreachable();
        }
        [[gnu::always_inline]] QueueBase& base() const noexcept { return place_.queue(); }

    private:
        AwaiterPlace place_;
    };

    QueueBase() noexcept = default;

    Side getters_;
    Side putters_;
    Index size_ = 0;  ///< messages, also those that are kept
};

/// Up to N messages in a ring. A Store of messages has `push`, and `pop` where there is one; it is told how many there are before
/// that.
template <class T, std::size_t N>
class RingStore {
    static_assert(N >= 1 && N <= 65535, "a Queue holds 1 to 65535 messages");

public:
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

/// Has the next waiter go on if what this one was woken for throws: a message's move, or an allocation.
class OfferIfThrown {
public:
    explicit OfferIfThrown(Side& side) noexcept : side_{&side} {}
    OfferIfThrown(const OfferIfThrown&) = delete;
    OfferIfThrown& operator=(const OfferIfThrown&) = delete;
    ~OfferIfThrown() {
        if (side_ != nullptr) side_->offer();
    }
    void succeeded() noexcept { side_ = nullptr; }

private:
    Side* side_;
};

/// put and get over a Store.
template <class T, class Store>
class StoreQueue : protected QueueBase {
public:
    using value_type = T;

protected:
    static constexpr bool nothrow_move = std::is_nothrow_move_constructible_v<T>;
    static constexpr bool nothrow_push = noexcept(std::declval<Store&>().push(std::declval<T>(), 0));
    static constexpr bool nothrow_pop = noexcept(std::declval<Store&>().pop(0)) && nothrow_move;

public:
    StoreQueue() noexcept = default;
    StoreQueue(const StoreQueue&) = delete;
    StoreQueue& operator=(const StoreQueue&) = delete;
    ~StoreQueue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (; size_ != 0; --size_) store_.pop(size_);
        }
    }

    /// Messages that can be had without waiting.
    std::size_t qsize() const noexcept { return static_cast<std::size_t>(size_ - getters_.kept); }
    bool empty() const noexcept { return size_ == getters_.kept; }
    /// Whether a `put` would wait.
    bool full() const noexcept { return std::size_t{size_} + putters_.kept == Store::capacity; }
    /// How many messages it holds, or `unbounded`.
    static constexpr std::size_t maxsize() noexcept { return Store::capacity > 65535 ? unbounded : Store::capacity; }

    class GetAwaiter : public QueueBase::Awaiter<&StoreQueue::getters_> {
    public:
        explicit GetAwaiter(StoreQueue& queue) noexcept : QueueBase::Awaiter<&StoreQueue::getters_>{queue} {}
        bool await_ready() const noexcept { return !queue().empty(); }
        void await_suspend(Frame self) noexcept { this->wait(self, "Queue::get"); }
        T await_resume() noexcept(nothrow_pop) {
            this->resumed();
            T message = queue().take_and_offer_place();
            this->finished();
            return message;
        }

    private:
        StoreQueue& queue() const noexcept { return static_cast<StoreQueue&>(this->base()); }
    };

    class PutAwaiter : public QueueBase::Awaiter<&StoreQueue::putters_> {
    public:
        PutAwaiter(StoreQueue& queue, T&& message) noexcept(nothrow_move)
            : QueueBase::Awaiter<&StoreQueue::putters_>{queue}, message_{std::move(message)} {}
        bool await_ready() const noexcept { return !queue().full(); }
        void await_suspend(Frame self) noexcept { this->wait(self, "Queue::put"); }
        void await_resume() noexcept(nothrow_push) {
            this->resumed();
            queue().add(std::move(message_));
            this->finished();
        }

    private:
        StoreQueue& queue() const noexcept { return static_cast<StoreQueue&>(this->base()); }
        T message_;
    };

    /// Waits for a message and takes it.
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// Waits for a free place and puts the message there.
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept(nothrow_move) { return PutAwaiter{*this, std::move(message)}; }

    /// The next message, or Error::unavailable if the queue is empty.
    Result<T> get_nowait() noexcept(nothrow_pop) {
        if (empty()) return std::unexpected{Error::unavailable};
        return take_and_offer_place();
    }

    /// Puts the message, or returns Error::unavailable, the message dropped, if the queue is full.
    Result<void> put_nowait(T message) noexcept(nothrow_push) {
        if (full()) return std::unexpected{Error::unavailable};
        add(std::move(message));
        return {};
    }

protected:
    // Where there is a place, or a message.
    void add(T&& message) noexcept(nothrow_push) {
        if constexpr (nothrow_push) {
            store_.push(std::move(message), size_);
        } else {
            OfferIfThrown place{putters_};
            store_.push(std::move(message), size_);
            place.succeeded();
        }
        ++size_;
        getters_.offer();
    }
    UASYNC_SHARED T take_and_offer_place() noexcept(nothrow_pop) {
        T message = pop();
        --size_;
        putters_.offer();
        return message;
    }

    /// It stays where it is if its move throws.
    [[gnu::always_inline]] T pop() noexcept(nothrow_pop) {
        if constexpr (nothrow_pop) {
            return store_.pop(size_);
        } else {
            OfferIfThrown first{getters_};
            T message = store_.pop(size_);
            first.succeeded();
            return message;
        }
    }

    Store store_;
};

#if !UASYNC_BOARD
/// Any number of messages, first in, first out.
template <class T>
class DequeStore {
public:
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

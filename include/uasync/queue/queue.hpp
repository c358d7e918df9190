#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <uasync/kernel/wait_queue.hpp>
#include <uasync/queue/message_store.hpp>

namespace uasync {

/// The capacity of a queue that grows on the heap: `Queue<T, unbounded>` is `Queue<T>`. Hosts only.
inline constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

namespace detail {

/// The tasks that wait for a message, or those that wait for a free place. What a task was woken for is kept for it until
/// it runs.
struct Side {
    WaitQueue waiters;
    Index kept = 0;

    Side() noexcept = default;
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;
    ~Side() {
        if (kept != 0) waiters.release();
    }

    /// One more message or place is there: it goes to the task that has waited longest, if one waits.
    [[gnu::always_inline]] void offer() noexcept {
        if (!waiters.empty()) hand_over();
    }
    /// The running task is being unwound; what it had been handed goes to the next one.
    UASYNC_SHARED void abandon() noexcept {
        if (!waiters.handed_to_current()) return;
        --kept;
        offer();
    }
    UASYNC_SHARED void hand_over() noexcept {
        ++kept;
        waiters.hand_one();
    }
    /// Lets all waiting tasks continue empty-handed, and also those that were woken and have not run. O(tasks).
    void dismiss() noexcept;
};

class QueueBase;

#if UASYNC_BOARD
/// The queue that an awaiter belongs to, and whether its task is suspended there. A moved one starts afresh.
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
/// In one word: on a host, what `put` and `get` cost without waiting is their stores into the coroutine's frame.
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

/// The part of a queue that does not depend on the messages: who waits, and how many messages there are.
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
        /// The task continues: what was kept for it now belongs to it.
        [[gnu::always_inline]] void resumed() noexcept {
            if (!place_.suspended()) return;
            place_.resume();
            (base().*side).waiters.taken();
            --(base().*side).kept;
        }
        /// The same for a message of a queue that may have been closed: false if there is no message for the task.
        bool obtained() noexcept {
            QueueBase& queue = base();
            const bool suspended = place_.suspended();
            if (suspended ? !queue.getters_.waiters.handed_to_current() : queue.size_ == queue.getters_.kept) return false;
            resumed();
            return true;
        }
        /// Call it last, after everything that the compiler cannot see through: it spares the destructor's check.
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
    Index size_ = 0;  // messages, including those that are kept
};

/// Serves the next waiter if what this one was woken for throws: moving a message, or an allocation.
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

/// The public functions that Queue, LifoQueue and PriorityQueue share.
template <class T, class Store>
class StoreQueue : protected QueueBase {
public:
    using value_type = T;  ///< type of the messages

protected:
    static constexpr bool nothrow_move = std::is_nothrow_move_constructible_v<T>;
    static constexpr bool nothrow_push = noexcept(std::declval<Store&>().push(std::declval<T>(), 0));
    static constexpr bool nothrow_pop = noexcept(std::declval<Store&>().pop(0)) && nothrow_move;

public:
    /// An empty queue.
    StoreQueue() noexcept = default;
    StoreQueue(const StoreQueue&) = delete;
    StoreQueue& operator=(const StoreQueue&) = delete;
    ~StoreQueue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (; size_ != 0; --size_) store_.pop(size_);
        }
    }

    /// Number of messages that can be taken without waiting. @return 0 to maxsize()
    std::size_t qsize() const noexcept { return static_cast<std::size_t>(size_ - getters_.kept); }
    /// Whether get() would wait. @return true if no message can be taken now
    bool empty() const noexcept { return size_ == getters_.kept; }
    /// Whether put() would wait. @return true if there is no free place now
    bool full() const noexcept { return std::size_t{size_} + putters_.kept == Store::capacity; }
    /// Capacity of the queue, in messages. @return N, or `unbounded`
    static constexpr std::size_t maxsize() noexcept { return Store::capacity > 65535 ? unbounded : Store::capacity; }

    class GetAwaiter : public QueueBase::Awaiter<&StoreQueue::getters_> {
    public:
        explicit GetAwaiter(StoreQueue& queue) noexcept : QueueBase::Awaiter<&StoreQueue::getters_>{queue} {}
        bool await_ready() const noexcept { return !queue().empty(); }
        void await_suspend(Frame self) noexcept { this->wait(self, Store::get_name); }
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
        void await_suspend(Frame self) noexcept { this->wait(self, Store::put_name); }
        void await_resume() noexcept(nothrow_push) {
            this->resumed();
            queue().add(std::move(message_));
            this->finished();
        }

    private:
        StoreQueue& queue() const noexcept { return static_cast<StoreQueue&>(this->base()); }
        T message_;
    };

    /// Takes the next message; waits while the queue is empty. @return an awaitable; `co_await` gives the message
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// Puts a message into the queue; waits while the queue is full.
    /// @param message the message to put; it is moved into the queue when there is a place
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept(nothrow_move) { return PutAwaiter{*this, std::move(message)}; }

    /// Takes the next message without waiting. @return the message, or Error::unavailable if the queue is empty
    Result<T> get_nowait() noexcept(nothrow_pop) {
        if (empty()) return std::unexpected{Error::unavailable};
        return take_and_offer_place();
    }

    /// Puts a message into the queue without waiting.
    /// @param message the message to put; it is dropped if the queue is full
    /// @return success, or Error::unavailable if the queue is full
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

    /// If moving the message throws, it stays in the queue.
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
template <class T, std::size_t N>
using FifoStore = std::conditional_t<N == unbounded, DequeStore<T>, RingStore<T, N == unbounded ? 1 : N>>;
#else
template <class T, std::size_t N>
struct FifoStore : RingStore<T, N == unbounded ? 1 : N> {
    static_assert(N != unbounded, "a queue on a board needs a capacity: Queue<T, 8>");
};
#endif

}  // namespace detail

/// Messages from tasks to tasks, first in, first out, with a capacity of N.
///
/// @par Use it for
/// Passing work from producers to consumers when every message counts and a fast producer has to wait.
/// @par Instead use
/// JoinableQueue for task_done, join and shutdown; PriorityQueue or LifoQueue for another order; Channel if it has to be
/// closed; Latest if only the newest value counts; RingQueue from an interrupt; ThreadSafeQueue between threads.
/// @par Cost
/// N * sizeof(T) + 24 bytes on a board; no allocation; every operation is O(1). `Queue<T>` without a capacity allocates.
/// @par From an interrupt
/// Not allowed: use RingQueue or ThreadSafeQueue.
/// @par When cancelled
/// A cancelled get() has taken no message and a cancelled put() has put none, even if the task had already been woken.
/// The next waiting task is served instead.
/// @par Fairness
/// Tasks that wait in get() are served first in, first out, and so are tasks that wait in put(). The message or place
/// that a task was woken for is reserved for it, and get_nowait() and qsize() no longer see it; in asyncio another task
/// may take it first.
/// @par Errors
/// Tasks that wait when the queue is destroyed end with Error::destroyed. On hosts, an exception from moving a message or
/// from allocating memory reaches the task that puts or gets, and the next waiting task gets its place or message.
/// @par Source
/// Python's asyncio.Queue(maxsize=N).
///
/// @tparam T type of the messages; movable
/// @tparam N capacity in messages, 1 to 65535; without one the queue grows on the heap (hosts only)
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> produce(Queue<int, 2>& queue) {
///     for (int i = 1; i <= 4; ++i) {
///         co_await queue.put(i);  // waits while there are two
///         print("{} ms: put {}\n", ticks_ms(), i);
///     }
/// }
///
/// Coro<> async_main() {
///     Queue<int, 2> queue;
///     create_task(produce(queue));
///     for (int i = 0; i < 4; ++i) {
///         co_await sleep_ms(10);
///         const int message = co_await queue.get();
///         print("{} ms: got {}\n", ticks_ms(), message);
///     }
///     print("more? {}\n", queue.get_nowait().error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: put 1
/// 0 ms: put 2
/// 10 ms: got 1
/// 10 ms: put 3
/// 20 ms: got 2
/// 20 ms: put 4
/// 30 ms: got 3
/// 40 ms: got 4
/// more? would have to wait
/// @endcode
template <class T, std::size_t N = unbounded>
class Queue : public detail::StoreQueue<T, detail::FifoStore<T, N>> {};

UASYNC_WAITS_FOR(StoreQueue::GetAwaiter, "Queue*::get");
UASYNC_WAITS_FOR(StoreQueue::PutAwaiter, "Queue*::put");

}  // namespace uasync

#pragma once
// Queue<T, N>: up to N messages from tasks to tasks, first in, first out, as asyncio.Queue(maxsize=N).
//
//     Queue<int, 8> queue;
//     ... co_await queue.put(7);              // waits while the queue is full
//     ... int message = co_await queue.get(); // waits while it is empty
//
// Neighbours: Latest<T> if only the newest value matters and the producer must never wait; ThreadSafeFlag from an interrupt.
// Waiting getters are served in the order in which they came, and so are waiting putters; a message or a free place that a waiter has been
// woken for is kept for it, so that `get_nowait` and `qsize` no longer see it (asyncio lets others snatch it).
// Cost: N * sizeof(T) + 5 words; no allocation; every operation O(1). Not ISR-safe. Cancel-safe: a cancelled `get` has taken nothing and a cancelled
// `put` has put nothing, even just as they were woken; the next waiter gets the chance instead.
// Destroying it ends its waiters with Error::destroyed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <uasync/sync/waiters.hpp>

namespace uasync {

namespace detail {

/// What does not depend on the messages' type: who waits, and how many messages and places are spoken for.
class QueueBase {
protected:
    using Index = std::uint16_t;

    /// A waiter that was woken has one message (or place) kept for it until it runs.
    struct Side {
        Waiters waiters;
        Index kept = 0;

        Side() noexcept = default;
        Side(const Side&) = delete;
        Side& operator=(const Side&) = delete;
        ~Side() {
            if (kept != 0) waiters.release();
        }

        /// One more is there: for the longest waiter, if there is one.
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
            running_loop().hand_to(*waiters.take_front());
        }
    };

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
        [[gnu::always_inline]] void resumed() noexcept {
            if (suspended_) {
                suspended_ = false;
                (queue_->*side).waiters.taken();
                --(queue_->*side).kept;
            }
        }

        QueueBase* queue_;

    private:
        bool suspended_ = false;
    };

    QueueBase() noexcept = default;

    Side getters_;
    Side putters_;
    Index head_ = 0;
    Index size_ = 0;
};

}  // namespace detail

template <class T, std::size_t N>
class Queue : detail::QueueBase {
    static_assert(N >= 1 && N <= 65535, "a Queue holds 1 to 65535 messages");

public:
    Queue() noexcept {}  // the places are not initialised
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;
    ~Queue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            while (size_ != 0) take();
        }
    }

    /// Messages that can be had without waiting.
    std::size_t qsize() const noexcept { return static_cast<std::size_t>(size_ - getters_.kept); }
    bool empty() const noexcept { return qsize() == 0; }
    /// Whether a `put` would wait.
    bool full() const noexcept { return static_cast<std::size_t>(size_ + putters_.kept) >= N; }
    static constexpr std::size_t maxsize() noexcept { return N; }

    class GetAwaiter : public Awaiter<&Queue::getters_> {
    public:
        explicit GetAwaiter(Queue& queue) noexcept : Awaiter<&Queue::getters_>{queue} {}
        bool await_ready() const noexcept { return !queue().empty(); }
        void await_suspend(std::coroutine_handle<> self) noexcept { this->wait(self, "Queue::get"); }
        T await_resume() noexcept {
            this->resumed();
            return queue().take_and_offer_place();
        }

    private:
        Queue& queue() const noexcept { return *static_cast<Queue*>(this->queue_); }
    };

    class PutAwaiter : public Awaiter<&Queue::putters_> {
    public:
        PutAwaiter(Queue& queue, T&& message) noexcept : Awaiter<&Queue::putters_>{queue}, message_{std::move(message)} {}
        bool await_ready() const noexcept { return !queue().full(); }
        void await_suspend(std::coroutine_handle<> self) noexcept { this->wait(self, "Queue::put"); }
        void await_resume() noexcept {
            this->resumed();
            queue().add(std::move(message_));
        }

    private:
        Queue& queue() const noexcept { return *static_cast<Queue*>(this->queue_); }
        T message_;
    };

    /// Waits for a message and takes it.
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// Waits for a free place and puts the message there.
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept { return PutAwaiter{*this, std::move(message)}; }

    /// The next message, or Error::unavailable if the queue is empty.
    Result<T> get_nowait() noexcept {
        if (empty()) return std::unexpected{Error::unavailable};
        return take_and_offer_place();
    }

    /// Puts the message, or returns Error::unavailable, the message dropped, if the queue is full.
    Result<void> put_nowait(T message) noexcept {
        if (full()) return std::unexpected{Error::unavailable};
        add(std::move(message));
        return {};
    }

private:
    T* place(std::size_t index) noexcept { return reinterpret_cast<T*>(places_) + (index >= N ? index - N : index); }

    void add(T&& message) noexcept {
        std::construct_at(place(std::size_t{head_} + size_), std::move(message));
        ++size_;
        getters_.offer();
    }
    [[gnu::always_inline]] T take() noexcept {
        T* front = place(head_);
        T message{std::move(*front)};
        std::destroy_at(front);
        head_ = static_cast<Index>(head_ + 1U == N ? 0U : head_ + 1U);
        --size_;
        return message;
    }
    UASYNC_SHARED T take_and_offer_place() noexcept {
        T message = take();
        putters_.offer();
        return message;
    }

    alignas(T) std::byte places_[N * sizeof(T)];
};

}  // namespace uasync

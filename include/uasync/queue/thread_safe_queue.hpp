#pragma once
// ThreadSafeQueue<T, N>: up to N messages between loops, threads, cores and interrupts. Either side may be tasks of any loop, which
// wait, or anybody else, who does not.
//
//     ThreadSafeQueue<Sample, 16> samples;
//     extern "C" void adc_handler() { (void)samples.put_nowait(read_adc()); }       // or another thread, or another core
//     ... while (auto sample = co_await samples.get()) use(*sample);                // until it is closed and empty
//     ... co_await samples.put(sample);                                             // waits for a place; Error::shut_down if closed
//
// On hosts plain threads have `get_blocking` and `put_blocking`. Closing fails those who wait to put; those who get have what is left,
// then Error::shut_down. In `select` a loser has taken and put nothing.
// Neighbours: Queue and Channel among the tasks of one thread; RingQueue where a message may be dropped; ThreadSafeFlag if there is
// nothing but the fact to tell.
// Cost: N * sizeof(T) + 5 words; no allocation; O(1), `close` O(waiters). Masks interrupts while a message is moved; on hosts it has
// a lock of its own. ISR-safe and thread-safe: everything but `get` and `put`, which are for tasks. Cancel-safe: a cancelled `get` has
// taken nothing and a cancelled `put` has put nothing, even just as they were woken; the next waiter gets the chance instead. Fair: getters
// and putters are served first in, first out; threads that block take what no task waits for. Destroying it ends its waiters with
// Error::destroyed; they must be of this thread's loops, and nobody else may use it any more.

#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/queue/queue.hpp>

namespace uasync {

namespace detail {

/// What does not depend on the messages. All inside a SharedSection, but for what the awaiters' ends say of their own task.
class ThreadSafeQueueBase {
public:
    ThreadSafeQueueBase(const ThreadSafeQueueBase&) = delete;
    ThreadSafeQueueBase& operator=(const ThreadSafeQueueBase&) = delete;

    /// No message comes in any more. Who waits to put ends with Error::shut_down, and so does who waits to get. Any context.
    void close() noexcept;
    bool closed() const noexcept {
        const SharedSection section{lock_};
        return closed_;
    }

protected:
    /// Those who wait on one side, and what those who were woken or are about to go on have been promised.
    struct SharedSide {
        explicit SharedSide(SharedLock& lock) noexcept : waiters{lock} {}
        SharedWaitQueue waiters;
        Index kept = 0;

        /// One more message, or place, is there: the longest waiter goes on, if there is one.
        void offer() noexcept {
            if (waiters.empty()) return;
            ++kept;
            waiters.hand_one();
        }
    };

    ThreadSafeQueueBase() noexcept = default;
    ~ThreadSafeQueueBase();

    /// Waits on one side of the queue, unless there is something to be had, which is then kept for it.
    template <SharedSide ThreadSafeQueueBase::* side>
    class Awaiter {
    public:
        explicit Awaiter(ThreadSafeQueueBase& queue) noexcept : queue_{&queue} {}
        Awaiter(Awaiter&& unstarted) noexcept : queue_{unstarted.queue_} {}
        Awaiter& operator=(Awaiter&&) = delete;
        ~Awaiter() {
            if (suspended_) [[unlikely]]
                queue_->abandon(queue_->*side);
        }
        bool await_ready() const noexcept { return false; }

    protected:
        bool suspend(bool goes_on, Frame frame, const char* what) noexcept {
            if (goes_on) {
                if (!queue_->closed_) ++(queue_->*side).kept;
                return false;
            }
            suspended_ = true;
            (queue_->*side).waiters.suspend(frame, what);
            return true;
        }
        /// It goes on: what was kept for it is its own. Once the queue is closed nothing is kept.
        void resumed() noexcept {
            if (suspended_) (queue_->*side).waiters.taken();
            suspended_ = false;
            if (!queue_->closed_) --(queue_->*side).kept;
        }

        ThreadSafeQueueBase* queue_;

    private:
        bool suspended_ = false;
    };

    /// A waiter ends by unwinding; what it had been handed is for the next.
    void abandon(SharedSide& side) noexcept;
    void note_change() noexcept {
#if UASYNC_THREADS
        if (blocked_ == 0) return;
        changes_.fetch_add(1, std::memory_order_release);
        changes_.notify_all();
#endif
    }

    [[no_unique_address]] mutable SharedLock lock_;
    SharedSide getters_{lock_};
    SharedSide putters_{lock_};
    Index size_ = 0;  ///< messages, also those that are kept
    bool closed_ = false;
#if UASYNC_THREADS
    std::uint32_t blocked_ = 0;              ///< threads in get_blocking and put_blocking
    std::atomic<std::uint32_t> changes_{0};  ///< what they wait for
#endif
};

}  // namespace detail

template <class T, std::size_t N>
class ThreadSafeQueue : public detail::ThreadSafeQueueBase {
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that is moved inside of a critical section must not throw");

public:
    ThreadSafeQueue() noexcept = default;
    ~ThreadSafeQueue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (; size_ != 0; --size_) store_.pop(size_);
        }
    }

    /// Messages that can be had without waiting. Any context, as the others that only look.
    std::size_t qsize() const noexcept {
        const SharedSection section{lock_};
        return static_cast<std::size_t>(size_ - getters_.kept);
    }
    bool empty() const noexcept { return qsize() == 0; }
    /// Whether a `put` would wait.
    bool full() const noexcept {
        const SharedSection section{lock_};
        return no_place();
    }
    static constexpr std::size_t maxsize() noexcept { return N; }

    class GetAwaiter : public Awaiter<&ThreadSafeQueue::getters_> {
    public:
        explicit GetAwaiter(ThreadSafeQueue& queue) noexcept : Awaiter<&ThreadSafeQueue::getters_>{queue} {}
        bool await_suspend(Frame frame) noexcept {
            const SharedSection section{queue().lock_};
            return this->suspend(!queue().no_message() || queue().closed_, frame, "ThreadSafeQueue::get");
        }
        Result<T> await_resume() noexcept {
            const SharedSection section{queue().lock_};
            this->resumed();
            if (queue().size_ == 0) return std::unexpected{Error::shut_down};
            return queue().take();
        }

    private:
        ThreadSafeQueue& queue() const noexcept { return static_cast<ThreadSafeQueue&>(*this->queue_); }
    };

    class PutAwaiter : public Awaiter<&ThreadSafeQueue::putters_> {
    public:
        PutAwaiter(ThreadSafeQueue& queue, T&& message) noexcept
            : Awaiter<&ThreadSafeQueue::putters_>{queue}, message_{std::move(message)} {}
        bool await_suspend(Frame frame) noexcept {
            const SharedSection section{queue().lock_};
            return this->suspend(!queue().no_place() || queue().closed_, frame, "ThreadSafeQueue::put");
        }
        Result<void> await_resume() noexcept {
            const SharedSection section{queue().lock_};
            this->resumed();
            if (queue().closed_) return std::unexpected{Error::shut_down};
            queue().add(std::move(message_));
            return {};
        }

    private:
        ThreadSafeQueue& queue() const noexcept { return static_cast<ThreadSafeQueue&>(*this->queue_); }
        T message_;
    };

    /// Waits for a message and takes it; Error::shut_down if none will come any more. Tasks only, of any loop.
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }
    /// Waits for a place and puts the message there; Error::shut_down, the message dropped, if the queue is closed. Tasks only, of any
    /// loop.
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept { return PutAwaiter{*this, std::move(message)}; }

    /// The next message, Error::unavailable if there is none now, or Error::shut_down. Any context.
    Result<T> get_nowait() noexcept {
        const SharedSection section{lock_};
        if (no_message()) return std::unexpected{closed_ ? Error::shut_down : Error::unavailable};
        return take();
    }
    /// Puts the message, or drops it: Error::unavailable if the queue is full, Error::shut_down if it is closed. Any context.
    Result<void> put_nowait(T message) noexcept {
        const SharedSection section{lock_};
        return put_locked(message);
    }

#if UASYNC_THREADS
    /// As `get` and `put` for threads that run no loop: they block the caller.
    Result<T> get_blocking() noexcept {
        Result<T> message = std::unexpected{Error::unavailable};
        block([&] {
            if (no_message() && !closed_) return false;
            if (no_message()) {
                message = std::unexpected{Error::shut_down};
            } else {
                message = take();
            }
            return true;
        });
        return message;
    }
    Result<void> put_blocking(T message) noexcept {
        Result<void> result;
        block([&] {
            result = put_locked(message);
            return result.has_value() || result.error() != Error::unavailable;
        });
        return result;
    }
#endif

private:
    bool no_message() const noexcept { return size_ == getters_.kept; }
    bool no_place() const noexcept { return std::size_t{size_} + putters_.kept == N; }
    void add(T&& message) noexcept {
        store_.push(std::move(message), size_);
        ++size_;
        if (!closed_) getters_.offer();
        note_change();
    }
    T take() noexcept {
        T message = store_.pop(size_);
        --size_;
        if (!closed_) putters_.offer();
        note_change();
        return message;
    }
    Result<void> put_locked(T& message) noexcept {
        if (closed_) return std::unexpected{Error::shut_down};
        if (no_place()) return std::unexpected{Error::unavailable};
        add(std::move(message));
        return {};
    }
#if UASYNC_THREADS
    /// Tries until `done` says so, each time after something has changed.
    template <class F>
    void block(F done) noexcept {
        while (true) {
            std::uint32_t seen = 0;
            {
                const SharedSection section{lock_};
                if (done()) return;
                ++blocked_;
                seen = changes_.load(std::memory_order_relaxed);
            }
            changes_.wait(seen, std::memory_order_acquire);
            const SharedSection section{lock_};
            --blocked_;
        }
    }
#endif

    detail::RingStore<T, N> store_;
};

}  // namespace uasync

#pragma once

#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/queue/queue.hpp>

namespace uasync {

namespace detail {

/// The part that does not depend on the messages. Called inside a SharedSection, except where an awaiter ends the wait of
/// its own task.
class ThreadSafeQueueBase {
public:
    ThreadSafeQueueBase(const ThreadSafeQueueBase&) = delete;
    ThreadSafeQueueBase& operator=(const ThreadSafeQueueBase&) = delete;

    /// Closes the queue: put() gives Error::shut_down from now on, also to tasks and threads that wait in it, and get()
    /// does once the queue is empty. Any interrupt, any thread. O(waiting tasks).
    void close() noexcept;
    /// Whether the queue has been closed. Any interrupt, any thread. @return true from close() on
    bool closed() const noexcept {
        const SharedSection section{lock_};
        return closed_;
    }

protected:
    /// The tasks that wait on one side, and what has been promised to those that were woken or are about to continue.
    struct SharedSide {
        explicit SharedSide(SharedLock& lock) noexcept : waiters{lock} {}
        SharedWaitQueue waiters;
        Index kept = 0;

        /// One more message or place is there: it goes to the task that has waited longest, if one waits.
        void offer() noexcept {
            if (waiters.empty()) return;
            ++kept;
            waiters.hand_one();
        }
    };

    ThreadSafeQueueBase() noexcept = default;
    ~ThreadSafeQueueBase();

    /// Waits on one side of the queue, unless there is something to take, which is then kept for the task.
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
        /// The task continues: what was kept for it belongs to it. Nothing is kept once the queue is closed.
        void resumed() noexcept {
            if (suspended_) (queue_->*side).waiters.taken();
            suspended_ = false;
            if (!queue_->closed_) --(queue_->*side).kept;
        }

        ThreadSafeQueueBase* queue_;

    private:
        bool suspended_ = false;
    };

    /// The running task is being unwound; what it had been handed is for the next one.
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
    Index size_ = 0;  ///< messages, including those that are kept
    bool closed_ = false;
#if UASYNC_THREADS
    std::uint32_t blocked_ = 0;              ///< threads in get_blocking and put_blocking
    std::atomic<std::uint32_t> changes_{0};  ///< they wait for a change of this
#endif
};

}  // namespace detail

/// Messages between loops, threads, cores and interrupts. Tasks on either side wait; others do not have to.
///
/// @par Use it for
/// Work that goes from one thread's loop to another's, messages from an interrupt that must not be lost, and pipelines
/// that end.
/// @par Instead use
/// Queue or Channel between tasks of one thread; RingQueue if a message may be dropped; ThreadSafeFlag if there is no
/// value; run_coroutine_threadsafe() for one call and its result.
/// @par Cost
/// N * sizeof(T) + 24 bytes on a board; no allocation; O(1), close() O(waiting tasks). Interrupts are masked while a
/// message is moved; on a host the queue's own lock is held as long.
/// @par From an interrupt
/// Any interrupt and any thread may call everything except get() and put(), which are for tasks of any loop, and
/// get_blocking() and put_blocking(), which are for threads without a loop (hosts only).
/// @par When cancelled
/// A cancelled get() has taken no message and a cancelled put() has put none, even if the task had already been woken.
/// The next waiting task is served instead. In select() an operation that loses has taken and put nothing.
/// @par Fairness
/// Tasks that wait in get(), and tasks that wait in put(), are served first in, first out, each in its own loop. Threads
/// that block take what no task waits for. Once the queue is closed, what is left goes to whoever asks first.
/// @par Errors
/// After close(), putting gives Error::shut_down, also to tasks that wait; getting does so once the queue is empty. Tasks
/// that wait when the queue is destroyed end with Error::destroyed. They must belong to loops of the thread that destroys
/// it, and no other thread may use it any more.
///
/// @tparam T type of the messages; its move must not throw
/// @tparam N capacity in messages, 1 to 65535
/// @par Example
/// @code{.cpp}
/// // Linux
/// #include <uasync/uasync.hpp>
///
/// #include <string>
/// #include <thread>
///
/// using namespace uasync;
///
/// ThreadSafeQueue<int, 4> questions;
/// ThreadSafeQueue<std::string, 4> answers;
///
/// Coro<> answer() {  // in a loop of another thread
///     while (auto question = co_await questions.get()) {
///         (void)co_await answers.put(std::to_string(*question * *question));
///     }
///     answers.close();
/// }
///
/// Coro<> ask() {
///     for (int i = 7; i < 10; ++i) (void)co_await questions.put(i);
///     questions.close();
///     while (auto text = co_await answers.get()) print("{}\n", *text);
/// }
///
/// int main() {
///     std::thread other{[] { run(answer()); }};
///     run(ask());
///     other.join();
/// }
/// @endcode
/// @code{.unparsed}
/// 49
/// 64
/// 81
/// @endcode
template <class T, std::size_t N>
class ThreadSafeQueue : public detail::ThreadSafeQueueBase {
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that is moved inside of a critical section must not throw");

public:
    /// An empty queue.
    ThreadSafeQueue() noexcept = default;
    ~ThreadSafeQueue() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (; size_ != 0; --size_) store_.pop(size_);
        }
    }

    /// Number of messages that can be taken without waiting. Any interrupt, any thread. @return 0 to maxsize()
    std::size_t qsize() const noexcept {
        const SharedSection section{lock_};
        return static_cast<std::size_t>(size_ - getters_.kept);
    }
    /// Whether get() would wait. Any interrupt, any thread. @return true if no message can be taken now
    bool empty() const noexcept { return qsize() == 0; }
    /// Whether put() would wait. Any interrupt, any thread. @return true if there is no free place now
    bool full() const noexcept {
        const SharedSection section{lock_};
        return no_place();
    }
    /// Capacity of the queue, in messages. @return N
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

    /// Takes the next message; waits while the queue is empty. Tasks only, of any loop.
    /// @return an awaitable; `co_await` gives a `Result<T>`: the message, or Error::shut_down once no message will come
    ///   any more
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }
    /// Puts a message into the queue; waits while the queue is full. Tasks only, of any loop.
    /// @param message the message to put; it is dropped if the queue is closed
    /// @return an awaitable; `co_await` gives a `Result<void>`: success, or Error::shut_down
    [[nodiscard("co_await it")]] PutAwaiter put(T message) noexcept { return PutAwaiter{*this, std::move(message)}; }

    /// Takes the next message without waiting. Any interrupt, any thread.
    /// @return the message, Error::unavailable if there is none now, or Error::shut_down if none will come any more
    Result<T> get_nowait() noexcept {
        const SharedSection section{lock_};
        if (no_message()) return std::unexpected{closed_ ? Error::shut_down : Error::unavailable};
        return take();
    }
    /// Puts a message into the queue without waiting. Any interrupt, any thread.
    /// @param message the message to put; it is dropped if it cannot be put
    /// @return success, Error::unavailable if the queue is full, or Error::shut_down
    Result<void> put_nowait(T message) noexcept {
        const SharedSection section{lock_};
        return put_locked(message);
    }

#if UASYNC_THREADS
    /// Takes the next message; blocks the calling thread while the queue is empty. For threads that run no loop.
    /// @return the message, or Error::shut_down once no message will come any more
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
    /// Puts a message into the queue; blocks the calling thread while the queue is full. For threads that run no loop.
    /// @param message the message to put; it is dropped if the queue is closed
    /// @return success, or Error::shut_down
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
    /// Calls `done` until it returns true, each time after something has changed.
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

UASYNC_WAITS_FOR(ThreadSafeQueue::GetAwaiter, "ThreadSafeQueue::get");
UASYNC_WAITS_FOR(ThreadSafeQueue::PutAwaiter, "ThreadSafeQueue::put");

}  // namespace uasync

#pragma once

#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/queue/queue.hpp>

namespace uasync {

/// What a full RingQueue does with one more message.
enum class WhenFull : std::uint8_t {
    drop_newest,       ///< the new message is dropped
    overwrite_oldest,  ///< the new message takes the place of the oldest one
};

/// Messages from an interrupt handler or another thread to a task; when the ring is full, a message is dropped and
/// counted.
///
/// @par Use it for
/// Bytes from a UART, samples from an ADC, events from another thread: producers that cannot wait.
/// @par Instead use
/// Queue between tasks, where the producer waits; ThreadSafeQueue if no message may be lost; ThreadSafeFlag if there is
/// no value.
/// @par Cost
/// N * sizeof(T) + 16 bytes on a board; no allocation; O(1). put_from_isr() takes 39 to 57 cycles on a Cortex-M0+,
/// depending on the compiler, and more if it wakes a task, with interrupts masked; its code takes about 140 bytes of
/// flash at each place that calls it.
/// @par From an interrupt
/// put_from_isr(), qsize(), empty(), full() and dropped() may be called from any interrupt and any thread. get() and
/// get_nowait() are for tasks of one loop.
/// @par When cancelled
/// A cancelled get() has taken no message, even if the task had already been woken.
/// @par Fairness
/// Messages come out first in, first out, and waiting tasks are served in the order in which they came. The message that
/// a task was woken for is kept for it; if that message is overwritten, the task takes the oldest one that is left.
/// @par Errors
/// Tasks that wait when the queue is destroyed end with Error::destroyed. Switch the interrupt off first.
///
/// @tparam T type of the messages; its move must not throw, and on a board it must need no destruction
/// @tparam N capacity in messages, 1 to 65535
/// @tparam when_full which message is dropped when the ring is full
/// @par Example
/// @code{.cpp}
/// #include <uasync/sim.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// RingQueue<char, 4> received;
///
/// Coro<> reader() {
///     while (true) {
///         const char c = co_await received.get();
///         print("{} ms: {}\n", ticks_ms(), c);
///     }
/// }
///
/// Coro<> async_main() {
///     sim::at(5ms, [] { received.put_from_isr('a'); });  // stands for an interrupt
///     sim::at(9ms, [] {
///         for (char c : {'b', 'c', 'd', 'e', 'f', 'g'}) received.put_from_isr(c);
///     });
///     auto task = create_task(reader());
///     co_await sleep_ms(20);
///     print("dropped: {}\n", received.dropped());
///     task.cancel();
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 5 ms: a
/// 9 ms: b
/// 9 ms: c
/// 9 ms: d
/// 9 ms: e
/// dropped: 2
/// @endcode
template <class T, std::size_t N, WhenFull when_full = WhenFull::drop_newest>
class RingQueue {
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that an interrupt puts must not throw");
#if UASYNC_BOARD
    static_assert(std::is_trivially_destructible_v<T>, "an interrupt overwrites messages, so they must not need destruction");
#endif

public:
    /// An empty queue.
    RingQueue() noexcept = default;
    RingQueue(const RingQueue&) = delete;
    RingQueue& operator=(const RingQueue&) = delete;
    ~RingQueue() {
#if UASYNC_THREADS
        {
            const SharedSection whoever_puts_has_left{lock_};
        }
#endif
        waiters_.release();
        if constexpr (!std::is_trivially_destructible_v<T>) {
            for (; size_ != 0; --size_) store_.pop(size_);
        }
    }

    /// Puts a message into the queue, and wakes a task that waits for one. Any interrupt, any thread.
    /// @param message the message to put
    /// @return false if a message was lost: this one, or with WhenFull::overwrite_oldest the oldest
    [[gnu::flatten]] bool put_from_isr(T message) noexcept {
        const std::uint32_t state = lock_.enter();  // not a SharedSection, which -Os may make two calls of
        const bool has_place = size_ != N;
        if (has_place) {
            store_.push(std::move(message), size_);
            ++size_;
            if (!waiters_.empty()) wake_one();
        } else {
            ++dropped_;
            if constexpr (when_full == WhenFull::overwrite_oldest) {
                store_.pop(N);
                store_.push(std::move(message), N - 1);
            }
        }
        lock_.leave(state);
        return has_place;
    }

    /// Number of messages that can be taken without waiting. Any interrupt, any thread. @return 0 to maxsize()
    std::size_t qsize() const noexcept {
        const SharedSection section{lock_};
        return static_cast<std::size_t>(size_ - kept_);
    }
    /// Whether get() would wait. Any interrupt, any thread. @return true if no message can be taken now
    bool empty() const noexcept { return qsize() == 0; }
    /// Whether the next put_from_isr() loses a message. Any interrupt, any thread.
    /// @return true if N messages are in the queue
    bool full() const noexcept {
        const SharedSection section{lock_};
        return size_ == N;
    }
    /// Capacity of the queue, in messages. @return N
    static constexpr std::size_t maxsize() noexcept { return N; }
    /// Number of messages that were dropped or overwritten. Any interrupt, any thread.
    /// @return the number since the queue was made
    std::uint32_t dropped() const noexcept {
        const SharedSection section{lock_};
        return dropped_;
    }

    class GetAwaiter {
    public:
        explicit GetAwaiter(RingQueue& queue) noexcept : queue_{&queue} {}
        GetAwaiter(GetAwaiter&&) noexcept = default;
        ~GetAwaiter() {
            if (suspended_) [[unlikely]]
                queue_->abandon();
        }
        bool await_ready() const noexcept { return false; }
        bool await_suspend(Frame self) noexcept {
            const SharedSection section{queue_->lock_};
            if (queue_->size_ != queue_->kept_) return false;  // and only tasks of this loop take messages away
            suspended_ = true;
            queue_->waiters_.suspend(self, "RingQueue::get");
            return true;
        }
        T await_resume() noexcept {
            const SharedSection section{queue_->lock_};
            if (suspended_) {
                suspended_ = false;
                queue_->waiters_.taken();
                --queue_->kept_;
            }
            return queue_->take();
        }

    private:
        RingQueue* queue_;
        detail::Suspended suspended_;
    };

    /// Takes the next message; waits while the queue is empty. Tasks of one loop.
    /// @return an awaitable; `co_await` gives the message
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// Takes the next message without waiting. Tasks of one loop.
    /// @return the message, or Error::unavailable if the queue is empty
    Result<T> get_nowait() noexcept {
        const SharedSection section{lock_};
        if (size_ == kept_) return std::unexpected{Error::unavailable};
        return take();
    }

private:
    /// take() and wake_one() are called inside a SharedSection.
    T take() noexcept { return store_.pop(size_--); }
    [[gnu::always_inline]] void wake_one() noexcept {
        ++kept_;
        waiters_.hand_one();
    }
    /// The running task is being unwound; the message that was kept for it is for the next one.
    void abandon() noexcept {
        if (!waiters_.handed_to_current()) return;  // or the queue is gone
        const SharedSection section{lock_};
        --kept_;
        if (!waiters_.empty()) wake_one();
    }

    [[no_unique_address]] mutable SharedLock lock_;
    SharedWaitQueue waiters_{lock_};
    std::uint32_t dropped_ = 0;
    detail::Index size_ = 0;
    detail::Index kept_ = 0;
    detail::RingStore<T, N> store_;
};

UASYNC_WAITS_FOR(RingQueue::GetAwaiter, "RingQueue::get");

}  // namespace uasync

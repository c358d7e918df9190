#pragma once
// RingQueue<T, N>: up to N messages from an interrupt handler or another thread to a task. Putting never waits: when the ring is
// full, the new message is dropped, or it takes the place of the oldest, and `dropped()` counts.
//
//     RingQueue<char, 64> received;                                       // or RingQueue<Sample, 16, WhenFull::overwrite_oldest>
//     extern "C" void uart_handler() { received.put_from_isr(read_uart()); }
//     ... char c = co_await received.get();
//
// Neighbours: Queue between tasks, where the putter waits instead; ThreadSafeFlag if there is nothing but the fact to tell.
// Messages come first in, first out, and so are waiting getters served; a message that a getter was woken for is kept for it (if it
// is then overwritten, the getter takes the oldest that is left).
// Cost: N * sizeof(T) + 5 words; no allocation; O(1). `put_from_isr` takes 50 cycles of a Cortex-M0+, 85 if it wakes a task, with
// interrupts masked; its code, 120 bytes, is where it is called.
// ISR-safe and thread-safe: `put_from_isr`, `dropped`, `qsize`, `empty`, `full`. Getters must belong to one loop. Cancel-safe: a
// cancelled `get` has taken nothing. Destroying it ends its waiters with Error::destroyed; the interrupt must have been switched
// off before.

#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/queue/queue.hpp>

namespace uasync {

/// What a full RingQueue does with one message more.
enum class WhenFull : std::uint8_t { drop_newest, overwrite_oldest };

template <class T, std::size_t N, WhenFull when_full = WhenFull::drop_newest>
class RingQueue {
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that an interrupt puts must not throw");
#if UASYNC_BOARD
    static_assert(std::is_trivially_destructible_v<T>, "an interrupt overwrites messages, so they must not need destruction");
#endif

public:
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

    /// Puts a message. False if that cost one: this one, or the oldest. Any context.
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

    /// Messages that can be had without waiting. Any context, as the others that only look.
    std::size_t qsize() const noexcept {
        const SharedSection section{lock_};
        return static_cast<std::size_t>(size_ - kept_);
    }
    bool empty() const noexcept { return qsize() == 0; }
    bool full() const noexcept {
        const SharedSection section{lock_};
        return size_ == N;
    }
    static constexpr std::size_t maxsize() noexcept { return N; }
    /// How many messages were dropped or overwritten.
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

    /// Waits for a message and takes it.
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

    /// The next message, or Error::unavailable if there is none. Tasks only.
    Result<T> get_nowait() noexcept {
        const SharedSection section{lock_};
        if (size_ == kept_) return std::unexpected{Error::unavailable};
        return take();
    }

private:
    // All inside a SharedSection.
    T take() noexcept { return store_.pop(size_--); }
    [[gnu::always_inline]] void wake_one() noexcept {
        ++kept_;
        waiters_.hand_one();
    }
    /// A waiter ends by unwinding; the message that was kept for it is for the next.
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

}  // namespace uasync

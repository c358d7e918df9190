#pragma once
// Implementation detail of JoinableQueue and Channel: a queue that can be closed, so that putting and getting may fail.

#include <uasync/queue/queue.hpp>

namespace uasync::detail {

/// A queue Q that can be closed. The Policy names the operations, counts the messages, and says whether there is a place
/// only while a task waits for a message (`rendezvous`).
template <class Q, class Policy>
class ClosableQueue : protected Q {
protected:
    using Q::nothrow_move;
    using Q::nothrow_pop;
    using Q::nothrow_push;

private:
    using T = typename Q::value_type;

public:
    /// Whether the channel has been closed. @return true from close() on
    bool closed() const noexcept { return closed_; }

    class GetAwaiter : public QueueBase::Awaiter<&ClosableQueue::getters_> {
    public:
        explicit GetAwaiter(ClosableQueue& queue) noexcept : QueueBase::Awaiter<&ClosableQueue::getters_>{queue} {}
        bool await_ready() const noexcept { return !queue().empty() || queue().ended(); }
        void await_suspend(Frame self) noexcept {
            this->wait(self, Policy::get_name);
            if constexpr (Policy::rendezvous) queue().invite();
        }
        Result<T> await_resume() noexcept(nothrow_pop) {
            if (!this->obtained()) return std::unexpected{Error::shut_down};
            return queue().take();
        }

    private:
        ClosableQueue& queue() const noexcept { return static_cast<ClosableQueue&>(this->base()); }
    };

    class PutAwaiter : public QueueBase::Awaiter<&ClosableQueue::putters_> {
    public:
        PutAwaiter(ClosableQueue& queue, T&& message) noexcept(nothrow_move)
            : QueueBase::Awaiter<&ClosableQueue::putters_>{queue}, message_{std::move(message)} {}
        bool await_ready() const noexcept { return !queue().full() || queue().closed_; }
        void await_suspend(Frame self) noexcept { this->wait(self, Policy::put_name); }
        Result<void> await_resume() noexcept(nothrow_push) {
            if (queue().closed_) return std::unexpected{Error::shut_down};
            this->resumed();
            queue().put_counted(std::move(message_));
            return {};
        }

    private:
        ClosableQueue& queue() const noexcept { return static_cast<ClosableQueue&>(this->base()); }
        T message_;
    };

protected:
    bool full() const noexcept {
        if constexpr (Policy::rendezvous) {
            return this->getters_.waiters.empty() || this->size_ + this->putters_.kept != 0;
        } else {
            return Q::full();
        }
    }
    Result<T> get_now() noexcept(nothrow_pop) {
        if (this->empty()) return std::unexpected{ended() ? Error::shut_down : Error::unavailable};
        return take();
    }
    Result<void> put_now(T&& message) noexcept(nothrow_push) {
        if (closed_) return std::unexpected{Error::shut_down};
        if (full()) return std::unexpected{Error::unavailable};
        put_counted(std::move(message));
        return {};
    }

    /// Closes it: nothing can be put from now on. Tasks that wait to put get Error::shut_down, and so do tasks that wait
    /// for a message if there is none. O(waiting tasks).
    void close() noexcept {
        closed_ = true;
        this->putters_.dismiss();
        if (ended()) this->getters_.dismiss();
    }
    /// Closes it and drops its messages. Returns how many that were.
    std::size_t close_and_drop() noexcept {
        close();
        const std::size_t dropped = this->size_;
        this->getters_.dismiss();
        for (; this->size_ != 0; --this->size_) (void)this->store_.pop(this->size_);
        return dropped;
    }

    [[no_unique_address]] Policy policy_;

private:
    /// Whether no message will come any more. One that is kept for a woken task comes back if that task is cancelled.
    bool ended() const noexcept { return closed_ && this->size_ == 0; }
    void put_counted(T&& message) noexcept(nothrow_push) {
        this->add(std::move(message));
        policy_.added();
    }
    T take() noexcept(nothrow_pop) {
        T message = this->pop();
        --this->size_;
        if (ended()) {
            this->getters_.dismiss();
        } else if constexpr (Policy::rendezvous) {
            invite();
        } else {
            this->putters_.offer();
        }
        return message;
    }
    /// With rendezvous there is one place, for as long as a task waits for a message.
    void invite() noexcept {
        if (!full()) this->putters_.offer();
    }

    bool closed_ = false;
};

UASYNC_WAITS_FOR(ClosableQueue::GetAwaiter, "Queue*::get");
UASYNC_WAITS_FOR(ClosableQueue::PutAwaiter, "Queue*::put");

}  // namespace uasync::detail

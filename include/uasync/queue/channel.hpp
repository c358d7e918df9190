#pragma once
// Channel<T, N>: messages from any number of senders to any number of receivers, until somebody closes it.
//
//     Channel<int, 4> channel;
//     ... if (!co_await channel.send(7)) co_return;              // waits while it is full; Error::shut_down when it is closed
//     ... while (auto message = co_await channel.receive()) ...  // until it is closed and empty
//     ... channel.close();
//
// Closing fails waiting senders at once; receivers get what is there, then Error::shut_down. In `select` a loser has taken and sent
// nothing. Channel<T, 0> hands over: `send` goes on when a receiver is there for its message. (If that receiver is cancelled before
// its turn, the message stays in the channel for the next one; that is why even this channel has one place.)
// Neighbours: Queue, where nobody closes; JoinableQueue to wait for the work to be done; Broadcast, where everybody gets
// everything.
// Cost: N * sizeof(T) + 6 words; no allocation; O(1), close O(tasks). Not ISR-safe. Cancel-safe: a cancelled `receive` has taken
// nothing and a cancelled `send` has sent nothing, even just as they were woken. Fair: senders and receivers are served first in,
// first out. Destroying it ends its waiters with Error::destroyed.

#include <uasync/queue/closable_queue.hpp>

namespace uasync {

namespace detail {

template <bool Rendezvous>
struct ChannelPolicy {
    static constexpr const char* get_name = "Channel::receive";
    static constexpr const char* put_name = "Channel::send";
    static constexpr bool rendezvous = Rendezvous;
    void added() const noexcept {}
};

}  // namespace detail

template <class T, std::size_t N = unbounded>
class Channel : detail::ClosableQueue<Queue<T, N == 0 ? 1 : N>, detail::ChannelPolicy<N == 0>> {
    using Base = detail::ClosableQueue<Queue<T, N == 0 ? 1 : N>, detail::ChannelPolicy<N == 0>>;

public:
    using Base::close;
    using Base::closed;

    /// Messages that can be received without waiting.
    std::size_t size() const noexcept { return this->qsize(); }
    using Base::empty;
    /// Whether a `send` would wait.
    using Base::full;

    /// Waits for a message and takes it; Error::shut_down if none will come any more.
    [[nodiscard("co_await it")]] auto receive() noexcept { return typename Base::GetAwaiter{*this}; }

    /// Waits for a place and sends the message; Error::shut_down, the message dropped, if the channel is closed.
    [[nodiscard("co_await it")]] auto send(T message) noexcept(Base::nothrow_move) {
        return typename Base::PutAwaiter{*this, std::move(message)};
    }

    /// The same without waiting: Error::unavailable if it would have to.
    Result<T> receive_nowait() noexcept(Base::nothrow_pop) { return this->get_now(); }
    Result<void> send_nowait(T message) noexcept(Base::nothrow_push) { return this->put_now(std::move(message)); }
};

}  // namespace uasync

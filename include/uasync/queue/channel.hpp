#pragma once

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

/// Messages from any number of senders to any number of receivers, until the channel is closed.
///
/// `Channel<T, 0>` hands messages over: send() continues when a receiver waits for its message. close() ends the
/// channel: senders get Error::shut_down, and receivers do once it is empty. empty() and full() say whether receive() and
/// send() would wait.
///
/// @par Use it for
/// Pipelines that end, and select() over several sources: the operations that lose have taken and sent nothing.
/// @par Instead use
/// Queue if nobody closes it; JoinableQueue to wait until the work is done; Broadcast if every receiver needs every
/// message.
/// @par Cost
/// N * sizeof(T) + 28 bytes on a board (with N = 0, one place); no allocation; every operation is O(1), close() O(waiting
/// tasks).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled receive() has taken no message and a cancelled send() has sent none, even if the task had already been
/// woken. If the receiver for which `Channel<T, 0>` accepted a message is cancelled before its turn, the message stays
/// for the next receiver.
/// @par Fairness
/// Senders and receivers are served first in, first out.
/// @par Errors
/// After close(), send() and waiting sends give Error::shut_down; receive() does so once the channel is empty. Tasks that
/// wait when the channel is destroyed end with Error::destroyed.
///
/// @tparam T type of the messages; movable
/// @tparam N capacity in messages, 0 to 65535; without one the channel grows on the heap (hosts only)
/// @par Example
/// @code{.cpp}
/// #include <uasync/task/select.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> count(Channel<int, 1>& channel, int from, int step_ms) {
///     for (int i = from; i < from + 3; ++i) {
///         co_await sleep_ms(step_ms);
///         co_await channel.send(i);
///     }
///     channel.close();
/// }
///
/// Coro<> async_main() {
///     Channel<int, 1> fast;
///     Channel<int, 1> slow;
///     create_task(count(fast, 1, 10));
///     create_task(count(slow, 100, 25));
///     for (bool open = true; open;) {
///         auto first = co_await select(fast.receive(), slow.receive());
///         const auto message = first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
///         open = message.has_value();
///         if (open) print("{} ms: {}\n", ticks_ms(), *message);
///     }
///     print("{} ms: one is closed\n", ticks_ms());
///     while (auto message = co_await slow.receive()) print("{} ms: {}\n", ticks_ms(), *message);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: 1
/// 20 ms: 2
/// 25 ms: 100
/// 30 ms: 3
/// 30 ms: one is closed
/// 50 ms: 101
/// 75 ms: 102
/// @endcode
template <class T, std::size_t N = unbounded>
class Channel : detail::ClosableQueue<Queue<T, N == 0 ? 1 : N>, detail::ChannelPolicy<N == 0>> {
    using Base = detail::ClosableQueue<Queue<T, N == 0 ? 1 : N>, detail::ChannelPolicy<N == 0>>;

public:
    /// Closes the channel: senders get Error::shut_down, and receivers do once it is empty. O(waiting tasks).
    using Base::close;
    /// Whether the channel has been closed. @return true from close() on
    using Base::closed;

    /// Number of messages that can be received without waiting. @return 0 to N, with N = 0 at most 1
    std::size_t size() const noexcept { return this->qsize(); }
    /// Whether receive() would wait for a message. @return true if no message can be received now
    using Base::empty;
    /// Whether send() would wait. @return true if there is no place for a message now
    using Base::full;

    /// Takes the next message; waits while the channel is empty.
    /// @return an awaitable; `co_await` gives a `Result<T>`: the message, or Error::shut_down once no message will come
    ///   any more
    [[nodiscard("co_await it")]] auto receive() noexcept { return typename Base::GetAwaiter{*this}; }

    /// Sends a message; waits while the channel is full.
    /// @param message the message to send; it is dropped if the channel is closed
    /// @return an awaitable; `co_await` gives a `Result<void>`: success, or Error::shut_down
    [[nodiscard("co_await it")]] auto send(T message) noexcept(Base::nothrow_move) {
        return typename Base::PutAwaiter{*this, std::move(message)};
    }

    /// Takes the next message without waiting.
    /// @return the message, Error::unavailable if there is none now, or Error::shut_down if none will come any more
    Result<T> receive_nowait() noexcept(Base::nothrow_pop) { return this->get_now(); }
    /// Sends a message without waiting.
    /// @param message the message to send; it is dropped if it cannot be sent
    /// @return success, Error::unavailable if the channel is full, or Error::shut_down
    Result<void> send_nowait(T message) noexcept(Base::nothrow_push) { return this->put_now(std::move(message)); }
};

// The readers of tasks know them by the class of the queue and the verb of the base class.
UASYNC_WAITS_FOR(Channel::get, "Channel::receive");
UASYNC_WAITS_FOR(Channel::put, "Channel::send");

}  // namespace uasync

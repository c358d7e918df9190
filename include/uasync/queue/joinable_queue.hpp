#pragma once

#include <uasync/queue/closable_queue.hpp>
#include <uasync/sync/event.hpp>

namespace uasync {

namespace detail {

/// Counts the messages for which task_done() has not been called.
struct CountUnfinished {
    static constexpr const char* get_name = "JoinableQueue::get";
    static constexpr const char* put_name = "JoinableQueue::put";
    static constexpr bool rendezvous = false;

    CountUnfinished() noexcept { finished.set(); }
    void added() noexcept {
        if (unfinished++ == 0) finished.clear();
    }
    void done(std::size_t count) noexcept {
        unfinished -= count;
        if (unfinished == 0) finished.set();
    }

    std::size_t unfinished = 0;
    Event finished;
};

}  // namespace detail

/// A queue that also waits until all its messages have been worked on, and that ends its producers and consumers.
///
/// Write it as `JoinableQueue<T, N>`, `Joinable<PriorityQueue<T, N>>` or `Joinable<LifoQueue<T, N>>`. empty(), full(),
/// maxsize() and qsize() are those of Queue.
///
/// @par Use it for
/// Workers that share jobs, and a program that has to know when all jobs are done.
/// @par Instead use
/// Queue, which is smaller and gives messages instead of Results; Channel to close without counting; TaskGroup to wait
/// for tasks instead of messages.
/// @par Cost
/// 16 bytes on a board more than the queue; no allocation; every operation is O(1), shutdown() and the end of a join
/// O(waiting tasks).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As with Queue: a cancelled get() has taken no message, and a cancelled put() has neither put nor counted one.
/// @par Fairness
/// Tasks that wait in get(), in put() and in join() are served first in, first out.
/// @par Errors
/// After shutdown(), put() and waiting puts give Error::shut_down; get() does so once the queue is empty. Tasks that wait
/// when the queue is destroyed end with Error::destroyed.
/// @par Source
/// Python's asyncio.Queue (3.13, which has shutdown).
///
/// @tparam Q the queue that it is made of: Queue, PriorityQueue or LifoQueue
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> worker(JoinableQueue<int, 4>& queue, int id) {
///     while (auto job = co_await queue.get()) {
///         co_await sleep_ms(*job);
///         print("{} ms: worker {} did {}\n", ticks_ms(), id, *job);
///         queue.task_done();
///     }
///     print("{} ms: worker {} ends\n", ticks_ms(), id);
/// }
///
/// Coro<> async_main() {
///     JoinableQueue<int, 4> queue;
///     auto first = create_task(worker(queue, 1));
///     auto second = create_task(worker(queue, 2));
///     for (int job : {30, 10, 5}) co_await queue.put(job);
///     co_await queue.join();
///     print("{} ms: all done\n", ticks_ms());
///     queue.shutdown();
///     co_await gather(first, second);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: worker 2 did 10
/// 15 ms: worker 2 did 5
/// 30 ms: worker 1 did 30
/// 30 ms: all done
/// 30 ms: worker 2 ends
/// 30 ms: worker 1 ends
/// @endcode
template <class Q>
class Joinable : detail::ClosableQueue<Q, detail::CountUnfinished> {
    using Base = detail::ClosableQueue<Q, detail::CountUnfinished>;
    using T = typename Q::value_type;

public:
    /// Whether get() would wait for a message. @return true if no message can be taken now
    using Base::empty;
    /// Whether put() would wait for a place. @return true if there is no free place now
    using Base::full;
    /// Capacity of the queue, in messages. @return N, or `unbounded`
    using Base::maxsize;
    /// Number of messages that can be taken without waiting. @return 0 to maxsize()
    using Base::qsize;

    /// Takes the next message; waits while the queue is empty.
    /// @return an awaitable; `co_await` gives a `Result<T>`: the message, or Error::shut_down once no message will come
    ///   any more
    [[nodiscard("co_await it")]] auto get() noexcept { return typename Base::GetAwaiter{*this}; }

    /// Puts a message into the queue; waits while the queue is full.
    /// @param message the message to put; it is dropped if the queue has been shut down
    /// @return an awaitable; `co_await` gives a `Result<void>`: success, or Error::shut_down
    [[nodiscard("co_await it")]] auto put(T message) noexcept(Base::nothrow_move) {
        return typename Base::PutAwaiter{*this, std::move(message)};
    }

    /// Takes the next message without waiting.
    /// @return the message, Error::unavailable if there is none now, or Error::shut_down if none will come any more
    Result<T> get_nowait() noexcept(Base::nothrow_pop) { return this->get_now(); }
    /// Puts a message into the queue without waiting.
    /// @param message the message to put; it is dropped if it cannot be put
    /// @return success, Error::unavailable if the queue is full, or Error::shut_down
    Result<void> put_nowait(T message) noexcept(Base::nothrow_push) { return this->put_now(std::move(message)); }

    /// Tells the queue that one message has been worked on. When that was the last one, the tasks in join() continue.
    /// @return success, or Error::misuse if it was called more often than messages were put
    Result<void> task_done() noexcept {
        if (this->policy_.unfinished == 0) return std::unexpected{Error::misuse};
        this->policy_.done(1);
        return {};
    }

    /// Waits until task_done() has been called for every message. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Event::WaitAwaiter join() noexcept { return this->policy_.finished.wait(); }

    /// Ends the queue: from now on put() gives Error::shut_down, also to tasks that wait in it, and get() does once the
    /// queue is empty. O(waiting tasks).
    /// @param immediate true: the messages in the queue are dropped, as if each had been worked on, and get() ends at
    ///   once
    void shutdown(bool immediate = false) noexcept {
        if (!immediate) {
            this->close();
        } else if (const std::size_t dropped = this->close_and_drop(); dropped != 0) {
            this->policy_.done(dropped < this->policy_.unfinished ? dropped : this->policy_.unfinished);
        }
    }
};

/// A Queue with task_done(), join() and shutdown(): the whole of asyncio.Queue. See Joinable.
/// @tparam T type of the messages; movable
/// @tparam N capacity in messages, 1 to 65535; without one the queue grows on the heap (hosts only)
template <class T, std::size_t N = unbounded>
using JoinableQueue = Joinable<Queue<T, N>>;

// The readers of tasks know them by the class of the queue and the verb of the base class.
UASYNC_WAITS_FOR(Joinable::get, "JoinableQueue::get");
UASYNC_WAITS_FOR(Joinable::put, "JoinableQueue::put");

}  // namespace uasync

#pragma once
// JoinableQueue<T, N>: a Queue with the rest of asyncio.Queue: `task_done` and `join` to wait until all messages have been worked
// on, `shutdown` to end producers and consumers. Joinable<PriorityQueue<T, N>> and Joinable<LifoQueue<T, N>> are the same for
// those.
//
//     JoinableQueue<int, 8> queue;
//     Coro<> worker() {
//         while (auto job = co_await queue.get()) {   // a Result: Error::shut_down ends the loop
//             co_await work_on(*job);
//             queue.task_done();
//         }
//     }
//     ... co_await queue.join();                      // until as many task_done() as messages
//     ... queue.shutdown();
//
// After `shutdown()` putting fails at once, also for those who wait, with Error::shut_down; getting goes on until the queue is
// empty, and then fails. `shutdown(true)` drops the messages too, as if each had been worked on. Python 3.13's, as values.
// Neighbours: Queue, a little cheaper and without Results; Channel, to close without counting.
// Cost: a Queue's, and four words; no allocation; O(1) but for shutdown and the end of a join. Not ISR-safe. Cancel-safe: as Queue.
// Destroying it ends its waiters with Error::destroyed.

#include <uasync/queue/closable_queue.hpp>
#include <uasync/sync/event.hpp>

namespace uasync {

namespace detail {

/// Counts the messages that have not been worked on.
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

template <class Q>
class Joinable : detail::ClosableQueue<Q, detail::CountUnfinished> {
    using Base = detail::ClosableQueue<Q, detail::CountUnfinished>;
    using T = typename Q::value_type;

public:
    using Base::empty;
    using Base::full;
    using Base::maxsize;
    using Base::qsize;

    /// Waits for a message and takes it; Error::shut_down if none will come any more.
    [[nodiscard("co_await it")]] auto get() noexcept { return typename Base::GetAwaiter{*this}; }

    /// Waits for a free place and puts the message there; Error::shut_down, the message dropped, after shutdown.
    [[nodiscard("co_await it")]] auto put(T message) noexcept(Base::nothrow_move) {
        return typename Base::PutAwaiter{*this, std::move(message)};
    }

    /// The same without waiting: Error::unavailable if it would have to.
    Result<T> get_nowait() noexcept(Base::nothrow_pop) { return this->get_now(); }
    Result<void> put_nowait(T message) noexcept(Base::nothrow_push) { return this->put_now(std::move(message)); }

    /// One message has been worked on. Error::misuse if it was called as often as there were messages already.
    Result<void> task_done() noexcept {
        if (this->policy_.unfinished == 0) return std::unexpected{Error::misuse};
        this->policy_.done(1);
        return {};
    }

    /// Waits until all messages have been worked on.
    [[nodiscard("co_await it")]] Event::WaitAwaiter join() noexcept { return this->policy_.finished.wait(); }

    /// From now on nothing can be put, and once it is empty, or at once, nothing be taken.
    void shutdown(bool immediate = false) noexcept {
        if (!immediate) {
            this->close();
        } else if (const std::size_t dropped = this->close_and_drop(); dropped != 0) {
            this->policy_.done(dropped < this->policy_.unfinished ? dropped : this->policy_.unfinished);
        }
    }
};

template <class T, std::size_t N = unbounded>
using JoinableQueue = Joinable<Queue<T, N>>;

}  // namespace uasync

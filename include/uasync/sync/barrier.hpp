#pragma once

#include <cstddef>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// Lets tasks wait for each other until a given number of them has come; then all continue. It can be used again at once.
///
/// @par Use it for
/// Steps that several tasks begin together, again and again.
/// @par Instead use
/// gather() or TaskGroup to await tasks that end; Event if one task lets many others start.
/// @par Cost
/// 12 bytes on a board; no allocation. wait() is O(parties), reset(), abort() and the destructor are O(tasks).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A task that is cancelled while it waits no longer counts. Once all have come, the others continue without it.
/// @par Fairness
/// The last task to come does not wait; the others follow in the order in which they came.
/// @par Errors
/// reset() and abort() end the waits with Error::broken (Python's BrokenBarrierError), and after abort() every wait()
/// ends with it until a reset(). The task ends too, unless it awaits through catch_cancelled(). With 0 parties wait()
/// ends with Error::misuse. Tasks that wait when the barrier is destroyed end with Error::destroyed.
/// @par Source
/// Python's asyncio.Barrier. A task that comes again before the others have continued waits for the next round at once;
/// in CPython it waits until the barrier has emptied.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> player(Barrier& barrier, int id) {
///     for (int round = 1; round <= 2; ++round) {
///         co_await sleep_ms(10 * id);
///         const auto index = co_await barrier.wait();
///         print("{} ms: player {} in round {}\n", ticks_ms(), id, round);
///         if (index == 0) print("       was the first to come\n");
///     }
///     if (id == 3) co_return;  // so that the others wait for it in vain
///     auto result = co_await catch_cancelled(barrier.wait());
///     if (!result) print("{} ms: player {}: {}\n", ticks_ms(), id, result.error());
/// }
///
/// Coro<> async_main() {
///     Barrier barrier{3};
///     auto first = create_task(player(barrier, 1));
///     auto second = create_task(player(barrier, 2));
///     create_task(player(barrier, 3));
///     co_await sleep_ms(70);
///     print("{} ms: {} wait\n", ticks_ms(), barrier.n_waiting());
///     barrier.abort();
///     co_await gather(first, second);
///     print("broken: {}\n", barrier.broken());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 30 ms: player 3 in round 1
/// 30 ms: player 1 in round 1
///        was the first to come
/// 30 ms: player 2 in round 1
/// 60 ms: player 3 in round 2
/// 60 ms: player 1 in round 2
///        was the first to come
/// 60 ms: player 2 in round 2
/// 70 ms: 2 wait
/// 70 ms: player 1: broken barrier
/// 70 ms: player 2: broken barrier
/// broken: true
/// @endcode
class Barrier {
public:
    /// A barrier for a number of tasks.
    /// @param parties number of tasks that have to come, at least 1
    explicit Barrier(unsigned parties) noexcept : parties_{parties} {}
    Barrier(const Barrier&) = delete;
    Barrier& operator=(const Barrier&) = delete;
    ~Barrier() { end_waiters(Error::destroyed); }

    /// Number of tasks that the barrier waits for. @return the number given to the constructor
    unsigned parties() const noexcept { return parties_; }
    /// Number of tasks that wait now. O(waiting tasks). @return 0 to parties() - 1
    unsigned n_waiting() const noexcept;
    /// Whether the barrier is broken. @return true from abort() until reset()
    bool broken() const noexcept { return broken_; }

    /// Ends the waits of the tasks that are there with Error::broken, and mends a broken barrier. If all had come and
    /// some have not run since, only those end; tasks that came after them keep waiting for the next round, as in
    /// asyncio. O(tasks).
    void reset() noexcept;
    /// Breaks the barrier: all waits, and every later wait(), end with Error::broken until reset(). O(tasks).
    void abort() noexcept {
        broken_ = true;
        end_waiters(Error::broken);
    }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(Barrier& barrier) noexcept : barrier_{barrier} {}
        WaitAwaiter(WaitAwaiter&&) noexcept = default;
        ~WaitAwaiter() {
            if (suspended_) (void)barrier_.waiters_.handed_to_current();  // cancelled just as all had come: no longer one of them
        }
        bool await_ready() const noexcept { return false; }
        bool await_suspend(Frame self) noexcept { return suspended_ = barrier_.arrive(self); }
        std::size_t await_resume() const noexcept {
            if (!suspended_) return barrier_.parties_ - 1;
            barrier_.waiters_.taken();
            return detail::current_loop().current().deadline_low;
        }

    private:
        Barrier& barrier_;
        detail::Suspended suspended_;
    };

    /// Waits until all parties have come.
    /// @return an awaitable; `co_await` gives the task's place among them: 0 for the first to come, parties() - 1 for the
    ///   last, another for each task, also after a cancellation (in CPython two tasks may get the same)
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    /// Whether the running task has to wait.
    bool arrive(Frame self) noexcept;
    void end_waiters(Error error) noexcept;

    WaitQueue waiters_;
    unsigned parties_;
    bool broken_ = false;
};

UASYNC_WAITS_FOR(Barrier::WaitAwaiter, "Barrier::wait");

}  // namespace uasync

#pragma once
// Barrier: tasks wait for each other until a given number has come, then all go on, as asyncio.Barrier. It may be used again at
// once.
//
//     Barrier barrier{3};
//     std::size_t index = co_await barrier.wait();     // 0 to 2, another for each task
//     if (index == 0) print("all are here\n");
//
// The last to come does not wait. reset() and abort() end the wait of those who are there with Error::broken, which ends their
// tasks unless they catch it (`catch_cancelled`); after abort() the barrier is broken, and every wait ends so until a reset().
// Neighbours: gather or a task group to await tasks that end; Event to start many by the word of one.
// Cost: a pointer, a number and a bool; no allocation; a wait O(parties), the others O(tasks). Not ISR-safe. Cancel-safe: a task
// that is cancelled while it waits no longer counts; once all have come the others go on without it.
// Destroying it ends its waiters with Error::destroyed.

#include <cstddef>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Barrier {
public:
    explicit Barrier(unsigned parties) noexcept : parties_{parties} {}
    Barrier(const Barrier&) = delete;
    Barrier& operator=(const Barrier&) = delete;
    ~Barrier() { end_waiters(Error::destroyed); }

    /// How many tasks it waits for.
    unsigned parties() const noexcept { return parties_; }
    /// How many are there. O(n).
    unsigned n_waiting() const noexcept;
    /// Whether abort() was the last word.
    bool broken() const noexcept { return broken_; }

    /// Ends the wait of those who are there. If all have come, but some have not had their turn since, of these only: as in
    /// asyncio, who came after them waits on for the next time.
    void reset() noexcept;
    /// Ends the wait of all, and the barrier stays broken.
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

    /// Waits until all parties have come. The task's place among them, first come 0.
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    /// Whether the running task has to wait.
    bool arrive(Frame self) noexcept;
    void end_waiters(Error error) noexcept;

    WaitQueue waiters_;
    unsigned parties_;
    bool broken_ = false;
};

}  // namespace uasync

#pragma once
// RwLock: many readers at a time, or one writer.
//
//     RwLock lock;
//     { auto guard = co_await lock.scoped_read(); co_await send(table); }       // beside other readers
//     { auto guard = co_await lock.scoped_write(); co_await update(table); }    // alone
//
// First in, first out: who comes while others wait goes behind them, so that readers do not starve a writer nor writers a reader;
// readers that stand next to each other in the line enter together. A reader that wants to write has to release it first, and look
// again.
// Neighbour: Lock, which is smaller and as good where nobody reads for long.
// Cost: four words; no allocation; O(1) for each task. Not ISR-safe. Cancel-safe: a task that is cancelled while it waits, or just
// as it was let in, does not have it; whom it kept waiting goes in at once. Destroying it ends its waiters with Error::destroyed;
// guards must be gone before.

#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class RwLock {
public:
    RwLock() noexcept = default;
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;
    ~RwLock();

    /// How many read; a task that was let in counts when its turn has come.
    unsigned readers() const noexcept { return writing_ ? 0 : inside_ - handed_; }
    /// Whether one writes.
    bool writing() const noexcept { return writing_ && handed_ == 0; }

    /// Error::misuse if nobody reads.
    Result<void> release_read() noexcept;
    /// Error::misuse if nobody writes.
    Result<void> release_write() noexcept;

    /// Waits by way of a hook: a cancellation is told at once, while the lock is there for certain, and lets in who stood behind.
    class AcquireAwaiter : CancelHook {
    public:
        AcquireAwaiter(RwLock& lock, bool to_write) noexcept : CancelHook{&functions_of_wait}, lock_{&lock}, to_write_{to_write} {}
        AcquireAwaiter(AcquireAwaiter&& unstarted) noexcept : AcquireAwaiter{*unstarted.lock_, unstarted.to_write_} {}
        AcquireAwaiter& operator=(AcquireAwaiter&&) = delete;
        ~AcquireAwaiter() {
            if (task_ != nullptr && lock_->waiters_.handed_to_current()) lock_->give_back();
        }
        bool await_ready() const noexcept { return lock_->waiters_.empty() && lock_->admits(to_write_); }
        void await_suspend(Frame self) noexcept;
        void await_resume() noexcept;

    protected:
        RwLock* lock_;

    private:
        friend class RwLock;
        static const Functions functions_of_wait;
        TaskState* task_ = nullptr;  ///< once it waits
        bool to_write_;
    };

    /// Wait for their turn, then hold it until released.
    [[nodiscard("co_await it")]] AcquireAwaiter acquire_read() noexcept { return {*this, false}; }
    [[nodiscard("co_await it")]] AcquireAwaiter acquire_write() noexcept { return {*this, true}; }

    /// Releases at the end of its life what it holds, the one or the other.
    class [[nodiscard("it releases the lock at the end of its life: give it a name")]] Guard {
    public:
        explicit Guard(RwLock& lock) noexcept : lock_{&lock} {}
        Guard(Guard&& other) noexcept : lock_{std::exchange(other.lock_, nullptr)} {}
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (lock_ != nullptr) lock_->leave();
        }

    private:
        RwLock* lock_;
    };

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        using AcquireAwaiter::AcquireAwaiter;
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{*lock_};
        }
    };

    /// The same; the Guard that they give holds it.
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_read() noexcept { return {*this, false}; }
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_write() noexcept { return {*this, true}; }

private:
    bool admits(bool to_write) const noexcept { return inside_ == 0 || (!writing_ && !to_write); }
    void leave() noexcept;
    void give_back() noexcept;
    void let_in() noexcept;

    WaitQueue waiters_;
    unsigned inside_ = 0;   ///< who hold it, and who were let in but have not run
    unsigned handed_ = 0;   ///< the latter
    bool writing_ = false;  ///< the one inside is a writer
};

}  // namespace uasync

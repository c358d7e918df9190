#pragma once

#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// A lock for many readers at a time, or one writer.
///
/// @par Use it for
/// Data that many tasks read for a long time, with awaits in between, and few tasks change.
/// @par Instead use
/// Lock, which is smaller and as good if nobody reads for long. Code without an await needs no lock.
/// @par Cost
/// 16 bytes on a board, and 16 bytes in the frame of the waiting task; no allocation; O(1) for each task.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A task that is cancelled while it waits, or just after it was let in, does not hold the lock; tasks that it kept
/// waiting are let in at once. A Guard releases the lock when its task is cancelled.
/// @par Fairness
/// First in, first out: a reader that comes while a writer waits goes behind that writer, so neither starves. Readers
/// next to each other in the queue enter together. A reader that wants to write must release the lock first; otherwise it
/// waits forever.
/// @par Errors
/// Tasks that wait when the lock is destroyed end with Error::destroyed; guards must be destroyed first.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> reader(RwLock& lock, const int& table, int id) {
///     auto guard = co_await lock.scoped_read();
///     print("{} ms: reader {} sees {}\n", ticks_ms(), id, table);
///     co_await sleep_ms(20);
/// }
///
/// Coro<> writer(RwLock& lock, int& table) {
///     auto guard = co_await lock.scoped_write();
///     co_await sleep_ms(5);
///     ++table;
///     print("{} ms: written\n", ticks_ms());
/// }
///
/// Coro<> async_main() {
///     RwLock lock;
///     int table = 1;
///     // 3 and 4 came after the writer, and do not overtake it.
///     co_await gather(reader(lock, table, 1), reader(lock, table, 2), writer(lock, table), reader(lock, table, 3),
///                     reader(lock, table, 4));
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: reader 1 sees 1
/// 0 ms: reader 2 sees 1
/// 25 ms: written
/// 25 ms: reader 3 sees 2
/// 25 ms: reader 4 sees 2
/// @endcode
class RwLock {
public:
    /// A lock that nobody holds.
    RwLock() noexcept = default;
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;
    ~RwLock();

    /// Number of tasks that hold the lock to read. @return 0 or more; a task that was let in counts from its turn on
    unsigned readers() const noexcept { return writing_ ? 0 : inside_ - handed_; }
    /// Whether a task holds the lock to write. @return true from the writer's turn until it releases the lock
    bool writing() const noexcept { return writing_ && handed_ == 0; }

    /// Releases the lock after reading. @return success, or Error::misuse if nobody reads
    Result<void> release_read() noexcept;
    /// Releases the lock after writing. @return success, or Error::misuse if nobody writes
    Result<void> release_write() noexcept;

    /// Waits with a cancel hook: it hears of a cancellation at once, while the lock certainly exists, and lets in the
    /// tasks behind.
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

    /// Acquires the lock to read; waits for its turn. It is held until release_read().
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] AcquireAwaiter acquire_read() noexcept { return {*this, false}; }
    /// Acquires the lock to write; waits for its turn. It is held until release_write().
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] AcquireAwaiter acquire_write() noexcept { return {*this, true}; }

    /// Holds an RwLock, to read or to write, and releases it at the end of its life.
    class [[nodiscard("it releases the lock at the end of its life: give it a name")]] Guard {
    public:
        /// Takes over a lock that is held.
        /// @param lock a lock that the running task has acquired
        explicit Guard(RwLock& lock) noexcept : lock_{&lock} {}
        /// Takes over what another guard holds.
        /// @param other guard that holds nothing afterwards
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

    /// Acquires the lock to read, for a scope; waits for its turn.
    /// @return an awaitable; `co_await` gives a Guard, which needs a name
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_read() noexcept { return {*this, false}; }
    /// Acquires the lock to write, for a scope; waits for its turn.
    /// @return an awaitable; `co_await` gives a Guard, which needs a name
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_write() noexcept { return {*this, true}; }

private:
    bool admits(bool to_write) const noexcept { return inside_ == 0 || (!writing_ && !to_write); }
    void leave() noexcept;
    void give_back() noexcept;
    void let_in() noexcept;

    WaitQueue waiters_;
    unsigned inside_ = 0;   ///< tasks that hold it, or were let in and have not run
    unsigned handed_ = 0;   ///< how many of these have not run
    bool writing_ = false;  ///< the one inside is a writer
};

UASYNC_WAITS_FOR(RwLock::AcquireAwaiter, "RwLock::acquire");
UASYNC_WAITS_FOR(RwLock::ScopedAwaiter, "RwLock::acquire");
UASYNC_WAITS_FOR(RwLock::AcquireAwaiter::functions_of_wait, "RwLock::acquire");

}  // namespace uasync

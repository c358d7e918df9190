#pragma once
// Implementation detail of ThreadSafeFlag.

#include <uasync/config.hpp>

#if UASYNC_THREADS

#include <atomic>
#include <cstdint>

#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// What ThreadSafeFlag is on hosts with threads. Use that name.
class LockFreeFlag : PostedCallback {
    // Only the loop of the waiting tasks knows which tasks wait. All threads see one word. It says whether the flag is set,
    // how many waiting tasks have no `set`, how many `set`s are for a task that the loop has not woken yet, and whether the
    // flag has been posted to the loop.
    //
    //     set    No task waits: set the flag. Otherwise one fewer task waits and one more has to be woken; post the flag
    //            unless it is posted already.
    //     wait   The flag is set: clear it and continue. Otherwise one more task waits.
    //     loop   Takes the flag from the mailbox. In one step the flag is no longer posted and no task has to be woken;
    //            then wakes as many tasks as had to be.
    //     leave  A waiting task is cancelled: one fewer task waits. If every waiting task has a `set`, its own goes to the
    //            next task, or is kept.
    //
    // A `set` does not touch the flag after it has posted it, so a task that it wakes may destroy the flag. A wait that
    // ends early takes a posted flag out of the mailbox first, so the mailbox of a loop that has ended is empty. A `set`
    // that has not posted the flag yet wakes no task; otherwise the task's loop could end too early. Spin visits all orders
    // of this in tests/model/flag.pml.

public:
    /// A flag that is not set.
    LockFreeFlag() noexcept : PostedCallback{fire_flag, drop_flag} {}
    LockFreeFlag(const LockFreeFlag&) = delete;
    LockFreeFlag& operator=(const LockFreeFlag&) = delete;
    ~LockFreeFlag();

    /// Wakes the task that has waited longest, or else sets the flag. Any thread, and signal handlers; lock free.
    void set() noexcept {
        std::uint64_t word = word_.load(std::memory_order_relaxed);
        std::uint64_t wanted = 0;
        do {
            wanted = (word & all_waiting) == 0 ? word | is_set_bit : (word - one_waiting + one_to_wake) | posted_bit;
        } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
        if ((word & all_waiting) != 0 && (word & posted_bit) == 0) mailbox_.load(std::memory_order_relaxed)->post(*this);
    }
    /// Clears the flag: the next wait() waits. Any thread, and signal handlers.
    void clear() noexcept { word_.fetch_and(~is_set_bit, std::memory_order_acq_rel); }
    /// Whether the flag is set. Any thread, and signal handlers. @return true from set() until a wait() has taken it
    bool is_set() const noexcept { return (word_.load(std::memory_order_acquire) & is_set_bit) != 0; }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(LockFreeFlag& flag) noexcept : flag_{&flag} {}
        WaitAwaiter(WaitAwaiter&& unstarted) noexcept : WaitAwaiter{*unstarted.flag_} {}
        WaitAwaiter& operator=(WaitAwaiter&&) = delete;
        ~WaitAwaiter() {
            if (suspended_) [[unlikely]]
                flag_->leave(*this);
        }
        bool await_ready() const noexcept { return false; }
        bool await_suspend(Frame self) noexcept {
            if (!flag_->begin_wait()) return false;
            suspended_ = true;
            flag_->add(*this);
            place_.suspend(self, "ThreadSafeFlag::wait");
            task_ = &detail::current_loop().current();
            return true;
        }
        void await_resume() noexcept {
            if (!suspended_) return;
            suspended_ = false;
            flag_->remove(*this);
            place_.taken();
        }

    private:
        friend class LockFreeFlag;
        LockFreeFlag* flag_;
        bool suspended_ = false;
        bool woken_ = false;
        TaskState* task_ = nullptr;
        WaitAwaiter* earlier_ = nullptr;
        WaitAwaiter* later_ = nullptr;
        WaitQueue place_;  ///< where the task waits; empty if it was cancelled and has not run since
    };

    /// Waits until the flag is set, and clears it. Tasks of one loop. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    static constexpr std::uint64_t is_set_bit = 1;
    static constexpr std::uint64_t posted_bit = 2;
    static constexpr std::uint64_t one_waiting = 4;
    static constexpr std::uint64_t all_waiting = std::uint64_t{0x7fff'ffff} * one_waiting;
    static constexpr std::uint64_t one_to_wake = std::uint64_t{1} << 33U;
    static constexpr std::uint64_t all_to_wake = ~std::uint64_t{0} << 33U;

    static void fire_flag(LoopCallback& node) noexcept;
    static void drop_flag(PostedCallback& node) noexcept;
    bool begin_wait() noexcept;
    void take_sets() noexcept;
    void wake_some() noexcept;
    void leave(WaitAwaiter& awaiter) noexcept;
    void add(WaitAwaiter& awaiter) noexcept;
    void remove(WaitAwaiter& awaiter) noexcept;

    std::atomic<std::uint64_t> word_{0};
    std::atomic<Mailbox*> mailbox_{nullptr};
    // Used by the waiting tasks' loop alone:
    TaskLoop* loop_ = nullptr;
    WaitAwaiter* first_ = nullptr;  ///< all waits that have not ended, the oldest first
    WaitAwaiter* last_ = nullptr;
    WaitAwaiter* next_to_wake_ = nullptr;  ///< all before it have been woken, or were cancelled
    std::uint64_t to_wake_ = 0;            ///< `set`s taken from the mailbox that have woken no task yet
};

UASYNC_WAITS_FOR(LockFreeFlag::WaitAwaiter, "ThreadSafeFlag::wait");

}  // namespace uasync

#endif

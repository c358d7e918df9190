#pragma once
// LockFreeFlag: a part of ThreadSafeFlag, which is this on hosts with threads.

#include <uasync/config.hpp>

#if UASYNC_THREADS

#include <atomic>
#include <cstdint>

#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// See <uasync/sync/thread_safe_flag.hpp>.
///
/// Who waits is known to the waiters' loop alone. What all threads see is one word: whether the flag is set, how many tasks wait that no
/// `set` is for, how many `set`s have one that the loop has not woken yet, and whether the flag has been posted to the loop.
///
///     set    nobody waits: set.  Else one waits less, and is to be woken; post the flag to the loop if it is not posted.
///     wait   set: not set, go on.  Else one more waits.
///     loop   the flag comes out of the mailbox: no longer posted, and nobody to be woken any more, in one step; wake as many as there were.
///     leave  a waiter is cancelled: one waits less.  If there is none that no `set` is for, its own is given to the next, or kept.
///
/// A `set` touches the flag up to the moment in which it is posted; not later. So whoever is woken may destroy it, and a waiter that leaves
/// takes a posted flag out of the mailbox first: no mailbox of a loop that has ended has one. Nor is anybody woken by a `set` that has not
/// posted the flag yet; else his loop might end before it has. tests/model/flag.pml has Spin visit all orders of this.
class LockFreeFlag : PostedCallback {
public:
    LockFreeFlag() noexcept : PostedCallback{fire_flag, drop_flag} {}
    LockFreeFlag(const LockFreeFlag&) = delete;
    LockFreeFlag& operator=(const LockFreeFlag&) = delete;
    ~LockFreeFlag();

    /// Wakes the longest waiter, or remembers. Any thread, signal handlers too; lock free.
    void set() noexcept {
        std::uint64_t word = word_.load(std::memory_order_relaxed);
        std::uint64_t wanted = 0;
        do {
            wanted = (word & all_waiting) == 0 ? word | is_set_bit : (word - one_waiting + one_to_wake) | posted_bit;
        } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
        if ((word & all_waiting) != 0 && (word & posted_bit) == 0) mailbox_.load(std::memory_order_relaxed)->post(*this);
    }
    void clear() noexcept { word_.fetch_and(~is_set_bit, std::memory_order_acq_rel); }
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
        WaitQueue place_;  ///< where the task waits; empty if it was cancelled and its turn has not come
    };

    /// Waits until the flag is set, and clears it.
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
    // The waiters' loop alone:
    TaskLoop* loop_ = nullptr;
    WaitAwaiter* first_ = nullptr;  ///< all who have not gone on yet, the oldest first
    WaitAwaiter* last_ = nullptr;
    WaitAwaiter* next_to_wake_ = nullptr;  ///< before it, all have been woken, or were cancelled
    std::uint64_t to_wake_ = 0;            ///< `set`s out of the mailbox that have woken nobody yet
};

}  // namespace uasync

#endif

#include <uasync/sync/lock_free_flag.hpp>

#if UASYNC_THREADS

namespace uasync {

LockFreeFlag::~LockFreeFlag() {
    while (WaitAwaiter* awaiter = first_) {
        remove(*awaiter);
        awaiter->suspended_ = false;
        WaitLoop::fail_waiting(*awaiter->task_);
    }
    if ((word_.load(std::memory_order_acquire) & posted_bit) != 0) loop_->withdraw(*this);
}

void LockFreeFlag::add(WaitAwaiter& awaiter) noexcept {
    awaiter.earlier_ = last_;
    awaiter.later_ = nullptr;
    (last_ != nullptr ? last_->later_ : first_) = &awaiter;
    last_ = &awaiter;
    if (next_to_wake_ == nullptr) next_to_wake_ = &awaiter;
}

void LockFreeFlag::remove(WaitAwaiter& awaiter) noexcept {
    if (next_to_wake_ == &awaiter) next_to_wake_ = awaiter.later_;
    (awaiter.earlier_ != nullptr ? awaiter.earlier_->later_ : first_) = awaiter.later_;
    (awaiter.later_ != nullptr ? awaiter.later_->earlier_ : last_) = awaiter.earlier_;
}

/// Returns false if the flag was set: the task has taken it.
bool LockFreeFlag::begin_wait() noexcept {
    loop_ = &detail::current_loop();
    mailbox_.store(&loop_->mailbox(), std::memory_order_relaxed);
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    std::uint64_t wanted = 0;
    do {
        wanted = (word & is_set_bit) != 0 ? word & ~is_set_bit : word + one_waiting;
    } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
    return (word & is_set_bit) == 0;
}

/// The flag has come out of the mailbox. A `set` after this posts it again, and wakes nobody until it comes out again.
void LockFreeFlag::take_sets() noexcept {
    const std::uint64_t word = word_.fetch_and(~(posted_bit | all_to_wake), std::memory_order_acq_rel);
    to_wake_ += (word & all_to_wake) / one_to_wake;
}

/// Wakes one waiter for each `set`. Some of the intended ones may have been cancelled, and have left theirs to others.
void LockFreeFlag::wake_some() noexcept {
    while (next_to_wake_ != nullptr && to_wake_ != 0) {
        WaitAwaiter& awaiter = *next_to_wake_;
        next_to_wake_ = awaiter.later_;
        if (awaiter.place_.empty()) continue;
        --to_wake_;
        awaiter.woken_ = true;
        awaiter.place_.hand_one();
    }
}

void LockFreeFlag::fire_flag(LoopCallback& node) noexcept {
    auto& flag = static_cast<LockFreeFlag&>(node);
    flag.take_sets();
    flag.wake_some();
}

void LockFreeFlag::drop_flag(PostedCallback& node) noexcept { static_cast<LockFreeFlag&>(node).take_sets(); }

/// A waiter is being unwound.
void LockFreeFlag::leave(WaitAwaiter& awaiter) noexcept {
    remove(awaiter);
    awaiter.place_.taken();  // its place is about to go
    if (awaiter.woken_) {
        set();
        return;
    }
    const std::uint64_t still_to_wake = to_wake_ != 0 ? 0 : one_to_wake;
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    std::uint64_t wanted = 0;
    do {
        wanted = (word & all_waiting) != 0 ? word - one_waiting : (word - still_to_wake) | is_set_bit;
    } while (!word_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
    if ((word & all_waiting) == 0 && to_wake_ != 0) --to_wake_;
    if ((word & posted_bit) != 0) {
        // A `set` is in progress. It must not reach a loop that has ended by then, nor a flag that is gone.
        loop_->withdraw(*this);
        take_sets();
    }
    wake_some();  // those that have come since: a `set` that was for this waiter may be left for one of them
}

}  // namespace uasync

#endif

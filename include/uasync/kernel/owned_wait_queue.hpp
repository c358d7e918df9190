#pragma once

#include <cstdint>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// The tasks that wait for something that one task at a time holds, and which task that is: what a Lock is made of.
///
/// Because the queue knows the holder, a holder of a low level inherits the level of a task that waits (Priority), and a
/// report says who holds what a task waits for.
///
///     [ free ] -- hold ------------------------------> [ held ]
///         ^                                              |  ^
///         |                                      hand_on |  | hold, by the task that was handed it
///         +----- nobody waits --------------------------<+  |
///                                   somebody waits ----> [ handed ]
///
/// @par Use it for
/// Locks of your own.
/// @par Instead use
/// Lock; WaitQueue where nobody holds anything.
/// @par Cost
/// Two words. O(1); nothing allocates.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As for WaitQueue: the awaiter of a task that was handed what it waited for asks handed_to_current(), and hands it on.
/// @par Fairness
/// First in, first out, whatever the levels of the tasks.
/// @par Errors
/// As for WaitQueue. A holder that ends without handing on is still called the holder: ask whether the task is one of its
/// loop's before you look into it.
class OwnedWaitQueue : public WaitQueue {
public:
    /// Whether nobody holds it. @return false while it is on its way to the next task
    bool is_free() const noexcept { return owner_ == 0; }
    /// Whether a task holds it. @return false while it is on its way to the next task
    bool is_held() const noexcept { return owner_ != 0 && (owner_ & handed) == 0; }
    /// The task that holds it, or that it is on its way to. @return null if it is free; the task may have ended
    TaskState* owner() const noexcept { return reinterpret_cast<TaskState*>(owner_ & ~std::uintptr_t{handed}); }

    /// The running task holds it from now on.
    void hold() noexcept { hold(detail::current_loop().current()); }
    /// A task holds it from now on. @param task the task
    void hold(TaskState& task) noexcept { owner_ = reinterpret_cast<std::uintptr_t>(&task); }

    /// Puts the running task at the end of the queue, as WaitQueue::suspend().
    /// @param frame the coroutine that waits
    /// @param what tells people what the task waits for; kept, not copied
    void suspend(Frame frame, const char* what) noexcept { detail::current_loop().wait_in_owned(*this, frame, what); }

    /// Hands it to the task that has waited longest. It is not free on its way, so that no other task comes in between.
    /// @return false if nobody waited, and it is free
    bool hand_on() noexcept {
        WaitNode* next = pop_front();
        if (next == nullptr) {
            owner_ = 0;
            return false;
        }
        owner_ = reinterpret_cast<std::uintptr_t>(next) | handed;
        next->list = this;  // so it is already, unless the task comes from a Condition
        WaitLoop::hand_to(*next);
        return true;
    }

private:
    friend struct DescriptorOf;
    static constexpr std::uintptr_t handed = 1;  // beside the address of a task, which is aligned to two words
    std::uintptr_t owner_ = 0;
};

namespace detail {
/// The queue of the lock that a task waits for in a Condition; null if that is not what the hook is for, or if the task waits to be
/// notified. condition.cpp has it, and in a program without conditions it is null.
[[gnu::weak]] const OwnedWaitQueue* lock_of_condition(const CancelHook& hook) noexcept;
/// The level that a node of a loop has now (Priority); null in a program without levels.
[[gnu::weak]] unsigned level_of(const WaitNode& node) noexcept;
}  // namespace detail

}  // namespace uasync

#include <uasync/sync/barrier.hpp>

namespace uasync {

// Counted, not kept: a cancelled task leaves the list at once, and its awaiter, which is destroyed later, need not find the
// barrier alive.
unsigned Barrier::n_waiting() const noexcept { return static_cast<unsigned>(waiters_.size()); }

bool Barrier::arrive(Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (broken_ || parties_ == 0) {
        loop.fail(self, broken_ ? Error::broken : Error::misuse);
        return true;
    }
    if (n_waiting() + 1 < parties_) {
        waiters_.suspend(self, "Barrier::wait");
        return true;
    }
    // A ready task has no deadline, so its index is kept there.
    for (unsigned index = 0; WaitNode* node = waiters_.pop_front(); ++index) {
        node->deadline_low = index;
        WaitLoop::hand_to(*node);
    }
    return false;
}

void Barrier::reset() noexcept {
    broken_ = false;
    bool draining = false;
    detail::for_each_task([&](TaskState& task) {
        if (task.list != &waiters_ || task.state() == WaitState::waiting) return;
        draining = true;
        WaitLoop::fail_waiting(task, Error::broken);
    });
    if (!draining) end_waiters(Error::broken);
}

void Barrier::end_waiters(Error error) noexcept {
    detail::for_each_task([&](TaskState& task) {
        if (task.list == &waiters_) WaitLoop::fail_waiting(task, error);  // those that were woken, too
    });
}

}  // namespace uasync

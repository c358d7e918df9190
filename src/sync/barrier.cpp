#include <uasync/sync/barrier.hpp>

namespace uasync {

// Counted, not kept: who is cancelled leaves the list at once, and the awaiter, destroyed only later, need not find the barrier alive.
unsigned Barrier::n_waiting() const noexcept {
    const WaitNode* first = waiters_.front();
    if (first == nullptr) return 0;
    unsigned count = 1;
    for (const WaitNode* node = first->next; node != first; node = node->next) ++count;
    return count;
}

bool Barrier::arrive(std::coroutine_handle<> self) noexcept {
    Loop& loop = running_loop();
    if (broken_ || parties_ == 0) {
        loop.fail(self, broken_ ? Error::broken : Error::misuse);
        return true;
    }
    if (n_waiting() + 1 < parties_) {
        loop.wait_in(waiters_, self, "Barrier::wait");
        return true;
    }
    // A ready task has no deadline: its index goes there.
    for (unsigned index = 0; WaitNode* node = waiters_.pop_front(); ++index) {
        node->deadline_low = index;
        loop.hand_to(*node);
    }
    return false;
}

void Barrier::reset() noexcept {
    broken_ = false;
    if (detail::this_loop() == nullptr) return;
    Loop& loop = running_loop();
    bool draining = false;
    for (TaskState* task = loop.first_task(); task != nullptr; task = task->all_next) {
        if (task->list != &waiters_ || task->state() == WaitState::waiting) continue;
        draining = true;
        loop.fail_waiting(*task, Error::broken);
    }
    if (!draining) end_waiters(Error::broken);
}

void Barrier::end_waiters(Error error) noexcept {
    if (detail::this_loop() == nullptr) return;
    Loop& loop = running_loop();
    for (TaskState* task = loop.first_task(); task != nullptr; task = task->all_next) {
        if (task->list == &waiters_) loop.fail_waiting(*task, error);  // those who were woken, too
    }
}

}  // namespace uasync

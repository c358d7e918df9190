#include <uasync/sync/lock.hpp>

namespace uasync {

void Lock::end_waiters() noexcept {
    take_from_guard();
    // One by one, because WaitQueue::release does not find the tasks that come from a Condition.
    while (WaitNode* node = waiters_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*node));
    waiters_.release();  // and the one that has been handed the lock
}

}  // namespace uasync

#include <uasync/sync/lock.hpp>

namespace uasync {

void Lock::end_waiters() noexcept {
    take_from_guard();
    // One by one, as WaitQueue::release does not find those who come from a Condition.
    while (WaitNode* node = waiters_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*node));
    waiters_.release();  // and the one on whose way it is
}

}  // namespace uasync

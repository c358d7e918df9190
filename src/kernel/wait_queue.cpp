#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

std::size_t WaitQueue::size() const noexcept {
    const WaitNode* first = front();
    if (first == nullptr) return 0;
    std::size_t count = 1;
    for (const WaitNode* node = first->next; node != first; node = node->next) ++count;
    return count;
}

void WaitQueue::release() noexcept {
    detail::for_each_task([this](TaskState& task) {
        if (task.list == this) WaitLoop::fail_waiting(task);
    });
#if UASYNC_THREADS
    fail_all(Error::destroyed);  // tasks of a loop at rest that another thread has run; if it runs there now, a message
#endif
}

}  // namespace uasync

#include <uasync/kernel/waiters.hpp>

namespace uasync {

void Waiters::release() noexcept {
    if (detail::this_loop() == nullptr) return;
    Loop& loop = running_loop();
    for (TaskState* task = loop.first_task(); task != nullptr; task = task->all_next) {
        if (task->list == this) loop.fail_waiting(*task);
    }
}

}  // namespace uasync

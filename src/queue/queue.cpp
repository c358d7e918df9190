#include <uasync/queue/queue.hpp>

namespace uasync::detail {

void Side::dismiss() noexcept {
    if (this_loop() == nullptr) return;
    Loop& loop = running_loop();
    while (WaitNode* node = waiters.pop_front()) loop.wake(*node);
    for (TaskState* task = kept != 0 ? loop.first_task() : nullptr; task != nullptr; task = task->all_next) {
        if (task->list == &waiters) task->list = nullptr;
    }
    kept = 0;
}

}  // namespace uasync::detail

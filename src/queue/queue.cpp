#include <uasync/queue/queue.hpp>

namespace uasync::detail {

void Side::dismiss() noexcept {
    waiters.wake_all();
    if (kept == 0) return;
    for_each_task([this](TaskState& task) {
        if (task.list == &waiters) task.list = nullptr;
    });
    kept = 0;
}

}  // namespace uasync::detail

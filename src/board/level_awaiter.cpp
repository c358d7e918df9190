#include <uasync/board/level_awaiter.hpp>

namespace uasync::detail {

void LevelAwaiter::await_suspend(Frame self) noexcept {
    EdgeAwaiter::await_suspend(self);
    if (!suspended_ || port::gpio_get(pin_) == seen_) return;
    // As the interrupt would do, which has not come yet if the level changed before it was armed.
    const LocalSection section;
    WaitNode* task = waiter_.front();
    if (task == nullptr) return;
    leave();
    waiter_ = WaitList{};
    loop_->post(*task);
}

}  // namespace uasync::detail

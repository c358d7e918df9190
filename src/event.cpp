#include <uasync/sync/event.hpp>

namespace uasync {

void Event::wake_waiters() noexcept {
    Loop& loop = running_loop();
    while (WaitNode* node = waiters_.pop_front()) {
        if (node->state() == WaitState::callback) {
            static_cast<LoopCallback*>(node)->fire(*static_cast<LoopCallback*>(node));
        } else {
            loop.wake(*node);
        }
    }
}

void Event::end_waiters() noexcept {
    Loop& loop = running_loop();
    while (WaitNode* node = waiters_.front()) {
        if (node->state() == WaitState::callback) {
            waiters_.remove(*node);
            node->set_state(WaitState::callback, Error::destroyed);
            static_cast<LoopCallback*>(node)->fire(*static_cast<LoopCallback*>(node));
        } else {
            loop.fail_waiting(static_cast<TaskState&>(*node));
        }
    }
}

}  // namespace uasync

#include <uasync/sync/event.hpp>

namespace uasync {

/// Wakes the waiters, because the event was set or is being destroyed.
void Event::end_waits(Error error) noexcept {
    while (WaitNode* node = waiters_.pop_front()) {
        if (node->state() == WaitState::callback) {
            node->set_state(WaitState::callback, error);
            static_cast<LoopCallback*>(node)->fire(*static_cast<LoopCallback*>(node));
        } else {
#if UASYNC_THREADS
            if (error != Error::none)
                (void)WaitLoop::own(*node, WaitLoop::use_to_wake);  // `set` does not check it: each instruction counts there
#endif
            WaitLoop::wake(*node);
            if (error != Error::none) node->set_state(WaitState::failing, error);
        }
    }
}

}  // namespace uasync

#pragma once
// The awaiters that wait for an edge. The interrupt takes out those that it wakes; tasks change the list in critical sections.

#include <uasync/board/pin.hpp>

namespace uasync::detail {

#ifdef UASYNC_PORT_CORE
inline EdgeAwaiter*& waiting() noexcept {
    static constinit EdgeAwaiter* of_core[2] = {};  // each core gets the interrupts of its own edges
    return of_core[UASYNC_PORT_CORE()];
}
#else
inline constinit EdgeAwaiter* first_waiting = nullptr;
inline EdgeAwaiter*& waiting() noexcept { return first_waiting; }
#endif

/// Called in the interrupt, with an awaiter that has left the list.
[[gnu::always_inline]] inline void EdgeAwaiter::wake() noexcept {
    WaitNode* task = waiter_.front();
    if (task == nullptr) return;  // cancelled, but its task has not had its turn
    waiter_ = WaitList{};         // there is only one
#ifdef UASYNC_PORT_CORE
    task->set_state(WaitState::ready);
    loop_->post_near(*task);  // each core has its own list
#else
    loop_->post(*task);
#endif
}

}  // namespace uasync::detail

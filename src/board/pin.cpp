#include <uasync/board/pin.hpp>

namespace uasync::detail {
namespace {

/// The awaiters that wait for an edge. The interrupt takes out those that it wakes; tasks change the list in critical sections.
#ifdef UASYNC_PORT_CORE
EdgeAwaiter*& waiting() noexcept {
    static constinit EdgeAwaiter* of_core[2] = {};  // each core gets the interrupts of its own edges
    return of_core[UASYNC_PORT_CORE()];
}
#else
constinit EdgeAwaiter* first_waiting = nullptr;
EdgeAwaiter*& waiting() noexcept { return first_waiting; }
#endif

}  // namespace

void EdgeAwaiter::await_suspend(Frame self) noexcept {
    loop_ = &detail::current_loop();
    LocalSection section;
    for (EdgeAwaiter** link = &waiting(); EdgeAwaiter* other = *link;) {
        if (other->pin_ != pin_) {
            link = &other->next_;
        } else if (other->waiter_.empty()) {
            *link = other->next_;  // cancelled, but its task has not had its turn
        } else {
            loop_->fail(self, Error::misuse);
            return;
        }
    }
    suspended_ = true;
    next_ = waiting();
    waiting() = this;
    loop_->wait_in_shared(waiter_, self, "Pin::wait_for_edge");
    edge_ = port::gpio_arm(pin_, edges_);
}

/// The wait ends without its edge, or just after it, because the task is being unwound.
void EdgeAwaiter::leave() noexcept {
    LocalSection section;
    for (EdgeAwaiter** link = &waiting(); *link != nullptr; link = &(*link)->next_) {
        if (*link != this) continue;
        *link = next_;
        port::gpio_disarm(edge_);
        return;
    }
}

/// Each call handles one edge. If there are more, the interrupt comes again at once.
void gpio_interrupt() noexcept {
#ifndef UASYNC_PORT_CORE  // otherwise the interrupt has the highest priority, and each core a list of its own
    LocalSection section;
#endif
    EdgeAwaiter** link = &waiting();
    while (EdgeAwaiter* awaiter = *link) {
        if (!port::gpio_take_edge(awaiter->edge_)) {
            link = &awaiter->next_;
            continue;
        }
        *link = awaiter->next_;
        if (WaitNode* task = awaiter->waiter_.front()) {
            awaiter->waiter_ = WaitList{};  // there is only one
#ifdef UASYNC_PORT_CORE
            task->set_state(WaitState::ready);
            awaiter->loop_->post_near(*task);  // each core has its own list
#else
            awaiter->loop_->post(*task);
#endif
        }
        return;
    }
}

}  // namespace uasync::detail

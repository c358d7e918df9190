#include "edge_list.hpp"

namespace uasync::detail {

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

/// Each call handles one edge. If there are more, the interrupt comes again at once. A program with an EdgeWatch has another.
[[gnu::weak]] void gpio_interrupt() noexcept {
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
        awaiter->wake();
        return;
    }
}

}  // namespace uasync::detail

#include <uasync/board/pin.hpp>

namespace uasync::detail {
namespace {

/// Who waits for an edge. The interrupt takes out whom it wakes; tasks change it in critical sections.
constinit EdgeAwaiter* waiting = nullptr;

}  // namespace

void EdgeAwaiter::await_suspend(Frame self) noexcept {
    loop_ = &detail::current_loop();
    CriticalSection section;
    for (EdgeAwaiter** link = &waiting; EdgeAwaiter* other = *link;) {
        if (other->pin_ != pin_) {
            link = &other->next_;
        } else if (other->waiter_.empty()) {
            *link = other->next_;  // cancelled, but its task's turn has not come yet
        } else {
            loop_->fail(self, Error::misuse);
            return;
        }
    }
    suspended_ = true;
    next_ = waiting;
    waiting = this;
    loop_->wait_in_shared(waiter_, self, "Pin::wait_for_edge");
    edge_ = port::gpio_arm(pin_, edges_);
}

/// The wait ends without its edge, or just after it, as the task is being unwound.
void EdgeAwaiter::leave() noexcept {
    CriticalSection section;
    for (EdgeAwaiter** link = &waiting; *link != nullptr; link = &(*link)->next_) {
        if (*link != this) continue;
        *link = next_;
        port::gpio_disarm(edge_);
        return;
    }
}

/// One edge a call: if there are more, the interrupt strikes again at once.
void gpio_interrupt() noexcept {
    CriticalSection section;
    EdgeAwaiter** link = &waiting;
    while (EdgeAwaiter* awaiter = *link) {
        if (!port::gpio_take_edge(awaiter->edge_)) {
            link = &awaiter->next_;
            continue;
        }
        *link = awaiter->next_;
        if (WaitNode* task = awaiter->waiter_.front()) {
            awaiter->waiter_ = WaitList{};  // there is but one
            awaiter->loop_->post(*task);
        }
        return;
    }
}

}  // namespace uasync::detail

#include <uasync/board/edge_watch.hpp>

#include "edge_list.hpp"

namespace uasync::detail {
namespace {

/// "Waits" in each EdgeWatch, which tells it from the awaiter of a task that waits, or that was cancelled.
constinit WaitNode edge_watch_mark;

}  // namespace

bool EdgeWatch::start() noexcept {
    const LocalSection section;
    for (EdgeAwaiter** link = &waiting(); EdgeAwaiter* other = *link;) {
        if (other == this) return true;
        if (other->pin_ != pin_) {
            link = &other->next_;
        } else if (other->waiter_.empty()) {
            *link = other->next_;  // cancelled, but its task has not had its turn
        } else {
            return false;
        }
    }
    waiter_ = WaitList{};
    waiter_.push_back(edge_watch_mark);
    suspended_ = true;
    next_ = waiting();
    waiting() = this;
    edge_ = port::gpio_arm(pin_, edges_);
    return true;
}

/// As the one in pin.cpp, which is weak.
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
        if (awaiter->waiter_.front() == &edge_watch_mark) {
            auto& watch = static_cast<EdgeWatch&>(*awaiter);
            if (!watch.function_(watch)) *link = watch.next_;
            return;
        }
        *link = awaiter->next_;
        awaiter->wake();
        return;
    }
}

}  // namespace uasync::detail

#include <uasync/sync/wait_any.hpp>

namespace uasync::detail {

EventWatch::EventWatch() noexcept
    : LoopCallback{[](LoopCallback& node) noexcept {
          auto& watch = static_cast<EventWatch&>(node);
          watch.list = nullptr;
          watch.owner->called(watch);
      }} {}

bool EventsAwaiter::await_ready() noexcept {
    for (const EventWatch& watch : watches_) {
        if (!watch.event->is_set()) {
            ++missing_;
        } else if (!all_) {
            fired_ = watch.event;
            return true;
        }
    }
    return missing_ == 0;
}

void EventsAwaiter::await_suspend(Frame self) noexcept {
    for (EventWatch& watch : watches_) {
        if (watch.event->is_set()) continue;
        watch.owner = this;
        watch.list = &watch.event->waiters_;
        watch.list->push_back(watch);
    }
    waiter_.suspend(self, all_ ? "WaitAll::wait" : "WaitAny::wait");
}

void EventsAwaiter::called(EventWatch& watch) noexcept {
    if (waiter_.empty()) return;
    const Error error = watch.error();
    if (error == Error::none && all_ && --missing_ != 0) return;
    fired_ = watch.event;
    WaitNode& waiter = *waiter_.take_front();
    if (error != Error::none) {
        WaitLoop::wake_failing(waiter, error);
    } else {
        WaitLoop::wake(waiter);
    }
}

void EventsAwaiter::leave() noexcept {
    for (EventWatch& watch : watches_) {
        if (watch.list != nullptr) watch.list->remove(watch);
    }
}

}  // namespace uasync::detail

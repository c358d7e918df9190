#include <uasync/task/gather.hpp>

namespace uasync::detail {

GatherChild::GatherChild() noexcept
    : TaskWatch{[](LoopCallback& node) noexcept {
          auto& ended = static_cast<GatherChild&>(node);
          ended.fired();
          ended.owner->child_done(ended);
      }} {}

constinit const CancelHook::Functions Gather::functions_of_gather{
    [](CancelHook& hook) noexcept {
        auto& self = static_cast<Gather&>(hook);
        self.cancelled_ = true;
        for (const GatherChild& child : self.children_) child.cancel();
    },
    [](CancelHook& hook, TaskState&) noexcept { static_cast<Gather&>(hook).waiter_ = nullptr; }};

bool Gather::start(std::span<GatherChild> children, Frame waiter) noexcept {
    TaskLoop& loop = detail::current_loop();
    children_ = children;
    waiter_ = &loop.current();
    for (const GatherChild& child : children) {
        if (child.task != waiter_) continue;
        waiter_ = nullptr;
        loop.fail(waiter, Error::misuse);
        return true;
    }
    for (GatherChild& child : children) {
        child.owner = this;
        if (child.start()) {
            ++running_;
            continue;
        }
        const Error error = child.error();
        child.seen();
        if (error == Error::none || patient_) continue;
        waiter_ = nullptr;
        told_ = true;
        if (error == Error::exception) return false;
        loop.fail(waiter, error);
        return true;
    }
    if (running_ == 0) return false;
    loop.wait_for_others(*this, waiter, "gather");
    return true;
}

void Gather::child_done(GatherChild& child) noexcept {
    --running_;
    if (waiter_ == nullptr) return;
    const Error error = child.task->error();
    const bool failed = error != Error::none && !patient_;
    if (!failed && running_ != 0) return;
    TaskState& waiter = *waiter_;
    waiter_ = nullptr;
    told_ = failed;
    if (failed && error != Error::exception) {
        WaitLoop::wake_failing(waiter, error);
    } else if (cancelled_ && running_ == 0 && !failed) {
        WaitLoop::wake_failing(waiter, Error::cancelled);
    } else {
        WaitLoop::wake(waiter);
    }
}

void Gather::leave(std::span<GatherChild> children) const noexcept {
    for (GatherChild& child : children) {
        child.stop();
        if (told_) keep_quiet(child.task);
    }
}

}  // namespace uasync::detail

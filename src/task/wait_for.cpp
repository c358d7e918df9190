#include <uasync/task/wait_for.hpp>

namespace uasync::detail {

void strike(Scope& limited, TaskState& task) noexcept {
    for (std::coroutine_handle<> frame = task.leaf;; frame = PromiseBase::of(frame).parent()) {
        Scope* scope = PromiseBase::of(frame).scope();
        if (scope == &limited) break;
        if (scope != nullptr) scope->overtaken = true;
    }
    limited.expired = true;
    TaskLoop::cancel(task, false);
}

bool expired_around(std::coroutine_handle<> frame) noexcept {
    for (; !PromiseBase::of(frame).is_task(); frame = PromiseBase::of(frame).parent()) {
        const Scope* scope = PromiseBase::of(frame).scope();
        if (scope != nullptr && scope->expired) return true;
    }
    return false;
}

Error catch_timeout(Scope& scope, TaskState& task, Error error) noexcept {
    if (error != Error::cancelled) return error;
    const bool own = scope.expired && !scope.overtaken && !task.cancel_requested;
    return own ? Error::timeout : Error::none;
}

void TimeoutTimer::expire(LoopCallback& timer) noexcept {
    auto& self = static_cast<TimeoutTimer&>(timer);
    strike(self.scope, *self.task);
}

}  // namespace uasync::detail

#include <uasync/task/wait_for.hpp>

namespace uasync::detail {

bool expired_beyond(const Scope& scope) noexcept {
    for (std::coroutine_handle<> frame = scope.parent; !PromiseBase::of(frame).is_task(); frame = PromiseBase::of(frame).parent()) {
        const Scope* outer = PromiseBase::of(frame).scope();
        if (outer != nullptr && outer->expired) return true;
    }
    return false;
}

Error catch_timeout(Scope& scope, TaskState& task, Error error) noexcept {
    if (error != Error::cancelled) return error;
    const bool own = scope.expired && !task.cancel_requested && !expired_beyond(scope);
    return own ? Error::timeout : Error::none;
}

void TimeoutTimer::expire(LoopCallback& timer) noexcept {
    auto& self = static_cast<TimeoutTimer&>(timer);
    self.scope.expired = true;
    Loop::cancel(*self.task, false);
}

}  // namespace uasync::detail

#include <uasync/task/async_generator.hpp>

#include <uasync/kernel/cancel.hpp>

namespace uasync::detail {

void GeneratorCall::drop() noexcept {
    generator = nullptr;
    const TaskLoop& loop = WaitLoop::of(*task);
    if (loop.in_step() && &loop.current() == task) return;  // it drops the generator that it is in, and leaves it by itself
    // The generator cannot catch what ends it, and its limits are not to blame for it.
    for (std::coroutine_handle<> inner = task->leaf; inner != frame; inner = PromiseBase::of(inner).parent()) {
        Scope* scope = PromiseBase::of(inner).scope();
        if (scope == nullptr) continue;
        scope->overtaken = true;
        if (scope->caught == catch_all) scope->caught = [](Scope&, TaskState&, Error) noexcept { return Error::none; };
    }
    auto& boundary = *std::construct_at(&boundary_);
    boundary.call = this;
    boundary.resume = [](ForgedFrame* self) {
        void* waiter = static_cast<Boundary*>(self)->waiter;
        current_loop().fail(std::coroutine_handle<PromiseBase>::from_address(waiter), Error::destroyed);
    };
    boundary.caught = [](Scope& scope, TaskState& unwound, Error why) noexcept {
        if (why != Error::cancelled || unwound.cancel_requested) return Error::none;
        auto& crossed = static_cast<Boundary&>(scope);
        crossed.call->frame = nullptr;  // the unwinding destroys it
        crossed.waiter = std::exchange(crossed.parent, crossed.handle()).address();
        return Error::destroyed;
    };
    PromiseBase::of(frame).enclose(boundary);
    TaskLoop::cancel(*task, false);
}

}  // namespace uasync::detail

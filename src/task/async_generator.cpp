#include <uasync/task/async_generator.hpp>
#include <uasync/task/wait_for.hpp>

namespace uasync::detail {

// The scope and the forged frame are used when the generator is dropped. The scope then stands between the generator's frame
// and the frame that waits in `next`. A cancellation that gets there destroys the generator's frame and resumes the forged one
// instead of the waiting one.
GeneratorCall::GeneratorCall(void* whose) noexcept
    : Scope{},
      ForgedFrame{[](ForgedFrame* self) {
                      const auto& call = *static_cast<GeneratorCall*>(self);
                      current_loop().fail(std::coroutine_handle<PromiseBase>::from_address(call.waiter_), Error::destroyed);
                  },
                  [](ForgedFrame*) {}},
      generator{whose} {}

void GeneratorCall::drop() noexcept {
    generator = nullptr;
    const TaskLoop& loop = WaitLoop::of(*task);
    if (loop.in_step() && &loop.current() == task) return;  // it drops the generator that it is in, and leaves it by itself
    caught = [](Scope& scope, TaskState& unwound, Error why) noexcept {
        if (why != Error::cancelled || unwound.cancel_requested) return Error::none;
        auto& call = static_cast<GeneratorCall&>(scope);
        call.frame = nullptr;  // the unwinding destroys it
        call.waiter_ = std::exchange(call.parent, call.handle()).address();
        return Error::destroyed;
    };
    // The generator cannot catch what ends it.
    for (std::coroutine_handle<> inner = task->leaf; inner != frame; inner = PromiseBase::of(inner).parent()) {
        Scope* scope = PromiseBase::of(inner).scope();
        if (scope == nullptr || (scope->caught != catch_all && scope->caught != catch_timeout)) continue;
        scope->caught = [](Scope&, TaskState&, Error) noexcept { return Error::none; };
    }
    PromiseBase::of(frame).enclose(*this);
    TaskLoop::cancel(*task, false);
}

}  // namespace uasync::detail

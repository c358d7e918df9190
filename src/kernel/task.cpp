#include <uasync/task/run.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/report.hpp>

namespace uasync {

namespace {

void count_handle(TaskState& task) noexcept {
    if (task.handles == 15) port::fatal("a task has more than 15 handles");
    ++task.handles;
}

}  // namespace

void TaskHandle::retain() const noexcept {
    if (state_ != nullptr) count_handle(*state_);
}

TaskHandle current_task() noexcept {
    TaskState& task = detail::current_loop().current();
    count_handle(task);
    return TaskHandle{&task};
}

void TaskHandle::drop() noexcept {
    if (state_ == nullptr || --state_->handles != 0 || state_->state() != WaitState::done) return;
    if (state_->child == nullptr) detail::release(*state_);  // else the loop is about to report it
}

Error TaskHandle::error() const noexcept {
    if (state_ == nullptr) return Error::no_memory;
    if (state_->state() != WaitState::done) return Error::none;
    state_->cancel_requested = 0;
    return state_->error();
}

std::string_view TaskHandle::name() const noexcept { return state_ == nullptr ? std::string_view{} : detail::task_name(*state_); }

namespace detail {

void PromiseBase::complete(std::coroutine_handle<> self) noexcept {
    if (!is_task()) {
        parent().resume();
        return;
    }
#if UASYNC_EXCEPTIONS
    if (has_thrown()) [[unlikely]] {
        complete_thrown(self);
        return;
    }
#endif
    detail::current_loop().finish(self, joiners_, Error::none);
}

#if UASYNC_EXCEPTIONS
void PromiseBase::keep_thrown() noexcept {
    void* block = allocate_frame(sizeof(Thrown));
    if (block == nullptr) port::fatal("no memory for an exception");
    continuation_ = reinterpret_cast<std::uintptr_t>(new (block) Thrown{std::current_exception(), {continuation_}}) | scoped;
}

void PromiseBase::complete_thrown(std::coroutine_handle<> self) noexcept {
    const PromiseBase before{thrown().continuation};
    if (before.is_task()) {
        detail::current_loop().finish(self, thrown().joiners, Error::exception);
    } else if (before.continuation_ != nested) {
        before.parent().resume();
    }
}

void PromiseBase::forget_thrown() noexcept {
    Thrown* gone = &thrown();
    gone->~Thrown();
    free_frame(gone, sizeof(Thrown));
}
#endif

bool fail_await(void* no_frame, Frame parent) noexcept {
    detail::current_loop().fail(parent, frame_error(no_frame));
    return true;
}

std::coroutine_handle<> outermost_frame(TaskState& task) noexcept {
    std::coroutine_handle<> frame = task.leaf;
    while (!PromiseBase::of(frame).is_task()) frame = PromiseBase::of(frame).parent();
    return frame;
}

void release(TaskState& task) noexcept {
    if (task.leaf) task.leaf.destroy();
    task.~TaskState();
    free_frame(&task, sizeof(TaskState));
}

// A waiter's place is in the list that the target's outermost promise keeps.
constinit const CancelHook::Functions JoinAwaiter::functions_of_join{
    [](CancelHook& hook) noexcept { Loop::cancel(*static_cast<JoinAwaiter&>(hook).target_, true); },
    [](CancelHook& hook, TaskState& waiter) noexcept {
        PromiseBase::of(outermost_frame(*static_cast<JoinAwaiter&>(hook).target_)).joiners_left().remove(waiter);
    }};

void JoinAwaiter::await_suspend(Frame waiter) noexcept {
    Loop& loop = detail::current_loop();
    if (target_ == nullptr) {
        loop.fail(waiter, Error::no_memory);
    } else if (target_->state() == WaitState::done) {
        target_->cancel_requested = 0;
        loop.fail(waiter, target_->error());
    } else if (target_ == &loop.current()) {
        loop.fail(waiter, Error::misuse);
    } else {
        (void)Loop::own(*target_, "run_coroutine_threadsafe");
        PromiseBase::of(outermost_frame(*target_)).joiners().push_back(loop.current());
        loop.wait_for_others(*this, waiter, "a task");
    }
}

/// Reports what did not become a task.
static void report_unborn([[maybe_unused]] const char* name, void* frame) noexcept {
#if UASYNC_NAMES
    const char* function =
        is_frame(frame) ? PromiseBase::of(std::coroutine_handle<>::from_address(frame)).where.function_name() : unborn;
    report(name != nullptr ? name : frame != nullptr ? function_name(function) : running_name(), frame_error(frame));
#else
    report("?", frame_error(frame));
#endif
}

TaskState* spawn(void* frame, [[maybe_unused]] const char* name, [[maybe_unused]] Where created) noexcept {
    if (this_loop() == nullptr) port::fatal("no running loop");
    auto root = std::coroutine_handle<>::from_address(frame);
    TaskState* task = is_frame(frame) ? this_loop()->create(root) : nullptr;
    if (task == nullptr) [[unlikely]] {
        report_unborn(name, frame);
        if (is_frame(frame)) root.destroy();
        return nullptr;
    }
    task->handles = 1;
#if UASYNC_NAMES
    task->name = name;
    task->function = PromiseBase::of(root).where.function_name();
    task->created = created;
#endif
    return task;
}

Run run_main(void* frame) noexcept {
    Loop* outer = outer_loop();
    if (outer != nullptr && outer->is_running()) {
        if (is_frame(frame)) std::coroutine_handle<>::from_address(frame).destroy();
        report(running_name(), Error::nested_run);
        return {nullptr, Error::nested_run};
    }
    Loop main_loop;
    this_loop() = &main_loop;
    TaskState* task = spawn(frame, nullptr, Where::current());
    Error error = frame == nullptr ? Error::misuse : Error::no_memory;
    if (task != nullptr) {
        main_loop.run(*task);
        error = task->error();
    }
    this_loop() = outer;
    return {task, error};
}

}  // namespace detail
}  // namespace uasync

#include <uasync/task/task_group.hpp>

#include <new>

#include <uasync/task/wait_for.hpp>
#include <uasync/report.hpp>

namespace uasync {

#if UASYNC_EXCEPTIONS
void ExceptionGroup::add(std::string_view task, std::exception_ptr thrown) {
    text_.append(exceptions_.empty() ? " " : "; ").append(task).append(": ");
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        text_.append(e.what());
    } catch (...) {
        text_.append("an exception of an unknown type");
    }
    exceptions_.push_back(std::move(thrown));
}
#endif

// A child that failed ------------------------------------------------------------------------------------------------------------

TaskGroup::Failure::Failure(TaskGroup& group) noexcept
    : TaskWatch{[](LoopCallback& node) noexcept {
          auto& ended = static_cast<Failure&>(node);
          ended.fired();
          ended.group_->child_ended(ended);
      }},
      group_{&group} {}

std::string_view TaskGroup::Failure::name() const noexcept { return detail::task_name(*task); }

#if UASYNC_EXCEPTIONS
std::exception_ptr TaskGroup::Failure::exception() const noexcept {
    return error() == Error::exception ? detail::PromiseBase::of(task->leaf).exception() : nullptr;
}
#endif

TaskGroup::Failures::Iterator& TaskGroup::Failures::Iterator::operator++() noexcept {
    at_ = at_->later_;
    return *this;
}

void TaskGroup::List::push_back(Failure& child) noexcept {
    child.earlier_ = last;
    child.later_ = nullptr;
    (last != nullptr ? last->later_ : first) = &child;
    last = &child;
}
void TaskGroup::List::remove(Failure& child) noexcept {
    (child.earlier_ != nullptr ? child.earlier_->later_ : first) = child.later_;
    (child.later_ != nullptr ? child.later_->earlier_ : last) = child.earlier_;
}

// The group ----------------------------------------------------------------------------------------------------------------------

TaskGroup::~TaskGroup() {
    // Tasks are left here only if nothing will run again, and the group's task is destroyed where it stands.
    while (Failure* child = running_.first) {
        child->stop();
        running_.remove(*child);
        failed_.push_back(*child);
    }
    ender_.stop();
    forget_failures();
}

void TaskGroup::forget_failures() noexcept {
    while (Failure* child = failed_.first) {
        failed_.remove(*child);
        const TaskHandle last{child->task};  // takes the child's handle over
        child->~Failure();
        detail::free_frame(child, sizeof(Failure));
    }
}

void TaskGroup::open() noexcept {
    forget_failures();
    task_ = &detail::current_loop().current();
    task_->cancel_requested = 0;
    first_failure_ = Error::none;
    cancelled_ = false;
    state_ = State::open;
#if UASYNC_FRAME_POOLS
    if (pool_ != nullptr) in_pool_.open(*pool_);
#endif
}

// Tasks --------------------------------------------------------------------------------------------------------------------------

TaskState* TaskGroup::adopt(void* frame, const char* name, detail::Where created) noexcept {
    if (state_ == State::closed || state_ == State::ended) {
        detail::report("a task group that is not open", Error::misuse);
        if (detail::is_frame(frame)) std::coroutine_handle<>::from_address(frame).destroy();
        return nullptr;
    }
#if UASYNC_FRAME_POOLS
    detail::SourceName in_pool;
    if (pool_ != nullptr) in_pool.open(*pool_);
#endif
    void* memory = detail::allocate_frame(sizeof(Failure));
    if (memory == nullptr && detail::is_frame(frame)) {
        std::coroutine_handle<>::from_address(frame).destroy();
        frame = detail::no_frame();
    }
    TaskState* task = detail::spawn(frame, name, created);
    if (!detail::is_task(task)) {
        if (memory != nullptr) detail::free_frame(memory, sizeof(Failure));
        if (first_failure_ == Error::none) first_failure_ = detail::frame_error(task);
        end_all();
        return task;
    }
    auto* child = new (memory) Failure{*this};
    child->task = task;
    detail::add_handle(*task);  // the caller's and the child's
    child->start();
    running_.push_back(*child);
    if (state_ == State::ending) child->cancel();
    return task;
}

void TaskGroup::child_ended(Failure& child) noexcept {
    running_.remove(child);
    child.seen();
    if (child.error() > Error::cancelled) {
        failed_.push_back(child);
        if (first_failure_ == Error::none) first_failure_ = child.error();
        end_all();
    } else {
        detail::remove_handle(*child.task);  // the loop, which is ending the task, notices if it was the last
        child.~Failure();
        detail::free_frame(&child, sizeof(Failure));
    }
    if (running_.first == nullptr && waiter_ != nullptr) {
        WaitLoop::wake_noting(*waiter_);
        waiter_ = nullptr;
        state_ = State::ended;
    }
}

void TaskGroup::cancel() noexcept { end_all(); }

void TaskGroup::end_all() noexcept {
    if (state_ != State::open) return;
    state_ = State::ending;
    for (const Failure* child = running_.first; child != nullptr; child = child->later_) child->cancel_once();
    if (body_ == nullptr) return;
    TaskLoop& loop = detail::current_loop();
    if (loop.in_step() && &loop.current() == task_) {
        body_->expired = true;
        ender_.start(0);
    } else {
        detail::strike(*body_, *task_);
    }
}

TaskGroup::Ender::Ender(TaskGroup& group) noexcept
    : LoopTimer{[](LoopCallback& node) noexcept {
          const TaskGroup& its_group = static_cast<Ender&>(node).owner;
          detail::strike(*its_group.body_, *its_group.task_);
      }},
      owner{group} {}

// The end of the group -----------------------------------------------------------------------------------------------------------

void TaskGroup::body_gone() noexcept {
    body_ = nullptr;
    ender_.stop();
}

void TaskGroup::body_ended(const detail::Scope& body) noexcept {
    body_gone();
    const Error error = body.error;
    if (error == Error::none) return;
    if (error != Error::cancelled) {
        if (first_failure_ == Error::none) first_failure_ = error;
    } else if (!body.expired || body.overtaken || task_->cancel_requested) {
        cancelled_ = true;  // not by the group itself
    }
    end_all();
}

constinit const CancelHook::Functions TaskGroup::TasksAwaiter::functions_of_group{
    [](CancelHook& hook) noexcept {
        TaskGroup& group = *static_cast<TasksAwaiter&>(hook).group_;
        for (const Failure* child = group.running_.first; child != nullptr; child = child->later_) {
            if (child->came_round()) return;
        }
        group.cancelled_ = true;
        if (group.state_ != State::open || group.waiter_ == nullptr) return;
        WaitLoop::wake_noting(*group.waiter_);
        group.waiter_ = nullptr;
    },
    [](CancelHook& hook, TaskState&) noexcept { static_cast<TasksAwaiter&>(hook).group_->waiter_ = nullptr; }};

void TaskGroup::TasksAwaiter::await_suspend(Frame waiter) noexcept {
    group_->waiter_ = &detail::current_loop().current();
    detail::current_loop().wait_for_others(*this, waiter, "TaskGroup");
}

void TaskGroup::TasksAwaiter::await_resume() noexcept {
    if (group_->state_ != State::open) return;
    // It was cancelled. From here on, a cancellation that comes back from a task that awaits this one goes to the hook.
    TaskState& task = detail::current_loop().current();
    task.hook = this;
    task.set_state(WaitState::forwarding);
    group_->end_all();
    task.set_state(WaitState::ready);
    task.list = nullptr;
}

#if UASYNC_EXCEPTIONS
void TaskGroup::throw_exceptions(const std::exception_ptr& body) const {
    ExceptionGroup group;
    for (const Failure& failure : failures()) {
        if (failure.exception()) group.add(failure.name(), failure.exception());
    }
    if (body) group.add("body", body);
    if (group.exceptions().empty()) return;
    swallow_cancellation();
    throw group;
}
#endif

}  // namespace uasync

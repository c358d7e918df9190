#include <uasync/kernel/task_watch.hpp>

#include <new>

namespace uasync::detail {

bool TaskWatch::start() noexcept {
    if (!is_task(task) || task->state() == WaitState::done) return false;
    if (const TaskLoop* loop = this_loop(); loop != nullptr && loop->in_step() && &loop->current() == task) return false;
    linked = true;
    (void)WaitLoop::own_fast(*task, "run_coroutine_threadsafe");
    PromiseBase::of(outermost_frame(*task)).joiners().push_back(*this);
    return true;
}

void TaskWatch::stop() noexcept {
    if (linked) PromiseBase::of(outermost_frame(*task)).joiners_left().remove(*this);
    linked = false;
}

void keep_quiet(TaskState* task) noexcept {
    if (!is_task(task) || task->state() == WaitState::done) return;
    void* memory = allocate_frame(sizeof(TaskWatch));
    if (memory == nullptr) return;
    static constexpr auto forget = [](LoopCallback& node) noexcept {
        auto& watch = static_cast<TaskWatch&>(node);
        watch.~TaskWatch();
        free_frame(&watch, sizeof(TaskWatch));
    };
    auto* watch = new (memory) TaskWatch{forget};
    watch->task = task;
    if (!watch->start()) forget(*watch);
}

Completions::Child::Child() noexcept
    : TaskWatch{[](LoopCallback& node) noexcept {
          auto& ended = static_cast<Child&>(node);
          ended.fired();
          ended.owner->end(ended);
      }} {}

void Completions::start(std::span<Child> children) noexcept {
    running_ = children.size();
    for (Child& child : children) {
        child.owner = this;
        if (!child.start()) end(child);
    }
}

void Completions::stop(std::span<Child> children) noexcept {
    for (Child& child : children) child.stop();
}

Completions::Child* Completions::take_ended() noexcept {
    Child* first = ended_;
    if (first != nullptr) ended_ = first->later;
    return first;
}

void Completions::end(Child& child) noexcept {
    --running_;
    child.later = nullptr;
    (ended_ == nullptr ? ended_ : last_ended_->later) = &child;
    last_ended_ = &child;
    if (!waiter_.empty() && enough_(*this)) wake();
}

void Completions::wait(bool (*enough)(const Completions&) noexcept, Frame waiter, const char* what) noexcept {
    enough_ = enough;
    waiter_.suspend(waiter, what);
}

void Completions::left() const noexcept { (void)waiter_.handed_to_current(); }

void Completions::release() noexcept { waiter_.release(); }

void Completions::wake() noexcept {
    if (!waiter_.empty()) waiter_.hand_one();  // keeps the list, in case it is destroyed before the waiter's turn
}

}  // namespace uasync::detail

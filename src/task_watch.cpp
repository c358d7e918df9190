#include <uasync/core/task_watch.hpp>

namespace uasync::detail {

bool TaskWatch::start() noexcept {
    if (task == nullptr || task->state() == WaitState::done) return false;
    linked = true;
    PromiseBase::of(outermost_frame(*task)).joiners().push_back(*this);
    return true;
}

void TaskWatch::stop() noexcept {
    if (linked) PromiseBase::of(outermost_frame(*task)).joiners().remove(*this);
    linked = false;
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

void Completions::wait(bool (*enough)(const Completions&) noexcept, std::coroutine_handle<> waiter, const char* what) noexcept {
    enough_ = enough;
    running_loop().wait_in(waiter_, waiter, what);
}

void Completions::wake() noexcept {
    if (WaitNode* node = waiter_.pop_front()) running_loop().wake(*node);
}

}  // namespace uasync::detail

#include <uasync/core/event_loop.hpp>

#include <uasync/core/task_watch.hpp>

namespace uasync {
namespace {

/// Stops the loop when a task has ended.
struct StopAtEnd : detail::TaskWatch {
    explicit StopAtEnd(EventLoop& event_loop) noexcept
        : TaskWatch{[](LoopCallback& node) noexcept {
              auto& self = static_cast<StopAtEnd&>(node);
              self.fired();
              self.loop.stop();
          }},
          loop{event_loop} {}
    EventLoop& loop;
};

}  // namespace

EventLoop::EventLoop() noexcept : earlier_{detail::this_loop()} {
    if (earlier_ == nullptr || !earlier_->is_running()) detail::this_loop() = this;
}

Error EventLoop::check() const noexcept {
    const Loop* outer = detail::this_loop();
    if (outer != nullptr && outer->is_running()) {
        detail::report(detail::running_name(), Error::nested_run);
        return Error::nested_run;
    }
    if (!closed_) return Error::none;
    detail::report("a closed loop", Error::misuse);
    return Error::misuse;
}

Error EventLoop::run_until(TaskState* task) noexcept {
    if (const Error error = check(); error != Error::none) return error;
    detail::this_loop() = this;
    StopAtEnd watch{*this};
    watch.task = task;
    if (task != nullptr && !watch.start()) return Error::none;
    if (mode_ != Mode::stop) mode_ = Mode::running;
    port::attach(*this);
    signal();
    run_ready();
    port::detach(*this);
    watch.stop();
    mode_ = Mode::at_rest;
    stop_is_coming_ = false;
    if (std::exchange(stopping_, false)) return Error::deadlock;  // which has destroyed all tasks
    return task == nullptr || task->state() == WaitState::done ? Error::none : Error::cancelled;
}

Coro<> EventLoop::stop_in_turn() {
    mode_ = Mode::stop;
    signal();
    co_return;
}

void EventLoop::stop() noexcept {
    if (stop_is_coming_ || closed_) return;
    stop_is_coming_ = true;
    take_inbox();  // they come before
    if (create_task(stop_in_turn(), "EventLoop::stop").error() != Error::no_memory || !is_running()) return;
    mode_ = Mode::stop;  // there is no room for a turn: at once
    signal();
}

void EventLoop::close() noexcept {
    if (closed_ || is_running()) return;
    closed_ = true;
    // Ended tasks whose errors nobody has seen yet.
    for (WaitNode *node = ready_, *next = nullptr; node != nullptr; node = next) {
        next = node->next;
        if (node->state() == WaitState::done) step_failing(static_cast<TaskState&>(*node));
    }
    ready_ = nullptr;
    ready_end_ = &ready_;
    Loop* current = std::exchange(detail::this_loop(), this);
    destroy_all(Error::destroyed);
    detail::this_loop() = current == this ? earlier_ : current;
}

}  // namespace uasync

#include <uasync/task/event_loop.hpp>

#include <uasync/kernel/task_watch.hpp>

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

#if !UASYNC_LOOPS
constinit EventLoop* newest = nullptr;
#endif

}  // namespace

#if UASYNC_LOOPS
EventLoop::EventLoop() noexcept {
    is_open_ = true;
#else
EventLoop::EventLoop() noexcept : older_{newest} {
    newest = this;
#endif
    const TaskLoop* current = detail::outer_loop();
    if (!detail::runs_here(current)) detail::this_loop() = this;
}

EventLoop::~EventLoop() {
    close();
    destroy_tasks();  // from a `call_soon` after `close`
#if UASYNC_FRAME_POOLS
    detail::name_source(*this, nullptr);
#endif
}

Error EventLoop::check() const noexcept {
    const TaskLoop* outer = detail::outer_loop();
    if (detail::runs_here(outer)) {
        detail::report(detail::running_name(), Error::nested_run);
        return Error::nested_run;
    }
    require_this_thread(nullptr, "call_soon_threadsafe or run_coroutine_threadsafe");
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
    begin_run();
    port::attach(*this);
    signal();
    run_tasks();
    port::detach(*this);
    end_run();
    watch.stop();
    mode_ = Mode::at_rest;
#if UASYNC_LOOPS
    tell_others();
#endif
    stop_is_coming_ = false;
    if (std::exchange(stopping_, false)) return Error::deadlock;  // all tasks have been destroyed
    return task == nullptr || task->state() == WaitState::done ? Error::none : Error::cancelled;
}

Clock::time_point EventLoop::run_ready() noexcept {
    if (check() != Error::none) return Clock::time_point::max();
    const detail::CurrentLoop current{*this};
#ifdef UASYNC_PORT_CONTEXT
    begin_run();  // whoever drives the loop may not have made it
#endif
    const Mode earlier = mode_;
    mode_ = Mode::running;
#if UASYNC_THREADS
    mailbox_.wake_up();
#endif
    run_once();
    mode_ = earlier;
#if UASYNC_LOOPS
    tell_others();
#endif
    if (signalled()) return Clock::now();
#if UASYNC_THREADS
    if (!mailbox_.fall_asleep()) return Clock::now();
#endif
    const WaitNode* first = timers_.first();
    if (first == nullptr || first->deadline() >= never) return Clock::time_point::max();
    return Clock::time_point{Clock::duration{static_cast<Clock::rep>(first->deadline())}};
}

Coro<> EventLoop::stop_in_turn() {
    mode_ = Mode::stop;
    signal();
    co_return;
}

void EventLoop::stop() noexcept {
    require_this_thread(nullptr, "call_soon_threadsafe with a function that stops it");
    if (stop_is_coming_ || closed_) return;
    stop_is_coming_ = true;
    take_inbox();  // they come first
    if (create_task(stop_in_turn(), "EventLoop::stop").error() != Error::no_memory) return;
    stop_is_coming_ = is_running();
    if (!stop_is_coming_) return;  // it has been reported
    mode_ = Mode::stop;            // there is no room for a turn, so it stops at once
    signal();
}

void EventLoop::close() noexcept {
    require_this_thread(nullptr, "call_soon_threadsafe with a function that stops it, and close it when it has ended");
    if (closed_ || is_running()) return;
    closed_ = true;
#if UASYNC_THREADS
    thread_.store(&this_thread_, std::memory_order_relaxed);  // another thread may have run it
    drop_calls();
#endif
    report_unseen();
    drop_ready();
    destroy_tasks();
#if UASYNC_LOOPS
    is_open_ = false;
    if (detail::this_loop() == this) detail::this_loop() = detail::Loops::newest_open();
#else
    EventLoop** link = &newest;
    while (*link != this) link = &(*link)->older_;
    *link = older_;
    if (detail::this_loop() == this) detail::this_loop() = newest;
#endif
}

/// Reports the errors of ended tasks that nobody has looked at.
void EventLoop::report_unseen() noexcept {
    WaitNode* rest = std::exchange(ready_, nullptr);
    ready_end_ = &ready_;
    while (rest != nullptr) {
        auto& task = static_cast<TaskState&>(*std::exchange(rest, rest->next));
        if (task.state() == WaitState::done) {
            step_failing(task);  // may free it
        } else {
            push_ready(task);
        }
    }
}

void EventLoop::destroy_tasks() noexcept {
    const detail::CurrentLoop current{*this};
    destroy_all(Error::destroyed);
    stop_timers();
}

}  // namespace uasync

// Running: what a loop does between steps, and the functions that ports call back.

#include <optional>
#include <utility>

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/report.hpp>

#include "descriptor.hpp"

#if UASYNC_NAMES
/// For a port's fault handler: the name of the task whose step it was. Never null.
extern "C" const char* uasync_running_task() noexcept {
    const uasync::TaskLoop* loop = uasync::detail::this_loop();
    return loop == nullptr || !loop->in_step() ? "none" : uasync::detail::full_name(loop->current());
}
#endif

namespace uasync {

void TaskLoop::run(TaskState& main_task) noexcept {
    main_ = &main_task;
    mode_ = Mode::running;
    begin_run();
    port::attach(*this);
    run_tasks();
    port::detach(*this);
#if UASYNC_LOOPS
    end_run();
    mode_ = Mode::at_rest;
    stop_timers();
    tell_others();
#endif
}

/// Takes the next task to run out of the ready queue, which is not empty.
[[gnu::always_inline]] inline WaitNode* TaskLoop::take_ready() noexcept {
    WaitNode* node = ready_;
#if UASYNC_PORT_PICKS
    current_ = nullptr;
    if (!fails_now_) return port::pick(ready_, ready_end_);
#endif
    ready_ = node->next;
    if (ready_ == nullptr) ready_end_ = &ready_;
    return node;
}

[[gnu::always_inline]] inline void TaskLoop::step(TaskState& task) noexcept {
    current_ = &task;
    if (task.is_ready()) [[likely]] {
        detail::resume(task.leaf);
    } else {
        step_failing(task);
    }
}

void TaskLoop::run_tasks() noexcept {
#if UASYNC_STEPS_PER_POLL
    unsigned steps = UASYNC_STEPS_PER_POLL;
#endif
    std::atomic<bool>& signalled = signal_flag();
    while (true) {
        if (signalled.load(std::memory_order_relaxed)) [[unlikely]] {
            if (service()) return;
        }
#ifdef UASYNC_PORT_CORE
        if (ready_ != nullptr) {
            take_far();
        } else if (WaitNode* sent = receive_far()) {
            step(static_cast<TaskState&>(*sent));
            continue;
        }
#endif
        if (ready_ == nullptr) {
            current_ = nullptr;
            if (stopping_ && all_first_ == nullptr) return;
            idle_.store(true, std::memory_order_relaxed);
            port::idle(*this);
            idle_.store(false, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);  // only from here on does the ready queue belong to the loop again
#if UASYNC_STEPS_PER_POLL
            signalled.store(true, std::memory_order_relaxed);
#endif
            continue;
        }
        step(static_cast<TaskState&>(*take_ready()));
#if UASYNC_STEPS_PER_POLL
        if (--steps == 0) {
            steps = UASYNC_STEPS_PER_POLL;
            signalled.store(true, std::memory_order_relaxed);
        }
#endif
    }
}

#ifdef UASYNC_PORT_CORE
/// What an interrupt does for its loop: it runs the tasks until none is ready and nothing is signalled. Meanwhile the loop is the current
/// one of its core.
void TaskLoop::run_in_interrupt(PortLoop& port_loop) noexcept {
    auto& loop = static_cast<TaskLoop&>(port_loop);
    TaskLoop*& here = detail::this_loop();
    TaskLoop* const earlier = std::exchange(here, &loop);
    loop.idle_.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // only from here on does the ready queue belong to the loop
    if (loop.signalled_.load(std::memory_order_relaxed)) loop.service();
    while (true) {
        while (loop.ready_ != nullptr) {
            loop.step(static_cast<TaskState&>(*loop.take_ready()));
            if (loop.signalled_.load(std::memory_order_relaxed)) loop.service();
        }
        loop.take_far();
        if (loop.ready_ == nullptr) break;
    }
    loop.current_ = nullptr;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    loop.idle_.store(true, std::memory_order_relaxed);  // what was posted before this has raised the line once more
    here = earlier;
}
#endif

/// Runs one step of each task that is ready when it begins.
void TaskLoop::run_once() noexcept {
    service();
    std::size_t count = 0;
    for (const WaitNode* node = ready_; node != nullptr; node = node->next) ++count;
    while ((count != 0 || fails_now_) && ready_ != nullptr) {  // a task whose await has just failed comes first
        if (count != 0) --count;
        if (signal_flag().load(std::memory_order_relaxed)) [[unlikely]]
            service();
        step(static_cast<TaskState&>(*take_ready()));
    }
    if (self_cancelled_) service();  // while it is known whose the last step was
    current_ = nullptr;
}

/// Does what a signal asks for: wake-ups from interrupts and threads, timers, a task that cancelled itself. True if the loop is
/// to stop.
bool TaskLoop::service() noexcept {
    signal_flag().store(false, std::memory_order_relaxed);
    TaskState* stepped = current_;
    current_ = nullptr;  // no task runs: a task that is cancelled from here does not cancel itself
    if (self_cancelled_) {
        self_cancelled_ = false;
        if (stepped != nullptr) cancel(*stepped, true);
    }
#if UASYNC_STEPS_PER_POLL
    port::poll(*this);
#endif
    take_inbox();
    if (timers_.first() != nullptr) {
        const Time now = port::now();
#if !UASYNC_BOARD
        // Stands behind all timers that are due before the first function is called. A timer that a function starts waits for
        // the next pass, even if the clock stands still. (A board's clock moves, and LoopTimer::start relies on that.)
        std::optional<WaitNode> last;
#endif
        while (WaitNode* due = timers_.take_due(now)) {
#if !UASYNC_BOARD
            if (last.has_value() && due == &*last) break;
            if (due->state() == WaitState::callback && !last.has_value()) {
                last.emplace().set_deadline(now);
                timers_.insert(*last);
            }
#endif
            if (due->state() == WaitState::callback) {
                due->cancel_requested = 0;  // no longer running
                static_cast<LoopCallback*>(due)->fire(*static_cast<LoopCallback*>(due));
            } else {
                wake(*due);
            }
        }
        if (const WaitNode* next = timers_.first()) port::set_alarm(*this, next->deadline());
    }
    return mode_ == Mode::stop;
}

/// Stops the timers that are left when the loop ends. They belong to objects that outlive it.
void TaskLoop::stop_timers() noexcept {
    while (WaitNode* node = timers_.first()) {
        timers_.remove(*node);
        node->cancel_requested = 0;
    }
}

void PortLoop::interrupt() noexcept {
    if (stopping_) return;
    if (main_ != nullptr) {
        TaskLoop::cancel(*main_, true);
    } else {
        mode_ = Mode::stop;
    }
    signal();
}

void PortLoop::deadlock() noexcept {
    auto& loop = static_cast<TaskLoop&>(*this);
    detail::report_deadlock(loop);
    loop.destroy_all(Error::deadlock);
}

TaskLoop& detail::required_loop() noexcept {
    TaskLoop* loop = detail::this_loop();
    if (loop == nullptr) [[unlikely]] {
        port::fatal(UASYNC_BOARD ? "no running loop"
                                 : "no running loop: this needs one, so call it inside of run(), or after making an EventLoop");
    }
    return *loop;
}

}  // namespace uasync

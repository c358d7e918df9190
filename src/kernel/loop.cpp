// Running: what a loop does between steps, and the functions that ports call back.

#include <optional>

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/report.hpp>

#include "descriptor.hpp"
#include "instrumented_loop.hpp"
#include "run_loop.hpp"

#if UASYNC_NAMES
/// For a port's fault handler: the name of the task whose step it was. Never null.
extern "C" const char* uasync_running_task() noexcept {
    const uasync::TaskLoop* loop = uasync::detail::this_loop();
    return loop == nullptr || !loop->in_step() ? "none" : uasync::detail::full_name(loop->current());
}
#endif

namespace uasync {

#if UASYNC_WHOLE_RUNTIME
constinit const detail::InstrumentedLoop* detail::instrumented_loop = nullptr;
#define UASYNC_UNLESS_INSTRUMENTED(function, loop) \
    if (detail::instrumented_loop != nullptr) return detail::instrumented_loop->function(loop)
#else
#define UASYNC_UNLESS_INSTRUMENTED(function, loop)
#endif

// Weak, because a program with levels has the ones of instrumented_loop.cpp instead.
[[gnu::weak]] void TaskLoop::run_tasks() noexcept {
    UASYNC_UNLESS_INSTRUMENTED(run_tasks, *this);
    run_tasks_with<PlainTurns>();
}
/// Runs one step of each task that is ready when it begins.
[[gnu::weak]] void TaskLoop::run_once() noexcept {
    UASYNC_UNLESS_INSTRUMENTED(run_once, *this);
    run_once_with<PlainTurns>();
}
[[gnu::weak]] void TaskLoop::stop_timers() noexcept {
    UASYNC_UNLESS_INSTRUMENTED(stop_timers, *this);
    stop_all_timers();
}
#ifdef UASYNC_PORT_CORE
[[gnu::weak]] void TaskLoop::run_in_interrupt(PortLoop& port_loop) noexcept {
    auto& loop = static_cast<TaskLoop&>(port_loop);
    UASYNC_UNLESS_INSTRUMENTED(run_in_interrupt, loop);
    loop.run_in_interrupt_with<PlainTurns>();
}
#endif

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

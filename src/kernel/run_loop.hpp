#pragma once
// How a loop runs its tasks, for loop.cpp, and again for instrumented_loop.cpp, which a program links that uses levels
// or watches for long steps.
//
// The functions below are what a Turns is asked: which task is next, and what there is to do around its step.

#include <utility>

#include <uasync/kernel/loop.hpp>

namespace uasync {

/// Who has to look at a step, and decides which task is next: the oldest that is ready.
struct PlainTurns {
    static constexpr bool is_plain = true;
    [[gnu::always_inline]] static WaitNode* next(TaskLoop& loop) noexcept { return loop.take_ready(); }
    static void ended(TaskLoop&, const WaitNode*) noexcept {}
    static void rest() noexcept {}
};

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

template <class Turns>
[[gnu::always_inline]] inline void TaskLoop::run_tasks_with() noexcept {
#if UASYNC_STEPS_PER_POLL
    unsigned steps = UASYNC_STEPS_PER_POLL;
#endif
    std::atomic<bool>& signalled = signal_flag();
    while (true) {
        if (signalled.load(std::memory_order_relaxed)) [[unlikely]] {
            if (service()) return;
        }
#ifdef UASYNC_PORT_CORE
        if constexpr (Turns::is_plain) {
            if (ready_ != nullptr) {
                take_far();
            } else if (WaitNode* sent = receive_far()) {  // not by the ready queue, as nothing else is ready
                step(static_cast<TaskState&>(*sent));
                continue;
            }
        } else {
            take_far();
        }
#endif
        if (ready_ == nullptr) {
            current_ = nullptr;
            if (stopping_ && all_first_ == nullptr) return;
            Turns::rest();
            idle_.store(true, std::memory_order_relaxed);
            port::idle(*this);
            idle_.store(false, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);  // only from here on does the ready queue belong to the loop again
#if UASYNC_STEPS_PER_POLL
            signalled.store(true, std::memory_order_relaxed);
#endif
            continue;
        }
        WaitNode* const node = Turns::next(*this);
        step(static_cast<TaskState&>(*node));
        Turns::ended(*this, node);
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
template <class Turns>
[[gnu::always_inline]] inline void TaskLoop::run_in_interrupt_with() noexcept {
    TaskLoop*& here = detail::this_loop();
    TaskLoop* const earlier = std::exchange(here, this);
    idle_.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // only from here on does the ready queue belong to the loop
    if (signalled_.load(std::memory_order_relaxed)) service();
    while (true) {
        while (ready_ != nullptr) {
            WaitNode* const node = Turns::next(*this);
            step(static_cast<TaskState&>(*node));
            Turns::ended(*this, node);
            if (signalled_.load(std::memory_order_relaxed)) service();
        }
        take_far();
        if (ready_ == nullptr) break;
    }
    current_ = nullptr;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    idle_.store(true, std::memory_order_relaxed);  // what was posted before this has raised the line once more
    here = earlier;
}
#endif

template <class Turns>
[[gnu::always_inline]] inline void TaskLoop::run_once_with() noexcept {
    service();
    std::size_t count = 0;
    for (const WaitNode* node = ready_; node != nullptr; node = node->next) ++count;
    while ((count != 0 || fails_now_) && ready_ != nullptr) {  // a task whose await has just failed comes first
        if (count != 0) --count;
        if (signal_flag().load(std::memory_order_relaxed)) [[unlikely]]
            service();
        WaitNode* const node = Turns::next(*this);
        step(static_cast<TaskState&>(*node));
        Turns::ended(*this, node);
    }
    if (self_cancelled_) service();  // while it is known whose the last step was
    current_ = nullptr;
}

/// Stops the timers that are left when the loop ends. They belong to objects that outlive it.
[[gnu::always_inline]] inline void TaskLoop::stop_all_timers() noexcept {
    while (WaitNode* node = timers_.first()) {
        timers_.remove(*node);
        node->cancel_requested = 0;
    }
}

}  // namespace uasync

#pragma once
// Implementation detail of the loop.

#include <atomic>
#include <cstdint>

#include <uasync/kernel/frame.hpp>
#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/timer_queue.hpp>
#include <uasync/kernel/wait_list.hpp>

namespace uasync {

class TaskLoop;
struct DescriptorOf;
namespace detail {
struct FrameSource;
struct Loops;
struct Levels;
struct LevelRecord;
#if UASYNC_THREADS
struct ThreadCalls;
#endif
}  // namespace detail

/// The data of a loop. Nobody uses it directly: each audience has an interface of its own, in a chain of bases, and sees that
/// one and those before it.
///
///     LoopState  its data
///       PortLoop   for ports: signals and sleep                     <uasync/kernel/port_loop.hpp>
///         WaitLoop   for primitives: suspends a task, wakes it        <uasync/kernel/wait_loop.hpp>
///           TaskLoop   for the runtime: tasks' lives, and running       <uasync/kernel/task_loop.hpp>
///             Loop       for programs: shows nothing of the above         <uasync/kernel/loop.hpp>
class LoopState {
public:
    LoopState(const LoopState&) = delete;
    LoopState& operator=(const LoopState&) = delete;

    void* port_state = nullptr;  ///< what the port keeps for this loop

protected:
    friend class EventLoop;
    friend class LoopTimer;
    friend struct DescriptorOf;
    friend struct detail::Loops;
    friend struct detail::Levels;
    enum class Mode : std::uint8_t { at_rest, running, stop };

#if UASYNC_THREADS
    explicit LoopState(Mailbox& mailbox) noexcept : mailbox_{mailbox} {}
#else
    LoopState() noexcept = default;
#endif
    ~LoopState() = default;

    [[gnu::always_inline]] void push_ready(TaskState& task) noexcept {
        task.next = nullptr;
        *ready_end_ = &task;
        ready_end_ = &task.next;
    }

    // What ports and interrupts touch comes first, because a board's port is compiled once, whatever else the program chooses.
#if UASYNC_THREADS
    std::atomic<bool>& signal_flag() const noexcept { return mailbox_.signalled; }
    Mailbox& mailbox_;
#else
    std::atomic<bool>& signal_flag() noexcept { return signalled_; }
    const std::atomic<bool>& signal_flag() const noexcept { return signalled_; }
    std::atomic<bool> signalled_{false};
#endif
    std::atomic<bool> idle_{false};
    bool self_cancelled_ = false;
    bool stopping_ = false;
    bool fails_now_ = false;  // the await of the first ready task has just failed: it continues before all others

    Mode mode_ = Mode::at_rest;
#ifdef UASYNC_PORT_CORE
    std::uint8_t core_ = static_cast<std::uint8_t>(UASYNC_PORT_CORE());
#endif
    TaskState* current_ = nullptr;
    WaitNode* ready_ = nullptr;
    WaitNode** ready_end_ = &ready_;
#if !UASYNC_THREADS
    WaitNode* inbox_ = nullptr;
    WaitNode** inbox_end_ = &inbox_;
#endif
    TaskState* all_first_ = nullptr;
    TaskState* all_last_ = nullptr;
    TaskState* main_ = nullptr;
#if UASYNC_LOOPS && !UASYNC_THREADS
    void (*wake_hook_)(void*) = nullptr;
    void* wake_argument_ = nullptr;
#endif
#if UASYNC_THREADS
    // Its address says which thread it is.
    static constinit inline thread_local char this_thread_ = 0;
    // The thread that made the loop, or the last one that began to run it.
    std::atomic<const char*> thread_{&this_thread_};
    std::atomic<bool> in_run_{false};  // is_running() for other threads
    bool is_of_this_thread() const noexcept { return thread_.load(std::memory_order_relaxed) == &this_thread_; }
#elif defined(UASYNC_PORT_CONTEXT)
    // Which core and interrupt made the loop, or was the last to run it. On a board, these are what threads are on a host.
    std::uintptr_t context_ = UASYNC_PORT_CONTEXT();
    WaitNode* far_ = nullptr;  // what the other core has posted and its mailbox has no room for
    WaitNode** far_end_ = &far_;
    bool is_of_this_thread() const noexcept { return context_ == UASYNC_PORT_CONTEXT(); }
#else
    bool is_of_this_thread() const noexcept { return true; }
#endif
#if UASYNC_LOOPS
    bool is_open_ = false;       // an EventLoop that is not closed
    TaskLoop* older_ = nullptr;  // all loops of the program, the newest first
    TaskLoop* newer_ = nullptr;
    detail::LevelRecord* levels_ = nullptr;  // its tasks that have a level, the highest first
#endif
#if UASYNC_THREADS
    std::atomic<detail::ThreadCalls*> calls_{nullptr};
#endif
#if UASYNC_FRAME_POOLS

public:
    detail::FrameSource* frame_source = nullptr;  ///< of frames that are made between its tasks' steps (`EventLoop loop{pool}`)

protected:
#endif
    TimerQueue timers_;  // last: on a host it is large
};

}  // namespace uasync

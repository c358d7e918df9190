// How a task waits, and how its wait ends.

#include <utility>

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>

#if UASYNC_THREADS
#include <thread>
#endif

namespace uasync {

void WaitLoop::sleep(Time deadline, Frame leaf) noexcept {
    TaskState& task = *current_;
    task.leaf = leaf;
    add_timer(task, deadline);
    task.set_state(WaitState::sleeping);  // after it, which reads the whole word that the state is in
    note_wait(task, "sleep");
}

void WaitLoop::add_timer(WaitNode& node, Time deadline) noexcept {
    node.set_deadline(deadline);
#if UASYNC_LOOPS
    const bool first = timers_.insert(node);
    if (first && is_running()) port::set_alarm(*this, deadline);  // at rest, it looks at its timers when it begins to run
#else
    if (timers_.insert(node)) port::set_alarm(*this, deadline);
#endif
}

void WaitLoop::fail(Frame leaf, Error error) noexcept {
    TaskState& task = *current_;
    task.leaf = leaf;
    task.next = ready_;
    if (ready_ == nullptr) ready_end_ = &task.next;
    ready_ = &task;
    set_failing(task, error);
    fails_now_ = true;
}

void WaitLoop::unlink(TaskState& task) noexcept {
    WaitState state = task.state();
    // Without `guarded` the three lower bits say enough, and a board has no branch for `acquiring`.
    static_assert((static_cast<unsigned>(WaitState::acquiring) & 7U) == static_cast<unsigned>(WaitState::waiting));
    if constexpr (!UASYNC_THREADS) state = static_cast<WaitState>(static_cast<unsigned>(state) & 7U);
    switch (state) {
        case WaitState::waiting:
        case WaitState::acquiring: task.list->remove(task); break;
        case WaitState::shared: {
            CriticalSection section;
            if (task.state() != WaitState::shared) return;  // an interrupt came first: it is in the inbox
            task.list->remove(task);
            task.set_state(WaitState::waiting);
            break;
        }
#if UASYNC_THREADS
        case WaitState::guarded: {
            auto& queue = static_cast<SharedWaitQueue&>(*task.list);
            const SharedSection section{queue};
            if (task.state() != WaitState::guarded) return;  // another thread came first: it is in the mailbox
            queue.remove(task);
            task.set_state(WaitState::waiting);
            break;
        }
#endif
        case WaitState::sleeping: timers_.remove(task); break;
        case WaitState::forwarding: task.hook->functions->unlink(*task.hook, task); break;
        default: return;
    }
    task.list = nullptr;
}

void WaitLoop::end_wait(TaskState& task, Error error) noexcept {
    if (task.state() != WaitState::ready) {
        unlink(task);
        if (task.state() != WaitState::ready) push_ready(task);
    }
    set_failing(task, error);
}

void WaitLoop::fail_waiting(TaskState& task, Error error) noexcept {
    if (task.state() != WaitState::failing) own(task, use_to_wake).end_wait(task, error);
    task.list = nullptr;
}

#if UASYNC_LOOPS
bool WaitLoop::take_out(const WaitNode& node) noexcept {
    for (WaitNode** link = &ready_; *link != nullptr; link = &(*link)->next) {
        if (*link != &node) continue;
        *link = node.next;
        if (*link == nullptr) ready_end_ = link;
        return true;
    }
    return false;
}
#endif

#if UASYNC_THREADS
void WaitLoop::withdraw(const WaitNode& node) noexcept {
    while (true) {
        take_inbox();
        if (take_out(node)) return;
        std::this_thread::yield();  // another thread has announced it and has not posted it yet
    }
}
#endif

}  // namespace uasync

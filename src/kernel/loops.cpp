// The list of all loops, for operations on the tasks of all loops of a thread, and the mailboxes that loops take and give back.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>

#if UASYNC_LOOPS

#ifdef UASYNC_PORT_CONTEXT
#include <uasync/print.hpp>
#include <uasync/report.hpp>
#endif
#if UASYNC_THREADS
#include <mutex>
#include <new>
#include <string>

#include <uasync/report.hpp>
#endif

namespace uasync::detail {
namespace {

#if UASYNC_THREADS
constinit std::mutex mutex;
class Locked {
public:
    Locked() noexcept { mutex.lock(); }
    ~Locked() { mutex.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
};
#else
using Locked = CriticalSection;
#endif

}  // namespace

constinit TaskLoop* Loops::newest = nullptr;

void Loops::add(TaskLoop& loop) noexcept {
    const Locked locked;
    loop.older_ = newest;
    if (newest != nullptr) newest->newer_ = &loop;
    newest = &loop;
}

void Loops::remove(TaskLoop& loop) noexcept {
    const Locked locked;
    (loop.newer_ != nullptr ? loop.newer_->older_ : newest) = loop.older_;
    if (loop.older_ != nullptr) loop.older_->newer_ = loop.newer_;
}

TaskLoop* Loops::next(const TaskLoop* newer) noexcept {
    const Locked locked;
    TaskLoop* loop = newer == nullptr ? newest : newer->older_;
    while (loop != nullptr && !loop->is_of_this_thread()) loop = loop->older_;
    return loop;
}

TaskLoop* Loops::newest_open() noexcept {
    const Locked locked;
    TaskLoop* loop = newest;
    while (loop != nullptr && !(loop->is_of_this_thread() && loop->is_open_)) loop = loop->older_;
    return loop;
}

#if UASYNC_THREADS
TaskLoop* Loops::check_this_loop() noexcept {
    TaskLoop*& here = this_loop();
    if (here == nullptr) return nullptr;
    const Locked locked;
    const TaskLoop* loop = newest;
    while (loop != nullptr && loop != here) loop = loop->older_;
    if (loop == nullptr || !loop->is_of_this_thread()) here = nullptr;
    return here;
}
#endif

}  // namespace uasync::detail

namespace uasync {
void TaskLoop::tell_others() const noexcept {
    for (TaskLoop* loop = detail::Loops::next(nullptr); loop != nullptr; loop = detail::Loops::next(loop)) {
        if (loop != this && loop->ready_ != nullptr) loop->signal();
    }
}
}  // namespace uasync

#if UASYNC_THREADS
namespace uasync {

// Mailboxes ----------------------------------------------------------------------------------------------------------------------

static_assert(UASYNC_STEPS_PER_POLL > 0, "a loop that other threads post to has to look at its mailbox while it is busy");

namespace {
constinit std::mutex mailbox_mutex;
constinit Mailbox* free_mailboxes = nullptr;
}  // namespace

Mailbox* Mailbox::acquire() noexcept {
    {
        const std::lock_guard lock{mailbox_mutex};
        if (Mailbox* mailbox = free_mailboxes) {
            free_mailboxes = mailbox->next_free_;
            return mailbox;
        }
    }
    return new (std::nothrow) Mailbox;
}

void Mailbox::release() noexcept {
    head_.store(nullptr, std::memory_order_relaxed);
    bottom_ = nullptr;
    signalled.store(false, std::memory_order_relaxed);
    sleeping_.store(false, std::memory_order_relaxed);
    set_hook(nullptr, nullptr);
    const std::lock_guard lock{mailbox_mutex};
    next_free_ = free_mailboxes;
    free_mailboxes = this;
}

void Mailbox::ring_if_own() noexcept {
    if (const TaskLoop* loop = detail::this_loop(); loop != nullptr && &loop->mailbox() == this) ring();
}

// Locks --------------------------------------------------------------------------------------------------------------------------

void SharedLock::enter_slowly() noexcept {
    while (state_.exchange(wanted, std::memory_order_acquire) != free) state_.wait(wanted, std::memory_order_relaxed);
}

// Other threads ------------------------------------------------------------------------------------------------------------------

void WaitLoop::require_this_thread(const TaskState* task, const char* instead) const noexcept {
    if (!in_run_.load(std::memory_order_acquire) || is_of_this_thread()) return;
    std::string text;
    if (task != nullptr) text.append("task '").append(detail::task_name(*task)).append("' belongs to ");
    text.append(main_ != nullptr ? "the loop of '" : "an EventLoop");
    if (main_ != nullptr) text.append(detail::task_name(*main_)).append("'");
    text.append(task != nullptr ? ", which runs in another thread" : " runs in another thread");
    text.append(": from here, use ").append(instead);
    port::fatal(text.c_str());
}

}  // namespace uasync
#endif

#ifdef UASYNC_PORT_CONTEXT
namespace uasync {
// In parts, because a board has no memory to put them together in.
void WaitLoop::require_this_thread(const TaskState* task, const char* instead) const noexcept {
    if (!is_running() || is_of_this_thread()) return;
    if (task != nullptr)
        print("uasync: task '{}' belongs to another loop, which another core or an interrupt runs\n", detail::task_name(*task));
    if (task == nullptr) print("uasync: another core or an interrupt runs the loop\n");
    print("uasync: from here, use {}\n", instead);
    port::fatal("a loop was used from the wrong place");
}

void WaitLoop::hand_on(WaitNode& node) noexcept {
    const LocalSection section;
    of(node).accept(node);
}

void WaitLoop::post_to_list(WaitNode& node) noexcept {
    node.next = nullptr;
    *far_end_ = &node;
    far_end_ = &node.next;
    signal();
}

void WaitLoop::take_far_list() noexcept {
    const CriticalSection section;
    if (far_ == nullptr) return;
    *ready_end_ = far_;
    ready_end_ = far_end_;
    far_ = nullptr;
    far_end_ = &far_;
}
}  // namespace uasync
#endif

#endif

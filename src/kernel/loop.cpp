#include <algorithm>
#include <optional>
#include <utility>

#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/report.hpp>

#include "descriptor.hpp"

#if UASYNC_THREADS
#include <thread>
#endif

#if UASYNC_NAMES
/// For a port's fault handler: whose step it was. Never null.
extern "C" const char* uasync_running_task() noexcept {
    const uasync::Loop* loop = uasync::detail::this_loop();
    return loop == nullptr || !loop->in_step() ? "none" : uasync::detail::full_name(loop->current());
}
#endif

namespace uasync {

// Running ------------------------------------------------------------------------------------------------------------------------

void Loop::run(TaskState& main_task) noexcept {
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
#endif
}

/// The next task to run, taken out of the ready queue, which is not empty.
[[gnu::always_inline]] inline WaitNode* Loop::take_ready() noexcept {
    WaitNode* node = ready_;
#if UASYNC_PORT_PICKS
    current_ = nullptr;
    if (!fails_now_) return port::pick(ready_, ready_end_);
#endif
    ready_ = node->next;
    if (ready_ == nullptr) ready_end_ = &ready_;
    return node;
}

[[gnu::always_inline]] inline void Loop::step(TaskState& task) noexcept {
    current_ = &task;
    if (task.is_ready()) [[likely]] {
        detail::resume(task.leaf);
    } else {
        step_failing(task);
    }
}

void Loop::run_tasks() noexcept {
#if UASYNC_STEPS_PER_POLL
    unsigned steps = UASYNC_STEPS_PER_POLL;
#endif
    std::atomic<bool>& signalled = signal_flag();
    while (true) {
        if (signalled.load(std::memory_order_relaxed)) [[unlikely]] {
            if (service()) return;
        }
        if (ready_ == nullptr) {
            current_ = nullptr;
            if (stopping_ && all_first_ == nullptr) return;
            idle_.store(true, std::memory_order_relaxed);
            port::idle(*this);
            idle_.store(false, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);  // only now is the ready queue the loop's own again
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

/// One step for each task that is ready when it begins.
void Loop::run_once() noexcept {
    service();
    std::size_t count = 0;
    for (const WaitNode* node = ready_; node != nullptr; node = node->next) ++count;
    for (; count != 0 && ready_ != nullptr; --count) {
        if (signal_flag().load(std::memory_order_relaxed)) [[unlikely]]
            service();
        step(static_cast<TaskState&>(*take_ready()));
    }
    current_ = nullptr;
}

/// What a signal asks for: wake-ups from interrupts and threads, timers, a task that cancelled itself. True if the loop is to stop.
bool Loop::service() noexcept {
    signal_flag().store(false, std::memory_order_relaxed);
    TaskState* stepped = current_;
    current_ = nullptr;  // no task runs: whoever is cancelled from here is not cancelling itself
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
        // Stands behind all that are due before the first function is called. A timer that this starts waits for the next pass, even if the
        // clock stands still. (A board's clock goes on: there LoopTimer::start sees to it.)
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

void Loop::step_failing(TaskState& task) noexcept {
    if (task.state() == WaitState::done) {
        current_ = nullptr;  // the handler is no task's
        if (task.cancel_requested) {
            task.cancel_requested = 0;
            detail::report_task(task);
        }
        task.child = nullptr;
        if (task.handles == 0) detail::release(task);
        return;
    }
#if UASYNC_THREADS
    if (task.state() == WaitState::callback) {  // from another thread
        current_ = nullptr;
        auto& callback = static_cast<PostedCallback&>(static_cast<WaitNode&>(task));
        callback.fire(callback);
        return;
    }
#endif
    const bool woken = task.state() == WaitState::forwarding;
    const Error error = task.error();
    fails_now_ = false;
    task.set_state(WaitState::ready);
    if (woken) {
        task.list = nullptr;
        detail::resume(task.leaf);
        return;
    }
    if (error != Error::cancelled && task.cancel_requested) {  // `cancel` has let it come after the error
        self_cancelled_ = true;
        signal_flag().store(true, std::memory_order_relaxed);
    }
    unwind(task, error);
}

void Loop::unwind(TaskState& task, Error error) noexcept {
    std::coroutine_handle<> frame = task.leaf;
    while (true) {
        detail::PromiseBase& promise = detail::PromiseBase::of(frame);
        if (promise.is_task()) {
            WaitList joiners = promise.joiners();
            frame.destroy();
            finish(nullptr, joiners, error);
            return;
        }
        if (detail::Scope* scope = promise.scope()) {
            scope->error = scope->caught(*scope, task, error);
            if (scope->error != Error::none) {
                scope->child = nullptr;
                frame.destroy();
                task.list = nullptr;  // nothing that it waited in knows it any more
                scope->parent.resume();
                return;
            }
        }
        frame = promise.parent();
    }
}

// Timers -------------------------------------------------------------------------------------------------------------------------

void Loop::add_timer(WaitNode& node, Time deadline) noexcept {
    node.set_deadline(deadline);
#if UASYNC_LOOPS
    const bool first = timers_.insert(node);
    if (first && is_running()) port::set_alarm(*this, deadline);  // at rest: it looks at its timers when it begins to run
#else
    if (timers_.insert(node)) port::set_alarm(*this, deadline);
#endif
}

/// Those that are left when the loop is no more, of objects that outlive it.
void Loop::stop_timers() noexcept {
    while (WaitNode* node = timers_.first()) {
        timers_.remove(*node);
        node->cancel_requested = 0;
    }
}

void Loop::sleep(Time deadline, Frame leaf) noexcept {
    TaskState& task = *current_;
    task.leaf = leaf;
    add_timer(task, deadline);
    task.set_state(WaitState::sleeping);  // behind it: the deadline is read with the word that the state is a part of
    note_wait(task, "sleep");
}

void LoopTimer::start(Time deadline) noexcept {
    Loop& here = running_loop();
    // In a function that the loop calls, perhaps one of those that are due now: so that it is not among them, it comes behind them.
    if (!here.in_step()) deadline = std::max(deadline, port::now() + UASYNC_BOARD);
#if UASYNC_LOOPS
    own_loop = &here;
#endif
    here.add_timer(*this, deadline < never ? deadline : never);
    cancel_requested = 1;
}

void LoopTimer::stop() noexcept {
    if (!running()) return;
    cancel_requested = 0;
#if UASYNC_THREADS
    if (own_loop != detail::this_loop())
        own_loop->require_this_thread(nullptr, "call_soon_threadsafe with a function that stops the timer");
#endif
    Loop::of(*this).timers_.remove(*this);
}

#if UASYNC_THREADS
void Loop::withdraw(const WaitNode& node) noexcept {
    while (true) {
        take_inbox();
        for (WaitNode** link = &ready_; *link != nullptr; link = &(*link)->next) {
            if (*link != &node) continue;
            *link = node.next;
            if (*link == nullptr) ready_end_ = link;
            return;
        }
        std::this_thread::yield();  // a thread has said that it posts it, and has not done so yet
    }
}
#endif

// Tasks --------------------------------------------------------------------------------------------------------------------------

TaskState* Loop::create(std::coroutine_handle<> root) noexcept {
    void* block = detail::allocate_frame(sizeof(TaskState));
    if (block == nullptr) return nullptr;
    TaskState& task = create_in(block, root);
    if (stopping_) cancel(task, true);
    return &task;
}

void Loop::unlink(TaskState& task) noexcept {
    switch (task.state()) {
        case WaitState::waiting: task.list->remove(task); break;
        case WaitState::shared: {
            CriticalSection section;
            if (task.state() != WaitState::shared) return;  // an interrupt was faster: it is in the inbox
            task.list->remove(task);
            task.set_state(WaitState::waiting);
            break;
        }
#if UASYNC_THREADS
        case WaitState::guarded: {
            auto& queue = static_cast<SharedWaitQueue&>(*task.list);
            const SharedSection section{queue};
            if (task.state() != WaitState::guarded) return;  // another thread was faster: it is in the mailbox
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

/// The task's wait ends with an error, which its next turn delivers.
void Loop::end_wait(TaskState& task, Error error) noexcept {
    if (task.state() != WaitState::ready) {
        unlink(task);
        if (task.state() != WaitState::ready) push_ready(task);
    }
    set_failing(task, error);
}

void Loop::fail(Frame leaf, Error error) noexcept {
    TaskState& task = *current_;
    task.leaf = leaf;
    task.next = ready_;
    if (ready_ == nullptr) ready_end_ = &task.next;
    ready_ = &task;
    set_failing(task, error);
    fails_now_ = true;
}

void Loop::abort_wait(TaskState& task, std::coroutine_handle<> from, Error error) noexcept {
    task.leaf = from;
    if (task.state() != WaitState::failing) of(task).end_wait(task, error);
}

void Loop::fail_waiting(TaskState& task, Error error) noexcept {
    if (task.state() != WaitState::failing) own(task, use_to_wake).end_wait(task, error);
    task.list = nullptr;
}

bool Loop::cancel(TaskState& task, bool by_user) noexcept {
    const WaitState state = task.state();
    if (state == WaitState::done) return false;
#if UASYNC_THREADS
    (void)Loop::own(task, "call_soon_threadsafe with a function that cancels it");
#endif
    if (by_user) task.cancel_requested = 1;
    if (state == WaitState::failing) {
        const Loop& loop = of(task);
        const bool raised = loop.stopping_ || (loop.fails_now_ && loop.ready_ == &task);
        if (by_user && raised && task.error() > Error::cancelled) return true;  // comes after it
        task.set_state(WaitState::failing, Error::cancelled);
        return true;
    }
    if (state == WaitState::forwarding) {
        // Marked meanwhile: if the cancellation comes back round a ring of tasks that await each other, it ends here.
        task.set_state(WaitState::failing, Error::none);
        task.hook->functions->cancel(*task.hook);
        const bool came_back = task.error() == Error::cancelled;
        task.set_state(WaitState::forwarding);
        if (!came_back) return true;
    }
    Loop& own = of(task);
    if (&task == own.current_) {
        own.self_cancelled_ = true;
        own.signal();
        return true;
    }
    own.end_wait(task, Error::cancelled);
    return true;
}

/// The awaiting tasks go on, first come first served. True if there was one.
UASYNC_HOT bool Loop::wake_joiners(WaitList& joiners, Error error) noexcept {
    const bool any = !joiners.empty();
    while (WaitNode* node = joiners.front()) {
        joiners.remove(*node);
        if (node->state() == WaitState::callback) {
            static_cast<LoopCallback*>(node)->fire(*static_cast<LoopCallback*>(node));
        } else if (error == Error::none || error == Error::exception) {
            wake(*node);
        } else {
            wake_failing(*node, error);
        }
    }
    return any;
}

/// From now on the task is done, and no longer among the loop's.
UASYNC_HOT void Loop::retire(TaskState& task, std::coroutine_handle<> root, Error error) noexcept {
    task.leaf = root;
    task.child = nullptr;
    task.set_state(WaitState::done, error);
    task.cancel_requested = 0;
    (task.all_prev != nullptr ? task.all_prev->all_next : all_first_) = task.all_next;
    (task.all_next != nullptr ? task.all_next->all_prev : all_last_) = task.all_prev;
}

void Loop::finish(std::coroutine_handle<> root, WaitList& joiners, Error error) noexcept {
    TaskState& task = *current_;
    current_ = nullptr;
    retire(task, root, error);
#if !UASYNC_BOARD
    // Most often one task waits for it and has its value next.
    WaitNode* only = joiners.only();
    if (only != nullptr && only->waits_for_others() && error == Error::none && &task != main_) [[likely]] {
        joiners = WaitList{};
        wake(*only);
        if (task.handles == 0) detail::release(task);
        return;
    }
#endif
    conclude(task, joiners, error);
}

/// The rest of `finish`: whoever waits is told, and if nobody does, people are told of an error.
void Loop::conclude(TaskState& task, WaitList& joiners, Error error) noexcept {
    // An exception that leaves the main task leaves `run`.
    const bool thrown = UASYNC_EXCEPTIONS && error == Error::exception && &task == main_;
    const bool seen = wake_joiners(joiners, error) || error <= Error::cancelled || thrown;
    if (&task == main_) {
        stopping_ = true;
        for (TaskState* other = all_first_; other != nullptr; other = other->all_next) cancel(*other, true);
    }
    if (!seen) {
        // Reported after all that are ready now have run: one of them may be about to await it.
        task.cancel_requested = 1;
        task.child = &task;  // in use until then
        push_ready(task);
    } else if (task.handles == 0) {
        detail::release(task);
    }
}

void Loop::interrupt() noexcept {
    if (stopping_) return;
    if (main_ != nullptr) {
        cancel(*main_, true);
    } else {
        mode_ = Mode::stop;
    }
    signal();
}

// The end ------------------------------------------------------------------------------------------------------------------------

void Loop::deadlock() noexcept {
    detail::report_deadlock(*this);
    destroy_all(Error::deadlock);
}

/// Callbacks of other threads are told; tasks are destroyed by the caller.
void Loop::drop_ready() noexcept {
    fails_now_ = false;
#if UASYNC_THREADS
    take_inbox();
    for (WaitNode *node = ready_, *next = nullptr; node != nullptr; node = next) {
        next = node->next;
        if (node->state() != WaitState::callback) continue;
        auto& callback = static_cast<PostedCallback&>(*node);
        callback.dropped(callback);
    }
    ready_ = nullptr;
    ready_end_ = &ready_;
#else
    ready_ = nullptr;
    ready_end_ = &ready_;
    CriticalSection section;
    inbox_ = nullptr;
    inbox_end_ = &inbox_;
#endif
}

void Loop::destroy_all(Error error) noexcept {
    stopping_ = true;
#if UASYNC_THREADS
    drop_ready();
#endif
    while (all_first_ != nullptr) {
        TaskState& task = *all_first_;
        unlink(task);
        task.set_state(WaitState::ready);
        current_ = &task;
        std::coroutine_handle<> root = detail::outermost_frame(task);
        WaitList joiners = detail::PromiseBase::of(root).joiners();
        root.destroy();
        current_ = nullptr;
        retire(task, nullptr, error);
        wake_joiners(joiners, error);
        drop_ready();  // whoever the destructors woke is destroyed as well
        if (task.handles == 0) detail::release(task);
    }
}

// Which loop ---------------------------------------------------------------------------------------------------------------------

Loop& running_loop() noexcept {
    Loop* loop = detail::this_loop();
    if (loop == nullptr) [[unlikely]] {
        port::fatal(UASYNC_BOARD ? "no running loop"
                                 : "no running loop: this needs one, so call it inside of run(), or after making an EventLoop");
    }
    return *loop;
}

}  // namespace uasync

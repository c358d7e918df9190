// The lives of tasks: how they are made, cancelled, and end.

#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/report.hpp>

namespace uasync {

TaskState* TaskLoop::create(std::coroutine_handle<> root) noexcept {
    void* block = detail::allocate_frame(sizeof(TaskState));
    if (block == nullptr) return nullptr;
    TaskState& task = create_in(block, root);
    if (stopping_) cancel(task, true);
    return &task;
}

bool TaskLoop::cancel(TaskState& task, bool by_user) noexcept {
    const WaitState state = task.state();
    if (state == WaitState::done) return false;
#if UASYNC_LOOPS
    (void)TaskLoop::own(task, "call_soon_threadsafe with a function that cancels it");
#endif
    if (by_user) task.cancel_requested = 1;
    if (state == WaitState::failing) {
        const TaskLoop& loop = of(task);
        const bool raised = loop.stopping_ || (loop.fails_now_ && loop.ready_ == &task);
        if (by_user && raised && task.error() > Error::cancelled) return true;  // it comes after that error
        task.set_state(WaitState::failing, Error::cancelled);
        return true;
    }
    if (state == WaitState::forwarding) {
        // Marked meanwhile. If the cancellation comes back round a ring of tasks that await each other, it ends here.
        task.set_state(WaitState::failing, Error::none);
        task.hook->functions->cancel(*task.hook);
        const bool came_back = task.error() == Error::cancelled;
        task.set_state(WaitState::forwarding);
        if (!came_back) return true;
    }
    TaskLoop& own_loop = of(task);
    if (&task == own_loop.current_) {
        own_loop.self_cancelled_ = true;
        own_loop.signal();
        return true;
    }
    own_loop.end_wait(task, Error::cancelled);
    return true;
}

// The end of a task ----------------------------------------------------------------------------------------------------------------

/// Wakes the tasks that await the task, first come, first served. Returns true if there was one.
UASYNC_HOT bool TaskLoop::wake_joiners(WaitList& joiners, Error error) noexcept {
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

/// The task is done, and no longer one of the loop's.
UASYNC_HOT void TaskLoop::retire(TaskState& task, std::coroutine_handle<> root, Error error) noexcept {
    task.leaf = root;
    task.child = nullptr;
    task.set_state(WaitState::done, error);
    task.cancel_requested = 0;
    (task.all_prev != nullptr ? task.all_prev->all_next : all_first_) = task.all_next;
    (task.all_next != nullptr ? task.all_next->all_prev : all_last_) = task.all_prev;
}

UASYNC_HOT void TaskLoop::finish(std::coroutine_handle<> root, WaitList& joiners, Error error) noexcept {
    TaskState& task = *current_;
    current_ = nullptr;
    retire(task, root, error);
#if !UASYNC_BOARD
    // Most often one task awaits it, and takes its value next.
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

/// The rest of `finish`: tells those who wait, or, if nobody does, reports an error.
void TaskLoop::conclude(TaskState& task, WaitList& joiners, Error error) noexcept {
    // An exception that leaves the main task leaves `run`.
    const bool thrown = UASYNC_EXCEPTIONS && error == Error::exception && &task == main_;
    const bool seen = wake_joiners(joiners, error) || error <= Error::cancelled || thrown;
    if (&task == main_) {
        stopping_ = true;
        for (TaskState* other = all_first_; other != nullptr; other = other->all_next) cancel(*other, true);
    }
    if (!seen) {
        // It is reported after all that are ready now have run, because one of them may be about to await the task.
        task.cancel_requested = 1;
        task.child = &task;  // in use until then
        push_ready(task);
    } else if (task.handles == 0) {
        detail::release(task);
    }
}

namespace detail {

void PromiseBase::complete(std::coroutine_handle<> self) noexcept {
    if (!is_task()) {
        parent().resume();
        return;
    }
#if UASYNC_EXCEPTIONS
    if (has_thrown()) [[unlikely]] {
        complete_thrown(self);
        return;
    }
#endif
    current_loop().finish(self, joiners_, Error::none);
}

#if UASYNC_EXCEPTIONS
void PromiseBase::keep_thrown() noexcept {
    void* block = allocate_frame(sizeof(Thrown));
    if (block == nullptr) port::fatal("no memory for an exception");
    continuation_ = reinterpret_cast<std::uintptr_t>(new (block) Thrown{std::current_exception(), {continuation_}}) | has_left;
}

void PromiseBase::complete_thrown(std::coroutine_handle<> self) noexcept {
    const PromiseBase before{thrown().continuation};
    if (before.is_task()) {
        current_loop().finish(self, thrown().joiners, Error::exception);
    } else if (before.continuation_ != nested) {
        before.parent().resume();
    }
}

void PromiseBase::forget_thrown() noexcept {
    Thrown* gone = &thrown();
    gone->~Thrown();
    free_frame(gone, sizeof(Thrown));
}
#endif

void PromiseBase::complete_with_handle(std::coroutine_handle<> self, const TaskHandle* result) noexcept {
    if (result == nullptr || !is_task()) {
        complete(self);
        return;
    }
    TaskState& task = current_loop().current();
    add_handle(task);
    const TaskHandle kept{&task};  // keeps the frame
    current_loop().finish(self, joiners_, Error::none);
    continuation_ = reinterpret_cast<std::uintptr_t>(result);
}

void PromiseBase::complete_without_value(std::coroutine_handle<> self) noexcept {
    if (is_task()) {
        current_loop().finish(self, joiners_, Error::misuse);
    } else {
        current_loop().fail(std::coroutine_handle<PromiseBase>::from_address(self.address()), Error::misuse);
    }
}

}  // namespace detail

// An end with an error -------------------------------------------------------------------------------------------------------------

void TaskLoop::step_failing(TaskState& task) noexcept {
    if (task.state() == WaitState::done) {
        current_ = nullptr;  // the handler belongs to no task
        if (task.cancel_requested) {
            task.cancel_requested = 0;
            detail::report_task(task);
        }
        task.child = nullptr;
        if (task.handles == 0) detail::release(task);
        return;
    }
#if UASYNC_THREADS
    if (task.state() == WaitState::callback) {  // posted by another thread
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
    if (error != Error::cancelled && task.cancel_requested) {  // `cancel` has put it behind the error
        self_cancelled_ = true;
        signal_flag().store(true, std::memory_order_relaxed);
    }
    unwind(task, error);
}

void TaskLoop::unwind(TaskState& task, Error error) noexcept {
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
                task.list = nullptr;  // whatever it waited in no longer knows it
                scope->parent.resume();
                return;
            }
        }
        frame = promise.parent();
    }
}

// The end of the loop --------------------------------------------------------------------------------------------------------------

/// Tells the callbacks. The caller destroys the tasks.
void TaskLoop::drop_ready() noexcept {
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
#elif UASYNC_LOOPS
    take_inbox();
    forget_callbacks();
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

void TaskLoop::destroy_all(Error error) noexcept {
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
        drop_ready();  // tasks that the destructors woke are destroyed as well
        if (task.handles == 0) detail::release(task);
    }
}

}  // namespace uasync

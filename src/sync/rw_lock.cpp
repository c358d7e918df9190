#include <uasync/sync/rw_lock.hpp>

namespace uasync {

constinit const CancelHook::Functions RwLock::AcquireAwaiter::functions_of_wait{
    [](CancelHook& hook) noexcept {
        TaskLoop::cancel(*static_cast<AcquireAwaiter&>(hook).task_, false);  // it comes back, and the loop ends the wait
    },
    [](CancelHook& hook, TaskState& task) noexcept {
        RwLock& lock = *static_cast<AcquireAwaiter&>(hook).lock_;
        lock.waiters_.remove(task);
        lock.let_in();
    }};

void RwLock::AcquireAwaiter::await_suspend(Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    task_ = &loop.current();
    lock_->waiters_.push_back(*task_);
    loop.wait_for_others(*this, self, to_write_ ? "RwLock::acquire_write" : "RwLock::acquire_read");
}

void RwLock::AcquireAwaiter::await_resume() noexcept {
    if (task_ == nullptr) {
        lock_->writing_ = to_write_;
        ++lock_->inside_;
        return;
    }
    task_ = nullptr;
    lock_->waiters_.taken();
    --lock_->handed_;
}

void RwLock::let_in() noexcept {
    while (WaitNode* node = waiters_.front()) {
        const bool to_write = static_cast<AcquireAwaiter*>(node->hook)->to_write_;
        if (!admits(to_write)) return;
        writing_ = to_write;
        ++inside_;
        ++handed_;
        waiters_.remove(*node);
        node->list = &waiters_;
        WaitLoop::hand_to(*node);
    }
}

void RwLock::leave() noexcept {
    if (--inside_ == 0) writing_ = false;
    let_in();
}

void RwLock::give_back() noexcept {
    --handed_;
    leave();
}

Result<void> RwLock::release_read() noexcept {
    if (readers() == 0) return std::unexpected{Error::misuse};
    leave();
    return {};
}

Result<void> RwLock::release_write() noexcept {
    if (!writing()) return std::unexpected{Error::misuse};
    leave();
    return {};
}

RwLock::~RwLock() {
    inside_ = 1;  // keeps others out
    writing_ = true;
    while (WaitNode* node = waiters_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*node));
    waiters_.release();  // the tasks that were let in
}

}  // namespace uasync

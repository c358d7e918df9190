#include <uasync/sync/condition.hpp>

namespace uasync {

Condition::~Condition() {
    while (WaitNode* node = notified_.pop_front()) node->list = nullptr;
    while (WaitNode* node = waiting_.front()) {
        auto& wait = static_cast<detail::ConditionWait&>(*node);
        WaitLoop::fail_waiting(*wait.task_);
    }
}

Coro<> Condition::wait() {
    const bool cancelled = co_await detail::ConditionWait{*this};
    if (cancelled) co_await pass_cancelled();
}

Result<void> Condition::notify(unsigned n) noexcept {
    if (!locked()) return std::unexpected{Error::misuse};
    while (n-- != 0 && notify_next()) {
    }
    return {};
}

/// Somebody holds the lock, so the task waits behind those who wait for it.
bool Condition::notify_next() noexcept {
    WaitNode* node = waiting_.pop_front();
    if (node == nullptr) return false;
    auto& wait = static_cast<detail::ConditionWait&>(*node);
    wait.list = &notified_;
    notified_.push_back(wait);
    wait.stage_ = detail::ConditionWait::Stage::queued;
    lock_->waiters_.push_back(*wait.task_);
    return true;
}

namespace detail {

constinit const CancelHook::Functions ConditionWait::functions_of_wait{
    [](CancelHook& hook) noexcept { static_cast<ConditionWait&>(hook).cancelled(); },
    [](CancelHook& hook, TaskState&) noexcept { static_cast<ConditionWait&>(hook).unlinked(); }};

ConditionWait::ConditionWait(Condition& condition) noexcept
    : CancelHook{&functions_of_wait}, condition_{condition}, lock_{*condition.lock_} {}

void ConditionWait::await_suspend(Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (!lock_.locked()) {
        loop.fail(self, Error::misuse);
        return;
    }
    task_ = &loop.current();
    stage_ = Stage::waiting;
    list = &condition_.waiting_;
    list->push_back(*this);
    loop.wait_for_others(*this, self, "Condition::wait");
    guard_ = lock_.take_from_guard();
    lock_.hand_on();
}

const OwnedWaitQueue* lock_of_condition(const CancelHook& hook) noexcept {
    if (hook.functions != &ConditionWait::functions_of_wait) return nullptr;
    return static_cast<const ConditionWait&>(hook).queue_of_lock();
}

/// A cancellation is held back until the task has the lock.
void ConditionWait::cancelled() noexcept {
    cancelled_ = true;
    if (stage_ != Stage::waiting) return;
    leave();
    if (!lock_.waiters_.is_free()) {
        stage_ = Stage::queued;
        lock_.waiters_.push_back(*task_);
        return;
    }
    lock_.waiters_.hold(*task_);
    give_to_guard();
    TaskLoop::cancel(*task_, false);  // back in the loop, which unwinds the task
}

/// The loop ends the wait: the task was cancelled and has the lock, or something was destroyed.
void ConditionWait::unlinked() noexcept {
    if (stage_ == Stage::queued) lock_.waiters_.remove(*task_);
    stage_ = Stage::ended;
    leave();
}

void ConditionWait::leave() noexcept {
    if (list != nullptr) list->remove(*this);
    list = nullptr;
}

void ConditionWait::give_to_guard() noexcept {
    stage_ = Stage::ended;
    if (guard_ == nullptr) return;
    guard_->lock_ = &lock_;
    lock_.guard_ = guard_;
}

/// The task has its turn, and has been handed the lock.
bool ConditionWait::regain(bool cancelled) noexcept {
    lock_.waiters_.taken();
    lock_.waiters_.hold(*task_);
    give_to_guard();
    const bool was_notified = list != nullptr;  // so the condition exists
    leave();
    if ((cancelled || cancelled_) && was_notified) condition_.notify_next();
    return cancelled_;
}

ConditionWait::~ConditionWait() {
    if (stage_ == Stage::queued && lock_.waiters_.handed_to_current()) regain(true);
    leave();
}

}  // namespace detail
}  // namespace uasync

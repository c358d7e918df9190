#include <uasync/task/remote_task.hpp>

#if UASYNC_BOARD && UASYNC_LOOPS

#include <uasync/report.hpp>

namespace uasync::detail {

RemoteState::Posted::Posted(RemoteState& state) noexcept
    : Callback{[](void* self) { static_cast<RemoteState*>(self)->called(); }, &state} {
    set_dropped([](void* self) { static_cast<RemoteState*>(self)->dropped(); });
}

RemoteState::RemoteState(const Functions& functions, const char* name) noexcept
    : functions_{&functions},
      name_{name},
      posted_{*this},
      watch_{[](LoopCallback& node) noexcept { static_cast<Watch&>(node).owner->task_ended(); }} {
    watch_.owner = this;
}

RemoteState::~RemoteState() {
    if (error_ > Error::cancelled && error_ != Error::destroyed && !seen_)
        report(name_ != nullptr ? name_ : "run_coroutine_threadsafe", error_);
}

void RemoteState::add_user() noexcept {
    const CriticalSection section;
    ++users_;
}

void RemoteState::remove_user() noexcept {
    {
        const CriticalSection section;
        if (--users_ != 0) return;
    }
    functions_->destroy(*this);
}

bool RemoteState::done() const noexcept {
    const CriticalSection section;
    return done_;
}

/// Has the loop call `called`. Inside a critical section, so that the loop exists. False if that is to come already.
bool RemoteState::post() noexcept {
    if (!loop_->call_soon_threadsafe(posted_)) return false;
    ++users_;
    return true;
}

void RemoteState::start(TaskLoop& loop) noexcept {
    const CriticalSection section;
    loop_ = &loop;
    post();
}

bool RemoteState::cancel() noexcept {
    const CriticalSection section;
    if (loop_ == nullptr) return false;
    cancel_wanted_ = true;
    post();
    return true;
}

// In the task's loop -----------------------------------------------------------------------------------------------------------------

void RemoteState::called() noexcept {
    if (!begun_) begin();
    if (cancel_wanted_) watch_.cancel();
    remove_user();
}

/// The loop is closed, and does not call it any more.
void RemoteState::dropped() noexcept {
    if (!begun_) end(Error::destroyed);
    remove_user();
}

void RemoteState::begin() noexcept {
    begun_ = true;
    const TaskHandle task = functions_->create(*this);
    watch_.task = TaskAccess::state(task);
    if (!watch_.start()) {
        end(Error::no_memory);
        return;
    }
    add_handle(*watch_.task);
    add_user();
}

void RemoteState::task_ended() noexcept {
    watch_.fired();
    const Error error = watch_.error();
    TaskState& task = *std::exchange(watch_.task, nullptr);
    if (error == Error::none) functions_->take(*this, task);
    (void)remove_handle(task);  // who ends the task frees it
    end(error);
    remove_user();
}

void RemoteState::end(Error error) noexcept {
    const CriticalSection section;
    done_ = true;
    error_ = error;
    loop_ = nullptr;
    while (!waiters_.empty()) waiters_.hand_one();
}

// In the waiter's loop ---------------------------------------------------------------------------------------------------------------

RemoteState::EndAwaiter::~EndAwaiter() {
    if (!suspended_ || state_->waiters_.handed_to_current()) return;  // it has ended
    state_->cancel();
}

bool RemoteState::EndAwaiter::await_suspend(Frame frame) noexcept {
    const CriticalSection section;
    if (state_->done_) return false;
    suspended_ = true;
    state_->waiters_.suspend(frame, "a task of another loop");
    return true;
}

void RemoteState::EndAwaiter::await_resume() noexcept {
    if (suspended_) state_->waiters_.taken();
    suspended_ = false;
}

}  // namespace uasync::detail

#endif

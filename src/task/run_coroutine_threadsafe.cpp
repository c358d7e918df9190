#include <uasync/task/run_coroutine_threadsafe.hpp>

#if !UASYNC_BOARD

#include <uasync/report.hpp>
#include <uasync/task/call.hpp>

namespace uasync::detail {

RemoteState::RemoteState(const char* name) noexcept
    : watch_{[](LoopCallback& node) noexcept { static_cast<Watch&>(node).owner->task_ended(); }}, name_{name} {
    watch_.owner = this;
}

RemoteState::~RemoteState() {
    if (error_ <= Error::cancelled || seen_.load(std::memory_order_relaxed)) return;
    const char* name = name_ != nullptr ? name_ : "run_coroutine_threadsafe";
#if UASYNC_EXCEPTIONS
    if (error_ == Error::exception) {
        report(name, exception_);
        return;
    }
#endif
    report(name, error_);
}

bool RemoteState::done() const noexcept {
    const SharedSection section{lock_};
    return done_;
}

void RemoteState::begin() noexcept {
    const TaskHandle task = create(name_);
    watch_.task = TaskAccess::state(task);
    if (!watch_.start()) {
        (void)end(Error::no_memory);
        return;
    }
    ++watch_.task->handles;
    running_ = shared_from_this();
}

/// If this was the task's last handle, the loop frees the task when it has told all who wait for its end.
void RemoteState::task_ended() noexcept {
    watch_.fired();
    const Error error = watch_.error();
    TaskState& task = *std::exchange(watch_.task, nullptr);
    if (error == Error::none) {
        take(task);
#if UASYNC_EXCEPTIONS
    } else if (error == Error::exception) {
        // If nobody else can ask the task for the result, it is moved out: then only the handles' thread has it, and destroys it.
        PromiseBase& promise = PromiseBase::of(task.leaf);
        exception_ = has_one_handle(task) ? promise.take_exception() : promise.exception();
#endif
    }
    --task.handles;
    (void)end(error);
}

void RemoteState::let_go() noexcept {
    std::shared_ptr<RemoteState> keep;
#if UASYNC_THREADS
    const std::lock_guard lock{mutex_};
#endif
    let_go_ = true;
    if (loop_ == nullptr) keep = std::move(running_);
}

std::shared_ptr<RemoteState> RemoteState::end(Error error) noexcept {
    std::shared_ptr<RemoteState> keep;
#if UASYNC_THREADS
    const std::lock_guard lock{mutex_};
#endif
    if (let_go_) keep = std::move(running_);
    const SharedSection section{lock_};
    if (done_) return keep;
    done_ = true;
    error_ = error;
    loop_ = nullptr;
    while (!waiters_.empty()) waiters_.hand_one();
#if UASYNC_THREADS
    ended_.notify_all();
#endif
    return keep;
}

#if UASYNC_THREADS

namespace {

/// A function for the loop. If the loop drops it, it ends the state.
class Begin {
public:
    explicit Begin(std::shared_ptr<RemoteState> state) noexcept : state_{std::move(state)} {}
    Begin(const Begin&) = delete;
    Begin& operator=(const Begin&) = delete;
    ~Begin() {
        if (state_ != nullptr) (void)state_->end(Error::destroyed);
    }
    void operator()() noexcept { std::exchange(state_, nullptr)->begin(); }

private:
    std::shared_ptr<RemoteState> state_;
};

}  // namespace

void RemoteState::start(TaskLoop& loop) {
    loop_ = &loop;
    loop.call_soon_threadsafe([first = std::make_shared<Begin>(shared_from_this())] { (*first)(); });
}

bool RemoteState::cancel() noexcept {
    const std::lock_guard lock{mutex_};  // the loop cannot end before the task has
    if (loop_ == nullptr) return false;
    loop_->call_soon_threadsafe([state = shared_from_this()] { state->watch_.cancel(); });
    return true;
}

Error RemoteState::wait(std::optional<std::chrono::microseconds> limit) noexcept {
    std::unique_lock lock{mutex_};
    if (loop_ != nullptr && loop_->runs_here()) return Error::misuse;
    const auto is_done = [this] { return loop_ == nullptr; };
    if (!limit.has_value()) {
        ended_.wait(lock, is_done);
        return Error::none;
    }
    return ended_.wait_for(lock, *limit, is_done) ? Error::none : Error::timeout;
}

#else

void RemoteState::start(TaskLoop& loop) {
    loop_ = &loop;
    const CurrentLoop current{loop};
    begin();
}

bool RemoteState::cancel() noexcept { return !done_ && TaskLoop::cancel(*watch_.task, true); }

// NOLINTNEXTLINE(readability-make-member-function-const): with threads it is none
Error RemoteState::wait(std::optional<std::chrono::microseconds>) noexcept { return done_ ? Error::none : Error::unavailable; }

#endif

// Awaiting the result --------------------------------------------------------------------------------------------------------------

RemoteState::EndAwaiter::~EndAwaiter() {
    if (!suspended_) return;
    if (state_->waiters_.handed_to_current()) return;  // it has ended
    (void)state_->cancel();
}

bool RemoteState::EndAwaiter::await_suspend(Frame frame) noexcept {
    RemoteState& state = *state_;
    const SharedSection section{state.lock_};
    if (state.done_) return false;
    suspended_ = true;
    state.waiters_.suspend(frame, "a task of another loop");
    return true;
}

void RemoteState::EndAwaiter::await_resume() noexcept {
    if (suspended_) state_->waiters_.taken();
    suspended_ = false;
}

}  // namespace uasync::detail

#endif

#include <uasync/kernel/foreign.hpp>

#if !UASYNC_BOARD

#include <atomic>
#include <exception>

#include <uasync/kernel/task.hpp>
#include <uasync/task/call.hpp>

namespace uasync::detail {
namespace {

/// The coroutine that the other library resumes. It runs up to its end then, and frees itself.
// NOLINTBEGIN(readability-static-accessed-through-instance,readability-convert-member-functions-to-static): the compiler calls them so
struct Bridge {
    struct promise_type {
        Bridge get_return_object() noexcept { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        static std::suspend_never final_suspend() noexcept { return {}; }
        static void return_void() noexcept {}
        static void unhandled_exception() noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
};

Bridge bridge_to(std::shared_ptr<ForeignWait> wait) {
    wait->resumed();
    co_return;
}
// NOLINTEND(readability-static-accessed-through-instance,readability-convert-member-functions-to-static)

}  // namespace

struct ForeignWait::State : CancelHook {
    explicit State(ForeignWait& wait) noexcept
        : CancelHook{&functions_of_wait}, back{[](void* self) { static_cast<State*>(self)->go_on(); }, this}, owner{&wait} {}

    /// In the loop: the task goes on.
    void go_on() noexcept {
        const std::shared_ptr<ForeignWait> last = std::move(kept);
        if (task == nullptr) return;  // abandoned
        if (cancelled) {
            WaitLoop::wake_failing(*std::exchange(task, nullptr), Error::cancelled);
        } else {
            WaitLoop::wake(*std::exchange(task, nullptr));
        }
    }

    static const CancelHook::Functions functions_of_wait;

    Callback back;
    ForeignWait* owner;
    TaskState* task = nullptr;
    TaskLoop* loop = nullptr;
    bool cancelled = false;
    std::atomic<bool> abandoned{false};
    std::shared_ptr<ForeignWait> kept;  ///< from the resumption until the loop has seen it
};

constinit const CancelHook::Functions ForeignWait::State::functions_of_wait{
    [](CancelHook& hook) noexcept { static_cast<State&>(hook).cancelled = true; },
    [](CancelHook& hook, TaskState&) noexcept {
        static_cast<State&>(hook).task = nullptr;
        static_cast<State&>(hook).abandoned = true;  // its loop may be gone when the other library comes back
    }};

ForeignWait::ForeignWait() noexcept = default;
ForeignWait::~ForeignWait() = default;

std::coroutine_handle<> ForeignWait::begin(Frame waiter) {
    state_ = std::make_unique<State>(*this);
    const std::coroutine_handle<> bridge = bridge_to(shared_from_this()).handle;
    state_->loop = &current_loop();
    state_->task = &state_->loop->current();
    state_->loop->wait_for_others(*state_, waiter, "an awaitable of another library");
    return bridge;
}

void ForeignWait::take_back(std::coroutine_handle<> bridge) noexcept {
    std::exchange(state_->task, nullptr)->set_state(WaitState::ready);
    bridge.destroy();
}

void ForeignWait::resumed() noexcept {
    if (state_->abandoned) return;
    state_->kept = shared_from_this();
    state_->loop->call_soon_threadsafe(state_->back);
}

}  // namespace uasync::detail

#endif

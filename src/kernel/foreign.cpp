#include <uasync/kernel/foreign.hpp>

#if !UASYNC_BOARD

#include <exception>

#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/task/call.hpp>

namespace uasync::detail {
namespace {

/// The coroutine that the other library resumes. It then runs to its end and frees itself.
// NOLINTBEGIN(readability-static-accessed-through-instance,readability-convert-member-functions-to-static): the compiler calls
// them so
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

// A resumption posts a node to the task's loop. `loop` is null once the task no longer waits here, because it was unwound or its
// loop is closing. Resumptions check it, and post, under `lock`. So a closing loop either has the node and drops it, or never
// gets it.
struct ForeignWait::State : CancelHook {
    State() noexcept : CancelHook{&functions_of_wait}, resumption{*this} {}

#if UASYNC_THREADS
    struct Resumption : PostedCallback {
        explicit Resumption(State& s) noexcept
            : PostedCallback{[](LoopCallback& node) noexcept { static_cast<Resumption&>(node).state.go_on(); },
                             [](PostedCallback& node) noexcept { static_cast<Resumption&>(node).state.kept = nullptr; }},
              state{s} {}
        State& state;
    };
    void post() noexcept { loop->mailbox().post(resumption); }
    static void withdraw(TaskLoop&) noexcept {}  // the loop calls it, or drops it
#else
    struct Resumption : Callback {
        explicit Resumption(State& s) noexcept : Callback{[](void* state) { static_cast<State*>(state)->go_on(); }, &s} {}
    };
    void post() noexcept { loop->call_soon_threadsafe(resumption); }
    void withdraw(TaskLoop& left) noexcept {
        if (kept == nullptr) return;
        left.withdraw(resumption);
        kept = nullptr;
    }
#endif

    /// In the loop: the task continues.
    void go_on() noexcept {
        const std::shared_ptr<ForeignWait> last = std::move(kept);
        if (task == nullptr) return;  // it has been unwound
        if (cancelled) {
            WaitLoop::wake_failing(*std::exchange(task, nullptr), Error::cancelled);
        } else {
            WaitLoop::wake(*std::exchange(task, nullptr));
        }
    }
    /// In the loop's thread: the task is unwound. Its frame still keeps this alive.
    void abandon() noexcept {
        TaskLoop* left = nullptr;
        {
            const SharedSection section{lock};
            left = std::exchange(loop, nullptr);
        }
        task = nullptr;
        withdraw(*left);
    }

    static const CancelHook::Functions functions_of_wait;

    Resumption resumption;
    TaskState* task = nullptr;
    bool cancelled = false;
    SharedLock lock;
    TaskLoop* loop = nullptr;
    std::shared_ptr<ForeignWait> kept;  ///< set from the resumption until the loop has seen it
};

constinit const CancelHook::Functions ForeignWait::State::functions_of_wait{
    [](CancelHook& hook) noexcept { static_cast<State&>(hook).cancelled = true; },
    [](CancelHook& hook, TaskState&) noexcept { static_cast<State&>(hook).abandon(); }};

ForeignWait::ForeignWait() noexcept = default;
ForeignWait::~ForeignWait() = default;

std::coroutine_handle<> ForeignWait::begin(Frame waiter) {
    state_ = std::make_unique<State>();
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
    State& state = *state_;
    const SharedSection section{state.lock};
    if (state.loop == nullptr) return;
    state.kept = shared_from_this();
    state.post();
}

}  // namespace uasync::detail

#endif

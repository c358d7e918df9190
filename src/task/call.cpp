#include <uasync/task/call.hpp>

#if UASYNC_THREADS
#include <mutex>
#include <vector>
#endif

namespace uasync {

#if !UASYNC_THREADS

Callback::Callback(void (*called)(void*), void* argument) noexcept
    : step_{{call, [](detail::ForgedFrame*) {}}, this}, function_{called}, argument_{argument} {
    set_state(WaitState::callback);
    leaf = step_.handle();
#if UASYNC_NAMES
    name = "call_soon_threadsafe";
#endif
}

void Callback::call(detail::ForgedFrame* frame) noexcept {
    Callback& self = *static_cast<Step*>(frame)->self;
    {
        CriticalSection section;  // it may be posted again from here on
        self.set_state(WaitState::callback);
    }
    (void)detail::current_loop().leave_task();
    self.function_(self.argument_);
}

bool WaitLoop::call_soon_threadsafe(Callback& callback) noexcept {
    CriticalSection section;
    if (callback.state() == WaitState::ready) return false;
#if UASYNC_LOOPS
    callback.own_loop = static_cast<TaskLoop*>(this);
#endif
    post(callback);
    return true;
}

#if UASYNC_LOOPS
void WaitLoop::withdraw(Callback& callback) noexcept {
    CriticalSection section;
    if (callback.state() != WaitState::ready) return;
    take_inbox();
    take_out(callback);
    callback.set_state(WaitState::callback);
}

void WaitLoop::forget_callbacks() noexcept {
    for (WaitNode *node = ready_, *next = nullptr; node != nullptr; node = next) {
        next = node->next;
        auto& task = static_cast<TaskState&>(*node);
        if (task.state() != WaitState::ready) continue;
        const auto* frame = static_cast<const detail::ForgedFrame*>(task.leaf.address());
        if (frame->resume != Callback::call) continue;
        auto& callback = static_cast<Callback&>(task);
        callback.set_state(WaitState::callback);
        if (callback.dropped_ != nullptr) callback.dropped_(callback.argument_);
    }
}

TaskLoop::TaskLoop() noexcept { detail::Loops::add(*this); }
TaskLoop::~TaskLoop() {
    drop_ready();
    detail::Loops::remove(*this);
}
#endif

#else

Callback::Callback(void (*called)(void*), void* argument) noexcept
    : PostedCallback{
          [](LoopCallback& node) noexcept {
              auto& self = static_cast<Callback&>(node);
              // It may be posted again from here on. The function sees everything that was done before an earlier call.
              self.pending().exchange(nullptr, std::memory_order_acq_rel);
              self.function_(self.argument_);
          },
          [](PostedCallback& node) noexcept { static_cast<Callback&>(node).pending().store(nullptr, std::memory_order_relaxed); }},
      function_{called},
      argument_{argument} {}

bool WaitLoop::call_soon_threadsafe(Callback& callback) noexcept {
    if (callback.pending().exchange(&callback, std::memory_order_acq_rel) != nullptr) return false;
    mailbox_.post(callback);
    return true;
}

/// Functions from other threads, in the order in which they came.
struct detail::ThreadCalls {
    std::mutex mutex;
    std::vector<std::function<void()>> functions;
    bool dropped = false;
    Callback callback{[](void* self) { static_cast<ThreadCalls*>(self)->call(); }, this};

    std::vector<std::function<void()>> take(bool for_good) {
        std::vector<std::function<void()>> now;
        const std::lock_guard lock{mutex};
        now.swap(functions);
        if (for_good) dropped = true;
        return now;
    }
    void call() {
        for (auto& function : take(false)) function();
    }
};

void WaitLoop::call_soon_threadsafe(std::function<void()> function) {
    detail::ThreadCalls* calls = calls_.load(std::memory_order_acquire);
    if (calls == nullptr) {
        auto* made = new detail::ThreadCalls;
        if (calls_.compare_exchange_strong(calls, made, std::memory_order_acq_rel)) {
            calls = made;
        } else {
            delete made;  // another thread came first
        }
    }
    {
        const std::lock_guard lock{calls->mutex};
        if (calls->dropped) return;
        calls->functions.push_back(std::move(function));
        // Inside the lock: otherwise the loop might be gone.
        call_soon_threadsafe(calls->callback);
    }
}

/// Drops the functions that other threads have passed and nobody has called, and those that they pass from now on.
void TaskLoop::drop_calls() noexcept {
    if (detail::ThreadCalls* calls = calls_.load(std::memory_order_acquire)) (void)calls->take(true);
}

namespace {
Mailbox& new_mailbox() noexcept {
    Mailbox* mailbox = Mailbox::acquire();
    if (mailbox == nullptr) port::fatal("no memory for a loop");
    return *mailbox;
}
}  // namespace

TaskLoop::TaskLoop() noexcept : WaitLoop{new_mailbox()} { detail::Loops::add(*this); }
TaskLoop::~TaskLoop() {
    drop_calls();
    drop_ready();
    detail::Loops::remove(*this);
    mailbox_.release();
    delete calls_.load(std::memory_order_relaxed);
}

#endif

}  // namespace uasync

#include <uasync/task/call.hpp>

#if UASYNC_THREADS
#include <mutex>
#include <vector>
#endif

namespace uasync {

Callback::Callback(void (*called)(void*), void* argument) noexcept
    : step_{{[](detail::ForgedFrame* frame) {
                 Callback& self = *static_cast<Step*>(frame)->self;
                 {
                     CriticalSection section;  // from here on it may be called for again
                     self.set_state(WaitState::callback);
                 }
                 detail::current_loop().leave_task();
                 self.function_(self.argument_);
             },
             [](detail::ForgedFrame*) {}},
            this},
      function_{called},
      argument_{argument} {
    set_state(WaitState::callback);
    leaf = step_.handle();
#if UASYNC_NAMES
    name = "call_soon_threadsafe";
#endif
}

/// Has the loop call `callback` soon. False if that was to come already. Any context.
bool Loop::call_soon_threadsafe(Callback& callback) noexcept {
    CriticalSection section;
    if (callback.state() == WaitState::ready) return false;
#if UASYNC_LOOPS
    callback.own_loop = this;
#endif
    post(callback);
    return true;
}

#if UASYNC_THREADS

/// Functions from other threads, in the order in which they came.
struct detail::ThreadCalls {
    std::mutex mutex;
    std::vector<std::function<void()>> functions;
    Callback callback{[](void* self) { static_cast<ThreadCalls*>(self)->call(); }, this};

    void call() {
        std::vector<std::function<void()>> now;
        {
            const std::lock_guard lock{mutex};
            now.swap(functions);
        }
        for (auto& function : now) function();
    }
};

Loop::Loop() noexcept { detail::Loops::add(*this); }
Loop::~Loop() { detail::Loops::remove(*this); }

/// The same for any function (hosts). The loop must not have ended.
void Loop::call_soon_threadsafe(std::function<void()> function) {
    detail::ThreadCalls* calls = nullptr;
    {
        CriticalSection section;
        if (calls_ == nullptr) calls_ = std::make_unique<detail::ThreadCalls>();
        calls = calls_.get();
    }
    {
        const std::lock_guard lock{calls->mutex};
        calls->functions.push_back(std::move(function));
    }
    call_soon_threadsafe(calls->callback);
}

#elif UASYNC_LOOPS

Loop::Loop() noexcept { detail::Loops::add(*this); }
Loop::~Loop() { detail::Loops::remove(*this); }

#endif

}  // namespace uasync

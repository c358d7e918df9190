#include <algorithm>

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/loop_timer.hpp>

namespace uasync {

void LoopTimer::start(Time deadline) noexcept {
    TaskLoop& here = detail::required_loop();
    // A function that the loop calls starts the timer, perhaps one of those that are due now. The timer is not to be among them.
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
    WaitLoop::of(*this).timers_.remove(*this);
}

}  // namespace uasync

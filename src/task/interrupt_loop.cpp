#include <uasync/task/interrupt_loop.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

#include <utility>

namespace uasync {

InterruptLoop::InterruptLoop(unsigned priority) noexcept {
    mode_ = Mode::running;  // for good: from outside, only the interrupt may touch its tasks
    idle_.store(true, std::memory_order_relaxed);
    const char* problem = port::take_line(*this, priority, &InterruptLoop::run_in_interrupt);
    if (problem != nullptr) port::fatal(problem);
    context_ = port::context_of_line(*this);
    signal();
}

InterruptLoop::~InterruptLoop() {
    port::give_line(*this);
    TaskLoop* const earlier = std::exchange(detail::this_loop(), static_cast<TaskLoop*>(this));
    begin_run();
    drop_ready();
    destroy_all(Error::destroyed);
    stop_timers();
    detail::this_loop() = earlier;
}

}  // namespace uasync

#endif

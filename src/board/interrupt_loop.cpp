#include <uasync/board/interrupt_loop.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

#include <utility>

namespace uasync {

InterruptLoop::InterruptLoop(unsigned priority) noexcept {
    mode_ = Mode::running;  // for good: from outside, only the interrupt may touch its tasks
    idle_.store(true, std::memory_order_relaxed);
    const char* problem =
        port::take_line(*this, priority, [](PortLoop& loop) noexcept { static_cast<InterruptLoop&>(loop).interrupt(); });
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

void InterruptLoop::interrupt() noexcept {
    TaskLoop* const earlier = std::exchange(detail::this_loop(), static_cast<TaskLoop*>(this));
    idle_.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // only from here on does the ready queue belong to the loop
    run_until_idle();
    std::atomic_signal_fence(std::memory_order_seq_cst);
    idle_.store(true, std::memory_order_relaxed);  // what was posted before this has raised the line once more
    port::check_stack();
    detail::this_loop() = earlier;
}

}  // namespace uasync

#endif

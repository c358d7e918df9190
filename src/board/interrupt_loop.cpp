#include <uasync/board/interrupt_loop.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

#include <utility>

namespace uasync {

InterruptLoop::InterruptLoop(unsigned priority) noexcept {
    mode_ = Mode::running;  // for good: from outside, only the interrupt may touch its tasks
    context_ = nobody;
    const char* problem =
        port::take_line(*this, priority, [](PortLoop& loop) noexcept { static_cast<InterruptLoop&>(loop).interrupt(); });
    if (problem != nullptr) port::fatal(problem);
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
    begin_run();
    run_until_idle();
    detail::this_loop() = earlier;
}

}  // namespace uasync

#endif

// A timer of each thread that watches for long steps, and its signal.

#include <cerrno>
#include <csignal>
#include <ctime>

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <uasync/kernel/port.hpp>

namespace uasync {
namespace {

struct StepTimer {
    timer_t timer{};
    bool is_made = false;
    StepTimer() noexcept = default;
    StepTimer(const StepTimer&) = delete;
    StepTimer& operator=(const StepTimer&) = delete;
    ~StepTimer() {
        if (is_made) timer_delete(timer);
    }
};
thread_local StepTimer own;

const void* address_in(const void* context) noexcept {
    const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
    return reinterpret_cast<const void*>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return reinterpret_cast<const void*>(machine.pc);
#else
    return &machine;  // somewhere: null would mean that the step has ended
#endif
}

void on_signal(int, siginfo_t*, void* context) {
    const int before = errno;
    detail::step_timer_fired(address_in(context));
    errno = before;
}

/// The signal comes to the thread that makes the timer.
void make() noexcept {
    struct sigaction action{};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGRTMIN, &action, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN;
    event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
    if (timer_create(CLOCK_MONOTONIC, &event, &own.timer) != 0) port::fatal("report_long_steps: there is no timer");
    own.is_made = true;
}

}  // namespace

namespace port {

void set_step_timer(Time us) noexcept {
    if (us == 0 && !own.is_made) return;
    if (!own.is_made) make();
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(us / 1'000'000U);
    when.it_value.tv_nsec = static_cast<long>(us % 1'000'000U) * 1000;
    if (timer_settime(own.timer, 0, &when, nullptr) == 0) return;
    make();  // a child process has not inherited the timer
    timer_settime(own.timer, 0, &when, nullptr);
}

// Not stdio, which the step may be in the middle of.
void write_in_step_timer(const char* text, std::size_t size) noexcept { (void)!::write(STDERR_FILENO, text, size); }

}  // namespace port
}  // namespace uasync

#include <uasync/task/timeout.hpp>

namespace uasync {

Timeout::Timer::Timer(Timeout& limit) noexcept
    : LoopCallback{[](LoopCallback& timer) noexcept {
          auto& self = static_cast<Timer&>(timer);
          self.running = false;
          self.owner.expired_ = true;
          self.owner.scope_->expired = true;
          running_loop().cancel(*self.owner.task_, false);
      }},
      owner{limit} {}

bool Timeout::enter(detail::Scope& scope) noexcept {
    if (scope_ != nullptr) return false;
    scope_ = &scope;
    task_ = &running_loop().current();
    task_->cancel_requested = 0;
    start();
    return true;
}

void Timeout::leave(const detail::Scope& scope) noexcept {
    if (scope_ != &scope) return;  // it never entered
    stop();
    scope_ = nullptr;
}

std::optional<Clock::time_point> Timeout::when() const noexcept {
    if (deadline_ >= never) return std::nullopt;
    return Clock::time_point{Clock::duration{static_cast<Clock::rep>(deadline_)}};
}

void Timeout::reschedule(Clock::time_point when) noexcept {
    if (expired_) return;
    stop();
    deadline_ = detail::deadline_at(when.time_since_epoch().count());
    if (scope_ != nullptr) start();
}

void Timeout::reschedule(std::nullopt_t) noexcept {
    if (expired_) return;
    stop();
    deadline_ = never;
}

void Timeout::start() noexcept {
    if (deadline_ >= never) return;
    timer_.running = true;
    running_loop().start_timer(timer_, deadline_);
}

void Timeout::stop() noexcept {
    if (timer_.running) running_loop().stop_timer(timer_);
    timer_.running = false;
}

}  // namespace uasync

#include <uasync/task/timeout.hpp>

namespace uasync {

Timeout::Limit::Limit(Timeout& limit) noexcept
    : LoopTimer{[](LoopCallback& timer) noexcept {
          auto& self = static_cast<Limit&>(timer);
          self.owner.expired_ = true;
          detail::strike(*self.owner.scope_, *self.owner.task_);
      }},
      owner{limit} {}

bool Timeout::enter(detail::Scope& scope) noexcept {
    if (scope_ != nullptr) return false;
    scope_ = &scope;
    task_ = &detail::current_loop().current();
    task_->cancel_requested = 0;
    start();
    return true;
}

void Timeout::leave(const detail::Scope& scope) noexcept {
    if (scope_ != &scope) return;  // it was never entered
    timer_.stop();
    scope_ = nullptr;
}

std::optional<Clock::time_point> Timeout::when() const noexcept {
    if (deadline_ >= never) return std::nullopt;
    return Clock::time_point{Clock::duration{static_cast<Clock::rep>(deadline_)}};
}

void Timeout::reschedule_at(Time deadline) noexcept {
    if (expired_) return;
    timer_.stop();
    deadline_ = deadline;
    if (scope_ != nullptr) start();
}

void Timeout::reschedule(std::nullopt_t) noexcept { reschedule_at(never); }

void Timeout::start() noexcept {
    if (deadline_ >= never) return;
    timer_.start(deadline_);
}

}  // namespace uasync

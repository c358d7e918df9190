#include <uasync/time/delay.hpp>

namespace uasync {

void Delay::start(std::int64_t us) noexcept {
    LoopTimer::stop();
    fired_ = false;
    LoopTimer::start(detail::deadline_in(us));
    // A deadline of now makes the alarm signal, and the loop looks at it before the next step.
}

void Delay::expire(LoopCallback& timer) noexcept {
    auto& self = static_cast<Delay&>(timer);
    self.fired_ = true;
    self.waiters_.wake_all();
    if (self.call_ != nullptr) self.call_(self);
}

}  // namespace uasync

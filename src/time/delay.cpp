#include <uasync/time/delay.hpp>

namespace uasync {

void Delay::start(std::int64_t us) noexcept {
    halt();
    fired_ = false;
    loop_ = &running_loop();
    const Time now = port::now();
    const auto duration = static_cast<Time>(us < 0 ? 0 : us);
    loop_->start_timer(*this, duration < never - now ? now + duration : never - 1);
    // A deadline of now signals from the alarm; the loop looks at it before the next step.
}

void Delay::halt() noexcept {
    if (running()) loop_->stop_timer(*this);
    loop_ = nullptr;
}

void Delay::expire(LoopCallback& timer) noexcept {
    auto& self = static_cast<Delay&>(timer);
    self.loop_ = nullptr;
    self.fired_ = true;
    while (WaitNode* node = self.waiters_.pop_front()) running_loop().wake(*node);
    if (self.call_ != nullptr) self.call_(self);
}

}  // namespace uasync

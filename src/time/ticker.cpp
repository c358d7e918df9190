#include <uasync/time/ticker.hpp>

#include <limits>

#include <uasync/time/divide.hpp>

namespace uasync {

// A waiting task is in the ticker's list, and its own timer takes it out. So a ticker that is destroyed finds the task, and a
// task that is cancelled takes its timer with it. From the wake-up to its turn, `task.list` shows that the task still needs the
// ticker (WaitQueue).

Ticker::TickAwaiter::~TickAwaiter() {
    stop();
    if (task_ != nullptr && ticker_->waiters_.handed_to_current()) ticker_->waiters_.taken();
}

void Ticker::TickAwaiter::await_suspend(Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    const Time now = port::now();
    task_ = &loop.current();
    if (ticker_->next_ == 0) ticker_->next_ = now + ticker_->period_;
    if (ticker_->next_ <= now) {
        loop.yield(self);
        task_->list = &ticker_->waiters_;
        return;
    }
    ticker_->waiters_.suspend(self, "Ticker::tick");
    start(ticker_->next_);
}

void Ticker::TickAwaiter::fire_tick(LoopCallback& timer) noexcept {
    auto& self = static_cast<TickAwaiter&>(timer);
    if (self.task_->state() != WaitState::waiting) return;  // cancelled, or the ticker is gone
    if (port::now() < self.ticker_->next_) {                // the ticker was reset
        self.start(self.ticker_->next_);
        return;
    }
    self.ticker_->waiters_.remove(*self.task_);
    WaitLoop::hand_to(*self.task_);
}

std::uint32_t Ticker::TickAwaiter::await_resume() noexcept {
    Ticker& ticker = *ticker_;
    ticker.waiters_.taken();
    task_ = nullptr;
    const Time now = port::now();
    if (now < ticker.next_) return 0;  // another task that waited for the same tick has counted it
    detail::Division late{0, now - ticker.next_};
    if (late.rest >= ticker.period_) late = detail::divide(late.rest, ticker.period_);
    ticker.next_ = now - late.rest + ticker.period_;
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    return late.quotient < most ? static_cast<std::uint32_t>(late.quotient) : most;
}

}  // namespace uasync

#include <uasync/time/ticker.hpp>

#include <limits>

#include <uasync/time/divide.hpp>

namespace uasync {

// A task that waits is in the ticker's list, and its own timer takes it out; so a ticker that is destroyed finds it there, and a task that
// is cancelled takes its timer along. From the wake-up to its turn, `task.list` says that it still needs the ticker (Waiters).

Ticker::TickAwaiter::~TickAwaiter() {
    if (timing_) running_loop().stop_timer(*this);
    if (task_ != nullptr && ticker_->waiters_.handed_to_current()) ticker_->waiters_.taken();
}

void Ticker::TickAwaiter::await_suspend(std::coroutine_handle<> self) noexcept {
    Loop& loop = running_loop();
    const Time now = port::now();
    task_ = &loop.current();
    if (ticker_->next_ == 0) ticker_->next_ = now + ticker_->period_;
    if (ticker_->next_ <= now) {
        loop.yield(self);
        task_->list = &ticker_->waiters_;
        return;
    }
    loop.wait_in(ticker_->waiters_, self, "Ticker::tick");
    timing_ = true;
    loop.start_timer(*this, ticker_->next_ < never ? ticker_->next_ : never - 1);
}

void Ticker::TickAwaiter::fire_tick(LoopCallback& timer) noexcept {
    auto& self = static_cast<TickAwaiter&>(timer);
    self.timing_ = false;
    if (self.task_->state() != WaitState::waiting) return;  // cancelled, or the ticker is gone
    Loop& loop = running_loop();
    if (port::now() < self.ticker_->next_) {  // it was reset
        self.timing_ = true;
        loop.start_timer(self, self.ticker_->next_ < never ? self.ticker_->next_ : never - 1);
        return;
    }
    self.ticker_->waiters_.remove(*self.task_);
    loop.hand_to(*self.task_);
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

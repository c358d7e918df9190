#include <uasync/device/pushbutton.hpp>

namespace uasync {

void Pushbutton::NextAwaiter::await_suspend(Frame self) noexcept {
    if (button_->started()) {
        Events::GetAwaiter::await_suspend(self);
    } else {
        detail::current_loop().fail(self, Error::misuse);
    }
}

/// A deadline that came while the contact bounced is looked at only now, because the edge may have come before it.
void Pushbutton::settled(Contact& contact, bool changed, Time edge) noexcept {
    auto& self = static_cast<Pushbutton&>(contact);
    if (self.overdue_ && (!changed || self.deadline_ <= edge)) self.time_is_up();
    self.overdue_ = false;
    if (!changed) return;
    if (self.pressed()) {
        self.went_down(edge);
    } else {
        self.went_up(edge);
    }
}

void Pushbutton::went_down(Time edge) noexcept {
    LoopTimer::stop();
    tell(ButtonEvent::press);
    if (state_ == State::clicked) {
        tell(ButtonEvent::double_click);
        state_ = State::down_again;
    } else {
        limit(State::down, edge, long_us_);
    }
}

void Pushbutton::went_up(Time edge) noexcept {
    LoopTimer::stop();
    tell(ButtonEvent::release);
    if (state_ != State::down) {
        state_ = State::up;
        return;
    }
    const bool may_be_double = double_us_ > 0;
    if (!suppress_ || !may_be_double) tell(ButtonEvent::click);
    if (may_be_double) {
        limit(State::clicked, edge, double_us_);
    } else {
        state_ = State::up;
    }
}

void Pushbutton::time_is_up() noexcept {
    if (state_ == State::down) {
        state_ = State::held;
        tell(ButtonEvent::long_press);
    } else if (state_ == State::clicked) {
        state_ = State::up;
        if (suppress_) tell(ButtonEvent::click);
    }
}

void Pushbutton::expired(LoopCallback& timer) noexcept {
    auto& self = static_cast<Pushbutton&>(timer);
    if (self.bouncing()) {
        self.overdue_ = true;
    } else {
        self.time_is_up();
    }
}

/// Goes into a state that lasts for a limited time from an edge; 0: without a limit.
void Pushbutton::limit(State state, Time edge, std::int64_t us) noexcept {
    state_ = state;
    if (us <= 0) return;
    deadline_ = edge + static_cast<Time>(us);
    LoopTimer::start(deadline_);
}

void Pushbutton::tell(ButtonEvent event) noexcept {
    if (!events_.put_nowait(event)) ++dropped_;
    waiters_[static_cast<unsigned>(event)].wake_all();
}

}  // namespace uasync

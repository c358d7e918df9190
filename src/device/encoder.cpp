#include <uasync/device/encoder.hpp>

#include <algorithm>

#include <uasync/board/level_awaiter.hpp>

namespace uasync {

Encoder::Encoder(Pin a, Pin b, EncoderOptions options) noexcept : options_{options}, position_{within(0)}, pins_{a, b} {}

void Encoder::start() noexcept {
    if (started()) return;
    stop();
    quarter_ = static_cast<std::uint8_t>(quarter());
    steps_ = 0;
    tasks_[0] = create_task(watch(*this, 0), "Encoder A");
    tasks_[1] = create_task(watch(*this, 1), "Encoder B");
    if (!started()) stop();
}

void Encoder::stop() noexcept {
    for (TaskHandle& task : tasks_) {
        task.cancel();
        task = TaskHandle{};
    }
}

Coro<> Encoder::watch(Encoder& encoder, unsigned which) {
    while (true) {
        encoder.look();
        co_await detail::LevelAwaiter{encoder.pins_[which], encoder.levels_[which]};
    }
}

/// Reads both levels. @return 0 to 3, one more for each quarter step forwards
unsigned Encoder::quarter() noexcept {
    const bool a = levels_[0] = pins_[0].value() != 0;
    const bool b = levels_[1] = pins_[1].value() != 0;
    return (b ? 2U : 0U) | (a != b ? 1U : 0U);
}

void Encoder::look() noexcept {
    const unsigned now = quarter();
    const unsigned turned = (now - quarter_) & 3U;
    if (turned == 0) return;
    quarter_ = static_cast<std::uint8_t>(now);
    int step = 2 * direction_;
    if (turned == 2) {
        ++missed_;
    } else {
        step = turned == 1 ? 1 : -1;
        direction_ = static_cast<std::int8_t>(step);
    }
    steps_ = static_cast<std::int8_t>(steps_ + step);
    if (steps_ % options_.steps_per_detent != 0) return;
    turn(steps_ / options_.steps_per_detent);
    steps_ = 0;
}

void Encoder::turn(int detents) noexcept {
    const std::int32_t before = position_;
    position_ = within(std::int64_t{before} + detents);
    if (position_ != before) changed_.put(position_);
}

std::int32_t Encoder::within(std::int64_t position) const noexcept {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(position, options_.min, options_.max));
}

void Encoder::ChangeAwaiter::await_suspend(Frame self) noexcept {
    if (encoder_->started()) {
        Latest<std::int32_t>::GetAwaiter::await_suspend(self);
    } else {
        detail::current_loop().fail(self, Error::misuse);
    }
}

}  // namespace uasync

#include <uasync/device/servo.hpp>

#include <algorithm>

#include <uasync/device/ramp.hpp>
#include <uasync/kernel/port.hpp>

namespace uasync {

Servo::Servo(unsigned pin, ServoOptions options) noexcept
    : pwm_{pin, {.freq = options.freq}},
      pulse_at_0_{static_cast<std::int16_t>(options.pulse_at_0.count())},
      pulse_at_end_{static_cast<std::int16_t>(options.pulse_at_end.count())},
      range_{static_cast<std::int16_t>(options.range)},
      min_degrees_{static_cast<std::int16_t>(options.min_degrees)},
      max_degrees_{static_cast<std::int16_t>(options.max_degrees)} {
    if (options.freq < 16 || options.freq > 400) port::fatal("a servo's freq is 16 to 400 hertz");
    const auto fits = [period = 1'000'000 / static_cast<std::int64_t>(options.freq)](auto pulse) {
        return pulse.count() > 0 && pulse.count() < std::min<std::int64_t>(period, 32'768);
    };
    if (!fits(options.pulse_at_0) || !fits(options.pulse_at_end)) port::fatal("a servo's pulses are above zero and below a period");
    if (options.range < 1 || options.range > 3600) port::fatal("a servo's range is 1 to 3600 degrees");
    if (options.min_degrees < 0 || options.min_degrees > options.max_degrees || options.max_degrees > options.range) {
        port::fatal("a servo's min_degrees <= max_degrees are from 0 to its range");
    }
}

/// The pulse, in microseconds, for an angle.
std::int32_t Servo::pulse_for(int angle) const noexcept {
    const std::int32_t within = std::clamp<int>(angle, min_degrees_, max_degrees_);
    const std::int32_t product = within * (pulse_at_end_ - pulse_at_0_);
    return pulse_at_0_ + (product + (product < 0 ? -range_ : range_) / 2) / range_;
}

void Servo::pulse(std::int32_t us) noexcept {
    pulse_us_ = static_cast<std::int16_t>(us);
    is_released_ = false;
    pwm_.duty_ns(static_cast<std::uint32_t>(us) * 1000U);
}

void Servo::degrees(int angle) noexcept { pulse(pulse_for(angle)); }

int Servo::degrees() const noexcept {
    if (pulse_us_ == 0) return (min_degrees_ + max_degrees_) / 2;
    const std::int32_t width = pulse_at_end_ - pulse_at_0_;
    if (width == 0) return min_degrees_;
    const std::int32_t product = (pulse_us_ - pulse_at_0_) * range_;  // of the same sign as the width
    return (product + width / 2) / width;
}

void Servo::release() noexcept {
    is_released_ = true;
    pwm_.duty_u16(0);
}

Coro<> Servo::move(int angle, std::chrono::microseconds duration) {
    const std::int32_t to = pulse_for(angle);
    if (pulse_us_ == 0) pulse(to);
    const std::int32_t from = pulse_us_;
    detail::Ramp ramp{duration, std::chrono::milliseconds{20}};
    while (ramp.next()) {
        co_await ramp.due();
        pulse(ramp.between(from, to));
    }
}

}  // namespace uasync

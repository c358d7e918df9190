#include <uasync/board/pwm.hpp>

#include <algorithm>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace detail {
namespace {

/// Those that wait for the end of a period, oldest first. Changed in critical sections, as both cores may have tasks in it: the modulators have
/// one interrupt line, so there is one list, and the core that is faster serves all of it.
constinit PwmAwaiter* waiting_for_pulses = nullptr;

}  // namespace

void PwmAwaiter::await_suspend(Frame self) noexcept {
    loop_ = &current_loop();
    const CriticalSection section;
    bool is_armed = false;
    PwmAwaiter** end = &waiting_for_pulses;
    for (; *end != nullptr; end = &(*end)->next_) is_armed = is_armed || (*end)->slice_ == slice_;
    *end = this;
    listed_ = true;
    loop_->wait_in_shared(waiter_, self, "Pwm::wait_for_wrap");
    if (!is_armed) port::pwm_arm(slice_);
}

void PwmAwaiter::leave() noexcept {
    const CriticalSection section;
    if (!listed_) return;  // the interrupt was faster
    bool is_needed = false;
    for (PwmAwaiter** link = &waiting_for_pulses; *link != nullptr;) {
        if (*link == this) {
            *link = next_;
            continue;
        }
        is_needed = is_needed || (*link)->slice_ == slice_;
        link = &(*link)->next_;
    }
    if (!is_needed) port::pwm_disarm(slice_);
}

void pwm_interrupt() noexcept {
    const CriticalSection section;
    const std::uint32_t ended = port::pwm_take();
    for (PwmAwaiter** link = &waiting_for_pulses; PwmAwaiter* awaiter = *link;) {
        if ((ended >> awaiter->slice_ & 1U) == 0) {
            link = &awaiter->next_;
            continue;
        }
        *link = awaiter->next_;
        awaiter->listed_ = false;
        WaitNode* const task = awaiter->waiter_.front();
        if (task == nullptr) continue;  // cancelled, but its task has not had its turn
        awaiter->waiter_ = WaitList{};
        awaiter->loop_->post(*task);
    }
}

}  // namespace detail

namespace {

constexpr std::uint32_t full = 65535;

/// The smallest divider with which the steps fit, so that there are many of them; one less than the counter has, so that a level of all of them
/// is one too.
port::PwmCount count_for(std::uint32_t hertz, bool phase_correct) noexcept {
    const std::uint32_t clock_16 = port::pwm_clock_hz() * (phase_correct ? 8U : 16U);
    hertz = std::max<std::uint32_t>(hertz, 1);
    const std::uint32_t ticks_16 = clock_16 / hertz;
    const std::uint32_t divider = std::clamp<std::uint32_t>((ticks_16 + full - 1) / full, 16, 4095);
    const std::uint32_t steps = std::clamp<std::uint32_t>((ticks_16 + divider / 2) / divider, 2, full);
    return {divider, steps, phase_correct};
}

}  // namespace

Pwm::Pwm(unsigned pin, Options options) noexcept : pin_{static_cast<std::uint8_t>(pin)} {
    count_ = count_for(options.freq, options.phase_correct);
    port::pwm_count(pin_, count_);
    duty_u16(options.duty_u16);
    port::pwm_open(pin_, options.invert);
}

Pwm::~Pwm() { port::pwm_close(pin_); }

void Pwm::freq(std::uint32_t hertz) noexcept {
    count_ = count_for(hertz, count_.phase_correct);
    port::pwm_count(pin_, count_);
    apply();
}

std::uint32_t Pwm::freq() const noexcept {
    const std::uint32_t clock_16 = port::pwm_clock_hz() * (count_.phase_correct ? 8U : 16U);
    const std::uint32_t ticks_16 = count_.divider_16 * count_.steps;
    return (clock_16 + ticks_16 / 2) / ticks_16;
}

void Pwm::duty_u16(std::uint16_t share) noexcept {
    duty_ = share;
    is_time_ = false;
    apply();
}

void Pwm::duty_ns(std::uint32_t nanoseconds) noexcept {
    duty_ = nanoseconds;
    is_time_ = true;
    apply();
}

std::uint16_t Pwm::duty_u16() const noexcept {
    if (!is_time_) return static_cast<std::uint16_t>(duty_);
    return static_cast<std::uint16_t>((level_ * full + count_.steps / 2) / count_.steps);
}

void Pwm::apply() noexcept {
    if (is_time_) {
        // The clock is a whole number of MHz, so this is exact to a step; the hours that a larger product would take are no pulse.
        const std::uint32_t mhz = port::pwm_clock_hz() / 1'000'000;
        const std::uint32_t ticks = duty_ / 1000 * mhz + duty_ % 1000 * mhz / 1000;
        const std::uint32_t per_step = count_.phase_correct ? count_.divider_16 * 2 : count_.divider_16;
        // In this order, as 16 times the ticks of a long pulse would not fit.
        const std::uint32_t whole = ticks / per_step, rest = ticks % per_step;
        level_ = std::min(whole * 16 + (rest * 16 + per_step / 2) / per_step, count_.steps);
    } else {
        level_ = (duty_ * count_.steps + full / 2) / full;
    }
    port::pwm_level(pin_, level_);
}

Coro<> Pwm::ramp_to_u16(std::uint16_t share, std::chrono::microseconds duration) {
    const Time begin = port::now();
    const std::int32_t from = duty_u16();
    constexpr std::int32_t step_us = 5000;
    // At most 2^15 steps, so that the products below fit: longer ramps have longer steps.
    const std::int64_t total = std::max<std::int64_t>(duration.count(), 0);
    const auto steps = static_cast<std::int32_t>(std::min<std::int64_t>(total / step_us, 32'767));
    for (std::int32_t step = 1; step < steps; ++step) {
        const auto at = static_cast<Time>(total / steps * step);
        const Time now = port::now();
        co_await sleep(std::chrono::microseconds{static_cast<std::int64_t>(begin + at > now ? begin + at - now : 0)});
        duty_u16(static_cast<std::uint16_t>(from + (share - from) * step / steps));
    }
    const Time now = port::now(), end = begin + static_cast<Time>(total);
    co_await sleep(std::chrono::microseconds{static_cast<std::int64_t>(end > now ? end - now : 0)});
    duty_u16(share);
}

}  // namespace uasync

#include <uasync/device/buzzer.hpp>

#include <algorithm>

#include <uasync/time/sleep.hpp>

namespace uasync {

/// In a coroutine's frame, so that a cancelled one leaves no sound.
struct Buzzer::SilentAtEnd {
    explicit SilentAtEnd(Buzzer& sounding) noexcept : buzzer{&sounding} {}
    SilentAtEnd(const SilentAtEnd&) = delete;
    SilentAtEnd& operator=(const SilentAtEnd&) = delete;
    ~SilentAtEnd() { buzzer->off(); }
    Buzzer* buzzer;
};

Buzzer::Buzzer(unsigned pin) noexcept : pwm_{pin, {.freq = 440}} {}

void Buzzer::on(std::uint32_t hertz) noexcept {
    if (hertz == 0) return off();
    pwm_.freq(hertz);
    pwm_.duty_u16(32768);
}

Coro<> Buzzer::tone(std::uint32_t hertz, std::chrono::microseconds duration) {
    const SilentAtEnd silent_at_end{*this};
    on(hertz);
    co_await detail::SleepAwaiter{std::max<std::int64_t>(duration.count(), 0)};
}

Coro<> Buzzer::play(Melody melody, unsigned beats_per_minute) {
    const SilentAtEnd silent_at_end{*this};
    const std::int64_t tick_us = 15'000'000U / std::clamp(beats_per_minute, 1U, 10'000U);
    std::int64_t end = detail::to_us(Clock::now().time_since_epoch());
    detail::NoteReader notes{melody.text()};
    for (detail::Note note = notes.next(); !note.text.empty(); note = notes.next()) {
        const std::int64_t length = tick_us * note.ticks;
        end += length;
        on(note.hertz);
        co_await detail::SleepUntilAwaiter{end - std::min<std::int64_t>(length / 2, 10'000)};
        off();
        co_await detail::SleepUntilAwaiter{end};
    }
}

}  // namespace uasync

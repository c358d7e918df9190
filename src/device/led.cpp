#include <uasync/device/led.hpp>

#include <algorithm>

#include <uasync/device/ramp.hpp>

namespace uasync {

/// In a coroutine's frame, so that a cancelled one leaves no light.
struct Led::OffAtEnd {
    explicit OffAtEnd(Led& light) noexcept : led{&light} {}
    OffAtEnd(const OffAtEnd&) = delete;
    OffAtEnd& operator=(const OffAtEnd&) = delete;
    ~OffAtEnd() { led->off(); }
    Led* led;
};

Led::Led(unsigned pin, LedOptions options) noexcept : light_{pin, options.freq, options.lit_low} {}

void Led::show(std::uint16_t level) noexcept {
    level_ = level;
    light_.show(level);
}

Coro<> Led::blink(std::chrono::microseconds period, unsigned times) {
    const OffAtEnd off_at_end{*this};
    const std::int64_t whole = std::max<std::int64_t>(period.count(), 0);
    std::int64_t begin = detail::to_us(Clock::now().time_since_epoch());
    for (unsigned done = 0; times == 0 || done < times; ++done) {
        on();
        co_await detail::SleepUntilAwaiter{begin + whole / 2};
        off();
        begin += whole;
        co_await detail::SleepUntilAwaiter{begin};
    }
}

Coro<> Led::pattern(std::span<const std::chrono::milliseconds> times, unsigned rounds) {
    const OffAtEnd off_at_end{*this};
    bool has_time = false;
    for (const auto time : times) has_time = has_time || time.count() > 0;
    if (!has_time) rounds = 1;  // another one would begin at once, for ever
    std::int64_t until = detail::to_us(Clock::now().time_since_epoch());
    for (unsigned done = 0; rounds == 0 || done < rounds; ++done) {
        for (std::size_t i = 0; i < times.size(); ++i) {
            show(i % 2 == 0 ? full : std::uint16_t{0});
            until += detail::to_us(std::max(times[i], std::chrono::milliseconds{0}));
            co_await detail::SleepUntilAwaiter{until};
        }
    }
}

Coro<> Led::fade(std::uint8_t level, std::chrono::microseconds duration) {
    const std::uint16_t from = level_;
    detail::Ramp ramp{duration, std::chrono::milliseconds{5}};
    while (ramp.next()) {
        co_await ramp.due();
        show(static_cast<std::uint16_t>(ramp.between(from, level * 257)));
    }
}

}  // namespace uasync

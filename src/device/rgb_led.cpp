#include <uasync/device/rgb_led.hpp>

#include <uasync/device/ramp.hpp>

namespace uasync {

RgbLed::RgbLed(RgbLedPins pins, RgbLedOptions options) noexcept
    : parts_{{pins.red, options.freq, options.common_anode},
             {pins.green, options.freq, options.common_anode},
             {pins.blue, options.freq, options.common_anode}} {}

void RgbLed::show(unsigned part, std::uint16_t level) noexcept {
    levels_[part] = level;
    parts_[part].show(level);
}

void RgbLed::color(Color color) noexcept {
    show(0, static_cast<std::uint16_t>(color.red * 257U));
    show(1, static_cast<std::uint16_t>(color.green * 257U));
    show(2, static_cast<std::uint16_t>(color.blue * 257U));
}

Color RgbLed::color() const noexcept {
    const auto rounded = [](std::uint16_t level) { return static_cast<std::uint8_t>((level + 128U) / 257U); };
    return {rounded(levels_[0]), rounded(levels_[1]), rounded(levels_[2])};
}

Coro<> RgbLed::fade(Color color, std::chrono::microseconds duration) {
    const std::uint16_t from[] = {levels_[0], levels_[1], levels_[2]};
    const std::uint8_t to[] = {color.red, color.green, color.blue};
    detail::Ramp ramp{duration, std::chrono::milliseconds{5}};
    while (ramp.next()) {
        co_await ramp.due();
        for (unsigned part = 0; part < 3; ++part) show(part, static_cast<std::uint16_t>(ramp.between(from[part], to[part] * 257)));
    }
}

}  // namespace uasync

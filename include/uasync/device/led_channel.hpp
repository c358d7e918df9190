#pragma once
// Implementation detail of Led and RgbLed: a pin whose pulses look as bright as a number says.

#include <cstdint>

#include <uasync/board/pin.hpp>
#include <uasync/board/pwm.hpp>

namespace uasync::detail {

/// The share of time that a light must be on to look so bright: CIE 1931, by which the eye sees half of the brightness at 18 % of the light.
/// @param brightness 0 to 65535 @return 0 to 65535
constexpr std::uint16_t light_for(std::uint16_t brightness) noexcept {
    // Below 8 % it is a line, and above it ((L + 16) / 116) to the third power, in shares of 65535.
    if (brightness < 5243) return static_cast<std::uint16_t>(brightness * 1000U / 9033U);
    const std::uint32_t base = (brightness * 100U + 16U * 65535U) / 116U;
    const std::uint32_t square = base * (base + 1) >> 16U;
    return static_cast<std::uint16_t>(square * (base + 1) >> 16U);
}

/// A light at a pin. It is off at first, and when the object is gone.
class LedChannel {
public:
    /// @param pin 0 to 29 @param hertz how often it is switched @param lit_low whether it is lit while the pin is low
    LedChannel(unsigned pin, std::uint32_t hertz, bool lit_low) noexcept
        : last_{static_cast<std::uint8_t>(pin), lit_low}, pwm_{pin, {.freq = hertz, .invert = lit_low}} {}

    /// Lights it. @param brightness how bright it looks, 0 to 65535
    void show(std::uint16_t brightness) noexcept { pwm_.duty_u16(light_for(brightness)); }

private:
    /// Is destroyed after the pulses. Their end is a low pin, with which a light between pin and supply would shine.
    struct Last {
        ~Last() {
            if (lit_low) (void)Pin{pin, Pin::in};
        }
        std::uint8_t pin;
        bool lit_low;
    };

    Last last_;
    Pwm pwm_;
};

}  // namespace uasync::detail

#pragma once

#include <algorithm>
#include <cstdint>

namespace uasync {

/// A colour: how bright the parts of an RgbLed, or of a pixel of a NeoPixel, are. For displays, color565() makes 16 bits of it.
///
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/color.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     constexpr Color orange = Color::hue(30);
///     print("{} {} {}\n", orange.red, orange.green, orange.blue);
///     print("{}\n", color565(orange) == color565(255, 128, 0));
///     co_return;
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 255 128 0
/// true
/// @endcode
struct Color {
    std::uint8_t red = 0;    ///< 0 to 255
    std::uint8_t green = 0;  ///< 0 to 255
    std::uint8_t blue = 0;   ///< 0 to 255
    std::uint8_t white = 0;  ///< 0 to 255, for pixels of a NeoPixel that have a fourth part; an RgbLed has none

    /// A colour of the rainbow, at an angle of the colour wheel.
    /// @param degrees 0 is red, 60 yellow, 120 green, 180 cyan, 240 blue, 300 magenta; any number, as 360 is red again and -60 is 300
    /// @param brightness of its strongest part, 0 to 255
    /// @return the colour
    static constexpr Color hue(int degrees, std::uint8_t brightness = 255) noexcept {
        const int angle = (degrees % 360 + 360) % 360;
        // How strong a part is that has its middle at an angle: full for 60 degrees to both sides, then falling for 60.
        const auto part = [angle, brightness](int middle) {
            const int apart = std::min((angle - middle + 360) % 360, (middle - angle + 360) % 360);
            return static_cast<std::uint8_t>((std::clamp(120 - apart, 0, 60) * brightness + 30) / 60);
        };
        return {part(0), part(120), part(240), 0};
    }
    /// Compares all parts. @return true if they are equal
    constexpr bool operator==(const Color&) const noexcept = default;
};

/// A colour of 16 bits, RGB565, as displays have it: the upper five bits of red, six of green and five of blue.
/// @param red 0 to 255 @param green 0 to 255 @param blue 0 to 255 @return the colour
constexpr std::uint16_t color565(std::uint8_t red, std::uint8_t green, std::uint8_t blue) noexcept {
    return static_cast<std::uint16_t>((red & 0xf8U) << 8U | (green & 0xfcU) << 3U | blue >> 3U);
}
/// The same for a Color, without its white. @param color the colour @return RGB565
constexpr std::uint16_t color565(const Color& color) noexcept { return color565(color.red, color.green, color.blue); }

}  // namespace uasync

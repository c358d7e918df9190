#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/device/color.hpp>
#include <uasync/device/led_channel.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync {

/// The pins of an RgbLed.
struct RgbLedPins {
    unsigned red;    ///< 0 to 29
    unsigned green;  ///< 0 to 29
    unsigned blue;   ///< 0 to 29
};

/// How an RgbLed is wired.
struct RgbLedOptions {
    bool common_anode = false;  ///< its common leg is at the supply, not at ground, so each part is lit while its pin is low
    std::uint32_t freq = 1000;  ///< in hertz, how often its parts are switched
};

/// An LED with a red, a green and a blue part: any colour, and fades from one to another.
///
///              color(), off()
///     [steady] <-----------> [steady] --- fade() ---> [changing] --- it ends: its goal; it is cancelled: where it is ---> [steady]
///
/// @par Use it for
/// A state that one sees at a glance, and mood lights. One task at a time should change it.
/// @par Instead use
/// Led for one colour.
/// @par Cost
/// 92 bytes on a board, and the modulators of three pins, of which two neighbours such as GP16 and GP17 share one. A fade wakes the processor each
/// 5 ms. A change takes effect at the end of a pulse, at most 1 ms later at 1 kHz.
/// @par From an interrupt
/// color() and off() may be called there.
/// @par When cancelled
/// fade() leaves the colour that it has reached, which color() tells.
/// @par Errors
/// A pin that the chip does not have is undefined. A time below zero counts as zero. The RgbLed must live until its coroutines have ended.
/// @par Source
/// gpiozero's `RGBLED`; CIE 1931 for the brightness, as Led
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/rgb_led.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     RgbLed lamp{{.red = 16, .green = 17, .blue = 18}};
///     for (int degrees = 0; degrees < 360; degrees += 120) {
///         co_await lamp.fade(Color::hue(degrees), 1s);
///         const Color now = lamp.color();
///         print("{} ms: {} {} {}\n", ticks_ms(), now.red, now.green, now.blue);
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 1000 ms: 255 0 0
/// 2000 ms: 0 255 0
/// 3000 ms: 0 0 255
/// @endcode
class RgbLed {
public:
    /// A light that is off.
    /// @param pins of its parts
    /// @param options how it is wired
    UASYNC_DRIVER explicit RgbLed(RgbLedPins pins, RgbLedOptions options = {}) noexcept;
    RgbLed(const RgbLed&) = delete;
    RgbLed& operator=(const RgbLed&) = delete;

    /// Shows a colour. @param color with how bright each part looks
    void color(Color color) noexcept;
    /// What it shows. @return the colour, rounded in a fade
    Color color() const noexcept;
    /// Dark.
    void off() noexcept { color(Color{}); }

    /// Changes from the colour that it shows to another, all parts evenly, in a step each 5 ms.
    /// @par When cancelled
    /// It keeps the colour that it has reached.
    /// @param color what it shows at the end
    /// @param duration how long it takes
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> fade(Color color, std::chrono::microseconds duration);

private:
    void show(unsigned part, std::uint16_t level) noexcept;

    detail::LedChannel parts_[3];  // NOLINT(modernize-use-default-member-init): the constructor has the pins
    std::uint16_t levels_[3] = {};
};

}  // namespace uasync

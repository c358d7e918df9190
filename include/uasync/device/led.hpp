#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include <uasync/device/led_channel.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync {

/// How a Led is wired.
struct LedOptions {
    bool lit_low = false;       ///< it is lit while its pin is low: its other end is at the supply, not at ground
    std::uint32_t freq = 1000;  ///< in hertz, how often it is switched while it is dimmed; another number if a camera sees stripes
};

/// A light-emitting diode with a brightness: on, off, blinking, in a pattern, or fading.
///
/// A brightness is how bright it looks: 128 looks half as bright as 255, and has a fifth of the light. So a fade looks even.
///
///              on(), off(), toggle(), brightness()
///     [steady] <---------------------------------> [steady]
///        |  ^
///        |  +-- blink() and pattern() end or are cancelled: off; fade() ends: at its goal; is cancelled: where it is
///        v  |
///     [changing]
///
/// @par Use it for
/// Lights that say something, and lights to see by. One task at a time should change it: of two, the last to change it wins.
/// @par Instead use
/// Pin for an LED that is only switched and shares its modulator with a pin of another frequency; RgbLed for colours.
/// @par Cost
/// 32 bytes on a board, and the pin's modulator (see Pwm). A change takes effect at the end of a pulse, at most 1 ms later at 1 kHz. A fade
/// wakes the processor each 5 ms, a blink twice a period; else it sleeps.
/// @par From an interrupt
/// on(), off(), toggle() and brightness() may be called there.
/// @par When cancelled
/// blink() and pattern() leave it off. fade() leaves it as bright as it has become, which brightness() tells.
/// @par Errors
/// A pin that the chip does not have is undefined. Times below zero count as zero. The Led must live until its coroutines have ended.
/// @par Source
/// MicroPython's `machine.PWM`; gpiozero's `PWMLED`; CIE 1931 for the brightness
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/led.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Led lamp{16};
///     co_await lamp.fade(255, 500ms);
///     print("{} ms: {}\n", ticks_ms(), lamp.brightness());
///
///     // A task, which goes on while this one does something else.
///     static constexpr std::chrono::milliseconds heartbeat[] = {80ms, 120ms, 80ms, 720ms};
///     auto beating = create_task(lamp.pattern(heartbeat));
///     co_await sleep_ms(3050);
///     print("{} ms: {}\n", ticks_ms(), lamp.brightness());
///     beating.cancel();
///     co_await sleep_ms(0);
///     print("{} ms: {}\n", ticks_ms(), lamp.brightness());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 500 ms: 255
/// 3550 ms: 255
/// 3550 ms: 0
/// @endcode
class Led {
public:
    /// A light that is off.
    /// @param pin its number on the chip, 0 to 29
    /// @param options how it is wired
    UASYNC_DRIVER explicit Led(unsigned pin, LedOptions options = {}) noexcept;
    Led(const Led&) = delete;
    Led& operator=(const Led&) = delete;

    /// As bright as it can be.
    void on() noexcept { show(full); }
    /// Dark.
    void off() noexcept { show(0); }
    /// Off if it was lit, however bright; on if it was dark.
    void toggle() noexcept { show(level_ == 0 ? full : std::uint16_t{0}); }
    /// Sets the brightness. @param level how bright it looks: 0 is off, 255 is all it can
    void brightness(std::uint8_t level) noexcept { show(static_cast<std::uint16_t>(level * 257U)); }
    /// The brightness. @return how bright it looks, 0 to 255, rounded in a fade
    std::uint8_t brightness() const noexcept { return static_cast<std::uint8_t>((level_ + 128U) / 257U); }
    /// Whether it is lit, however little. @return false if it is off
    bool lit() const noexcept { return level_ != 0; }

    /// Blinks: on for half of the period, off for the other half, and then again.
    /// @par When cancelled
    /// It is off.
    /// @param period from one time on to the next
    /// @param times how often it is on; 0: until it is cancelled
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> blink(std::chrono::microseconds period, unsigned times = 0);

    /// Is on for the first of some times, off for the second, and so on; at the end it is off. The next round begins when the last time is over, with
    /// on, so an odd number of times has no pause between the rounds.
    /// @par When cancelled
    /// It is off.
    /// @param times on, off, on, off... They must live until it ends: an array that is `static constexpr`, for a task
    /// @param rounds how often; 0: until it is cancelled. Times that are all zero are one round
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> pattern(std::span<const std::chrono::milliseconds> times, unsigned rounds = 0);

    /// Changes the brightness evenly, in a step each 5 ms.
    /// @par When cancelled
    /// It stays as bright as it has become.
    /// @param level how bright it looks at the end, 0 to 255
    /// @param duration how long it takes
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> fade(std::uint8_t level, std::chrono::microseconds duration);

private:
    static constexpr std::uint16_t full = 65535;
    struct OffAtEnd;
    void show(std::uint16_t level) noexcept;

    detail::LedChannel light_;
    std::uint16_t level_ = 0;
};

}  // namespace uasync

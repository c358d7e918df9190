#pragma once
// The port contract of board/pwm.hpp, for authors of ports

#include <cstdint>

namespace uasync::port {

/// The clock of the modulators. @return its frequency in hertz
std::uint32_t pwm_clock_hz() noexcept;

/// How a modulator counts. The frequency is the clock, by `divider_16` sixteenths, by `steps`, and by two if it is phase-correct.
struct PwmCount {
    std::uint32_t divider_16;  ///< 16 to 4095
    std::uint32_t steps;       ///< 1 to 65535
    bool phase_correct;        ///< up and down again, so that the pulse's middle stays where it is
};

/// Which modulator a pin has: two pins share one. @param pin 0 to 29 @return 0 to 7
unsigned pwm_slice(unsigned pin) noexcept;
/// Connects a pin to its modulator. @param pin 0 to 29 @param inverted whether high and low change places
void pwm_open(unsigned pin, bool inverted) noexcept;
/// Makes the pin a low output. Stops the modulator unless the other pin uses it. @param pin 0 to 29
void pwm_close(unsigned pin) noexcept;
/// Has the modulator count: the divider counts at once, the steps from the end of the period. @param pin 0 to 29 @param count how
void pwm_count(unsigned pin, const PwmCount& count) noexcept;
/// Sets the pulse from the end of the period. @param pin 0 to 29 @param level how many steps the pin is high
void pwm_level(unsigned pin, std::uint32_t level) noexcept;

/// Has an interrupt call `uasync::detail::pwm_interrupt()` on this core at the next end of a period, and not at one that has been. Interrupts
/// masked.
/// @param slice 0 to 7
void pwm_arm(unsigned slice) noexcept;
/// Called in the interrupt: the modulators whose periods have ended, of those that are armed. They are disarmed.
/// @return a bit for each
std::uint32_t pwm_take() noexcept;
/// Disarms a modulator. Interrupts masked. @param slice 0 to 7
void pwm_disarm(unsigned slice) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of the modulators. Defined with `Pwm`.
void pwm_interrupt() noexcept;
}  // namespace uasync::detail

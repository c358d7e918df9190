#pragma once
// The port contract of board/adc.hpp, for authors of ports

#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync::port {

/// How many inputs the converter has. The last one is the chip's temperature sensor.
inline constexpr unsigned adc_inputs = 5;
/// The pin of the first input; those of the others follow.
inline constexpr unsigned adc_first_pin = 26;

/// A series of conversions. The port counts down what is left.
struct AdcSeries {
    std::uint8_t inputs;  ///< a bit for each input; they take turns, the lowest begins
    std::uint32_t rate;   ///< conversions in a second; 0: one conversion
    std::uint16_t* into;  ///< where the next sample goes
    std::size_t left;     ///< how many are still to come
};

/// What an interrupt of the converter brought.
enum class AdcEvent : std::uint8_t {
    none,  ///< the series goes on
    done,  ///< it is over
    lost   ///< it is over, because the interrupt came too late and a sample was lost
};

/// Sets up the converter if that has not been done, and its interrupt, which calls `uasync::detail::adc_interrupt()` on this core; and the
/// input's pin.
/// @param input 0 to 4
UASYNC_DRIVER void adc_open(unsigned input) noexcept;
/// Begins a series. The converter is idle. Any context, interrupts masked. @param series what to do
void adc_start(const AdcSeries& series) noexcept;
/// Called in the interrupt: takes samples. @param series the series @return whether it is over; then the converter is idle
AdcEvent adc_service(AdcSeries& series) noexcept;
/// Ends a series, and waits for the conversion that is under way. Interrupts masked.
void adc_stop() noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of the converter. Defined with `Adc`.
void adc_interrupt() noexcept;
}  // namespace uasync::detail

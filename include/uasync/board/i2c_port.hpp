#pragma once
// The port contract of board/i2c.hpp, for authors of ports

#include <cstddef>
#include <cstdint>

namespace uasync::port {

/// A bus with its pins. The driver keeps it.
struct I2cLines {
    std::uint8_t bus;    ///< which controller: 0 or 1
    std::uint8_t scl;    ///< pin of the clock
    std::uint8_t sda;    ///< pin of the data
    std::uint32_t freq;  ///< in hertz
};

/// A transaction: START, the address, what is written, if there is anything to read START and the address again, what is read, STOP.
/// The port counts down what is left.
struct I2cTransfer {
    std::uint8_t address;       ///< of the device, 7 bits
    std::uint8_t prefix_left;   ///< bytes of `prefix` that are still to be sent
    std::uint8_t prefix[2];     ///< sent first, from the end
    const std::uint8_t* out;    ///< sent then
    std::size_t out_left;       ///< how many of these
    std::uint8_t* in;           ///< where the next byte goes that comes
    std::size_t in_left;        ///< how many are still to come
    std::size_t in_to_ask_for;  ///< how many of these the port has not asked the controller for
    bool is_reading;            ///< whether the port has asked for any
};

/// What an interrupt of the controller brought.
enum class I2cEvent : std::uint8_t {
    none,   ///< the transaction goes on
    done,   ///< it is over
    failed  ///< it is over, because the device did not acknowledge
};

/// Sets up the controller, its pins with their pull-ups, and its interrupt, which calls `uasync::detail::i2c_interrupt()` on this core.
/// @param lines the bus
/// @return false if there is no such bus, or it cannot use these pins
bool i2c_open(const I2cLines& lines) noexcept;
/// Stops the controller and its interrupt. @param lines the bus
void i2c_close(const I2cLines& lines) noexcept;

/// Begins a transaction. The controller is idle. Any context, interrupts masked.
/// @param lines the bus
/// @param transfer what to do; it has at least one byte
void i2c_start(const I2cLines& lines, I2cTransfer& transfer) noexcept;
/// Makes the controller stop behind the byte that is on the bus. Its interrupt comes when it has. Interrupts masked.
/// @param lines the bus
void i2c_abort(const I2cLines& lines) noexcept;
/// Called in the interrupt: moves bytes.
/// @param lines the bus
/// @param transfer the transaction, or null if it was aborted
/// @return whether it is over
I2cEvent i2c_service(const I2cLines& lines, I2cTransfer* transfer) noexcept;

/// Whether both lines are high, as they are while nobody uses the bus. @param lines the bus @return true if they are
bool i2c_is_free(const I2cLines& lines) noexcept;
/// Stops the controller, clocks a device that holds SDA low until it lets go, and sets the controller up again. Takes up to half a
/// millisecond.
/// @param lines the bus
/// @return i2c_is_free()
bool i2c_recover(const I2cLines& lines) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of a controller. Defined with `I2c`. @param bus 0 or 1
void i2c_interrupt(unsigned bus) noexcept;
}  // namespace uasync::detail

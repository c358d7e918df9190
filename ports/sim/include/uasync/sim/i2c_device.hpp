#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace uasync::sim {

/// A device on a simulated I2C bus, from its construction to its destruction: 256 registers, of which the first byte of a write chooses
/// one. What follows is written to, or read from, that register and those behind it, as in most sensors.
///
/// Override write() and read() for a device that does something else. The transactions of I2c take the time of the bus, in the simulation
/// and on Linux.
///
/// @par Use it for
/// Tests of what talks to a sensor, and of what it does when the sensor does not answer.
/// @par Instead use
/// The emulator for a firmware image with its driver.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/i2c_device.hpp>
///
/// using namespace uasync;
///
/// class Thermometer : public sim::I2cDevice {
/// public:
///     using I2cDevice::I2cDevice;
///     void read(std::span<std::uint8_t> into) override { into[0] = 21; }
/// };
///
/// Coro<> async_main() {
///     I2c bus{1, {.scl = 3, .sda = 2}};
///     std::uint8_t celsius[1];
///     co_await bus.read(0x48, celsius);
///     print("{} degrees\n", celsius[0]);
/// }
///
/// int main() {
///     Thermometer thermometer{1, 0x48};
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 21 degrees
/// @endcode
class I2cDevice {
public:
    /// Connects the device.
    /// @param bus 0 or 1
    /// @param address 7 bits; of two devices with one address the newer answers
    I2cDevice(unsigned bus, std::uint8_t address);
    I2cDevice(const I2cDevice&) = delete;
    I2cDevice& operator=(const I2cDevice&) = delete;
    /// Takes it off the bus.
    virtual ~I2cDevice();

    /// It is written to.
    /// @param bytes what is written
    /// @return whether it acknowledges them
    virtual bool write(std::span<const std::uint8_t> bytes);
    /// It is read from. @param into where its bytes go
    virtual void read(std::span<std::uint8_t> into);

    /// What it keeps.
    std::array<std::uint8_t, 256> registers{};

private:
    friend I2cDevice* find_i2c_device(unsigned bus, std::uint8_t address) noexcept;
    I2cDevice* next_;
    std::uint8_t chosen_ = 0;
    std::uint8_t bus_;
    std::uint8_t address_;
};

}  // namespace uasync::sim

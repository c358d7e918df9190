#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uasync/kernel/port.hpp>
#include <uasync/sim/i2c_device.hpp>

namespace uasync::sim {

/// A BME280 on a simulated I2C bus, from its construction to its destruction, with the calibration of the datasheet's example: as the
/// real one it takes time to measure, and forgets its settings when it is unplugged.
///
/// @par Use it for
/// Tests of programs with a `uasync::Bme280`.
/// @par Instead use
/// The emulator's, whose weather can be set, for a firmware image.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/bme280.hpp>
/// #include <uasync/sim/bme280_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     I2c bus{0, {.scl = 5, .sda = 4}};
///     Bme280 sensor{bus, {.address = 0x77}};
///     const auto air = co_await sensor.read();
///     print("{} C/100\n", air ? air->temperature : 0);
/// }
///
/// int main() {
///     sim::Bme280Device sensor{0, 0x77};
///     sensor.raw_temperature = 500'000;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 1885 C/100
/// @endcode
class Bme280Device : public I2cDevice {
public:
    /// Connects it.
    /// @param bus 0 or 1
    /// @param address 0x76 or 0x77
    explicit Bme280Device(unsigned bus, std::uint8_t address = 0x76) : I2cDevice{bus, address} {
        constexpr std::array<std::uint16_t, 12> words = {27504, 26435, 64536, 36477, 54851, 3024,
                                                         2855,  140,   65529, 15500, 50936, 6000};
        for (std::size_t i = 0; i < words.size(); ++i) {
            registers[0x88 + 2 * i] = static_cast<std::uint8_t>(words[i]);
            registers[0x89 + 2 * i] = static_cast<std::uint8_t>(words[i] >> 8U);
        }
        registers[0xa1] = 75;
        constexpr std::array<std::uint8_t, 7> humidity = {0x6a, 0x01, 0, 0x13, 0x29, 0x03, 30};  // 362, 0, 313, 50, 30
        std::copy(humidity.begin(), humidity.end(), registers.begin() + 0xe1);
        registers[0xd0] = 0x60;
    }

    std::uint32_t raw_temperature = 519'888;  ///< what its converter reads, 20 bits: 25.08 degrees Celsius
    std::uint32_t raw_pressure = 415'148;     ///< 20 bits: 1006.53 hPa at that temperature
    std::uint32_t raw_humidity = 28'600;      ///< 16 bits
    Time measuring_us = 8'000;                ///< how long a measurement takes
    Time copying_us = 1'000;                  ///< how long it copies its calibration after a reset; it reads as zero until then

    /// Takes pairs of a register and its value; a single byte is a register to read from. @param bytes what is written @return true
    bool write(std::span<const std::uint8_t> bytes) override {
        if (!bytes.empty()) chosen_ = bytes[0];
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) set(bytes[i], bytes[i + 1]);
        return true;
    }
    /// Gives the registers from the one that was chosen. @param into where its bytes go
    void read(std::span<std::uint8_t> into) override {
        end_measurement();
        const bool copies = port::now() < copied_;
        for (std::uint8_t& byte : into) {
            const std::uint8_t number = chosen_++;
            const bool is_copied_here = (number >= 0x88 && number <= 0xa1) || (number >= 0xe1 && number <= 0xf0);
            byte = copies && is_copied_here ? std::uint8_t{0} : registers[number];
            if (copies && number == 0xf3) byte |= 1U;
        }
    }

private:
    void set(std::uint8_t number, std::uint8_t value) {
        if (number == 0xe0 && value == 0xb6) {
            std::fill(registers.begin() + 0xf2, registers.end(), std::uint8_t{0});
            copied_ = port::now() + copying_us;
        }
        if (number < 0xf2 || number > 0xf5 || number == 0xf3) return;
        registers[number] = value;
        if (number != 0xf4 || (value & 3U) == 0) return;
        registers[0xf3] = 8;
        done_ = port::now() + measuring_us;
    }
    void end_measurement() {
        if (registers[0xf3] != 8 || port::now() < done_) return;
        registers[0xf3] = 0;
        registers[0xf4] &= 0xfcU;
        put_20_bits(0xf7, (registers[0xf4] & 0x1cU) != 0 ? raw_pressure : 0x80000);
        put_20_bits(0xfa, (registers[0xf4] & 0xe0U) != 0 ? raw_temperature : 0x80000);
        const std::uint32_t humidity = (registers[0xf2] & 7U) != 0 ? raw_humidity : 0x8000;
        registers[0xfd] = static_cast<std::uint8_t>(humidity >> 8U);
        registers[0xfe] = static_cast<std::uint8_t>(humidity);
    }
    void put_20_bits(unsigned at, std::uint32_t value) {
        registers[at] = static_cast<std::uint8_t>(value >> 12U);
        registers[at + 1] = static_cast<std::uint8_t>(value >> 4U);
        registers[at + 2] = static_cast<std::uint8_t>(value << 4U);
    }

    Time done_ = 0, copied_ = 0;
    std::uint8_t chosen_ = 0;
};

}  // namespace uasync::sim

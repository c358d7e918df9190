#pragma once
// Implementation detail of Bme280: what the factory has written into a sensor, and the datasheet's formulas.

#include <cstdint>
#include <span>

namespace uasync::detail {

/// The numbers that turn what a sensor's converter reads into the weather (datasheet 4.2.2), each as the registers have it.
///
/// The formulas are the datasheet's in integers (4.2.3). They wrap around where the numbers are none of a sensor's.
struct Bme280Calibration {
    /// Takes what the registers from 0x88 contain.
    void take_first(std::span<const std::uint8_t, 26> bytes) noexcept;
    /// Takes what the registers from 0xe1 contain.
    void take_second(std::span<const std::uint8_t, 7> bytes) noexcept;

    /// The temperature on the finest scale, which the other formulas need. @return 5120 for each degree Celsius
    std::int32_t fine(std::uint32_t raw_temperature) const noexcept;
    /// The temperature. @return hundredths of a degree Celsius
    static std::int32_t temperature(std::int32_t fine) noexcept { return (fine * 5 + 128) >> 8; }
    /// The pressure. @return 256 for each pascal; 0 if the numbers are none of a sensor's
    std::uint32_t pressure(std::uint32_t raw_pressure, std::int32_t fine) const noexcept;
    /// The relative humidity. @return 1024 for each percent, 0 to 100 percent
    std::uint32_t humidity(std::uint32_t raw_humidity, std::int32_t fine) const noexcept;

    std::uint16_t t1, p1;
    std::int16_t t2, t3, p2, p3, p4, p5, p6, p7, p8, p9, h2, h4, h5;
    std::uint8_t h1, h3;
    std::int8_t h6;
};

}  // namespace uasync::detail

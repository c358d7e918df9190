#include <uasync/device/bme280_calibration.hpp>

#include <algorithm>

namespace uasync::detail {
namespace {

constexpr std::uint16_t word(const std::uint8_t* bytes) noexcept { return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8U); }
constexpr std::int16_t signed_word(const std::uint8_t* bytes) noexcept { return static_cast<std::int16_t>(word(bytes)); }

// The formulas in numbers that wrap around: those of a broken sensor must not be undefined.
constexpr std::uint64_t wide(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }
constexpr std::uint64_t shifted_right(std::uint64_t number, unsigned bits) noexcept {
    return wide(static_cast<std::int64_t>(number) >> bits);
}

}  // namespace

void Bme280Calibration::take_first(std::span<const std::uint8_t, 26> bytes) noexcept {
    const std::uint8_t* from = bytes.data();
    t1 = word(from);
    p1 = word(from + 6);
    std::int16_t* const numbers[] = {&t2, &t3, nullptr, &p2, &p3, &p4, &p5, &p6, &p7, &p8, &p9};
    for (std::int16_t* number : numbers) {
        from += 2;
        if (number != nullptr) *number = signed_word(from);
    }
    h1 = bytes[25];
}

void Bme280Calibration::take_second(std::span<const std::uint8_t, 7> bytes) noexcept {
    h2 = signed_word(bytes.data());
    h3 = bytes[2];
    // Two numbers of 12 bits, of which one byte has the lower halves.
    h4 = static_cast<std::int16_t>(static_cast<std::int8_t>(bytes[3]) * 16 | (bytes[4] & 0xf));
    h5 = static_cast<std::int16_t>(static_cast<std::int8_t>(bytes[5]) * 16 | bytes[4] >> 4U);
    h6 = static_cast<std::int8_t>(bytes[6]);
}

std::int32_t Bme280Calibration::fine(std::uint32_t raw_temperature) const noexcept {
    const auto raw = static_cast<std::int64_t>(raw_temperature);
    const std::int64_t first = (((raw >> 3) - std::int64_t{t1} * 2) * t2) >> 11;
    const std::int64_t distance = (raw >> 4) - t1;
    const std::int64_t second = (((distance * distance) >> 12) * t3) >> 14;
    return static_cast<std::int32_t>(first + second);
}

std::uint32_t Bme280Calibration::pressure(std::uint32_t raw_pressure, std::int32_t fine) const noexcept {
    const std::uint64_t distance = wide(std::int64_t{fine} - 128'000);
    const std::uint64_t square = distance * distance;
    const std::uint64_t offset = square * wide(p6) + ((distance * wide(p5)) << 17U) + (wide(p4) << 35U);
    std::uint64_t slope = shifted_right(square * wide(p3), 8) + ((distance * wide(p2)) << 12U);
    slope = shifted_right(((std::uint64_t{1} << 47U) + slope) * p1, 33);
    if (static_cast<std::int64_t>(slope) <= 0) return 0;
    const std::uint64_t above = (((1'048'576U - std::uint64_t{raw_pressure}) << 31U) - offset) * 3125U;
    const std::uint64_t linear = wide(static_cast<std::int64_t>(above) / static_cast<std::int64_t>(slope));
    const std::uint64_t rough = shifted_right(linear, 13);
    const std::uint64_t bend = shifted_right(wide(p9) * rough * rough, 25) + shifted_right(wide(p8) * linear, 19);
    return static_cast<std::uint32_t>(shifted_right(linear + bend, 8) + (wide(p7) << 4U));
}

std::uint32_t Bme280Calibration::humidity(std::uint32_t raw_humidity, std::int32_t fine) const noexcept {
    const std::int64_t distance = std::int64_t{fine} - 76'800;
    const std::int64_t shifted = ((std::int64_t{raw_humidity} << 14) - (std::int64_t{h4} << 20) - h5 * distance + 16'384) >> 15;
    const std::int64_t warmth = (((distance * h6) >> 10) * (((distance * h3) >> 11) + 32'768)) >> 10;
    std::int64_t result = shifted * (((warmth + 2'097'152) * h2 + 8'192) >> 14);
    result -= ((((result >> 15) * (result >> 15)) >> 7) * h1) >> 4;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(result, 0, 419'430'400) >> 12);
}

}  // namespace uasync::detail

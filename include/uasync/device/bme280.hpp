#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/board/i2c.hpp>
#include <uasync/device/bme280_calibration.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// A sensor for temperature, air pressure and humidity, Bosch's BME280, on an I2C bus.
///
/// It sleeps, and measures when it is asked to (forced mode), so it neither warms itself nor needs a task of its own.
///
///                  read(): it says what it is, a reset, a mark, its calibration
///     [unknown] ----------------------------------------------------------------> [ready] --- read(): it measures once ---> [ready]
///         ^                                                                          |
///         +------- an error, a cancellation, or it has forgotten its mark -----------+
///
/// @par Use it for
/// The weather in a room or outside. Several tasks may read one sensor.
/// @par Instead use
/// I2c::read_mem() for sensors that have no class here.
/// @par Cost
/// 56 bytes on a board. A reading takes two transactions on the bus, 0.5 ms at 400 kHz, and the time of the measurement, in which the processor
/// sleeps: 9.3 ms with one sample of each, 113 ms with 16. The first reading takes six transactions and 4 ms more.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The transaction is stopped. If the sensor measures, it goes on until it has finished, or until the next reading resets it: that one begins
/// anew, as after an error.
/// @par Fairness
/// Readings are taken one after the other, first in, first out. Each is a measurement of its own.
/// @par Errors
/// Error::no_acknowledgement if nobody answers, or if the sensor loses its supply again and again. Error::misuse if the address is neither
/// 0x76 nor 0x77, or if another chip has it, such as a BMP280, which looks the same but measures no humidity. Error::timeout if a measurement does
/// not end, or the sensor does not start.
/// Error::bus_stuck and Error::misuse as I2c. After an error the next reading begins anew, so a sensor that was unplugged may come back at any time.
/// @par Source
/// Bosch's datasheet BST-BME280-DS002, sections 3.3.3 (forced mode), 4.2.3 (formulas) and 9.1 (times).
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/bme280.hpp>
/// #include <uasync/sim.hpp>
/// #include <uasync/sim/bme280_device.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     I2c bus{0, {.scl = 5, .sda = 4}};
///     Bme280 sensor{bus};
///     while (true) {
///         const auto air = co_await sensor.read();
///         if (air) {
///             print("{} C/100, {} Pa, {} %/100\n", air->temperature, air->pressure, air->humidity);
///         } else {
///             print("sensor: {}\n", air.error());
///             co_return;
///         }
///         co_await sleep_ms(1000);
///     }
/// }
///
/// int main() {
///     std::optional<sim::Bme280Device> sensor;  // on a board, a sensor
///     sensor.emplace(0U);
///     sim::at(1500ms, [&] { sensor.reset(); });
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 2508 C/100, 100653 Pa, 4720 %/100
/// 2508 C/100, 100653 Pa, 4720 %/100
/// sensor: no acknowledgement
/// @endcode
class Bme280 {
public:
    /// How many samples a measurement takes of one quantity and averages. More of them mean less noise and a longer measurement.
    enum class Oversampling : std::uint8_t {
        off = 0,  ///< It is not measured. Not for the temperature, which the others need.
        x1 = 1,   ///< One sample.
        x2 = 2,   ///< Two.
        x4 = 3,   ///< Four.
        x8 = 4,   ///< Eight.
        x16 = 5,  ///< Sixteen.
    };

    /// Where the sensor is, and how it measures.
    struct Options {
        std::uint8_t address = 0x76;                  ///< 0x76, or 0x77 if its SDO pin is high
        Oversampling temperature = Oversampling::x1;  ///< noise 0.005 degrees, with x16 0.001
        Oversampling pressure = Oversampling::x1;     ///< noise 3.3 Pa, with x16 0.9
        Oversampling humidity = Oversampling::x1;     ///< noise 0.07 %, with x16 0.02
    };

    /// What one measurement has found.
    struct Reading {
        std::int32_t temperature;  ///< in hundredths of a degree Celsius, -4000 to 8500: 2508 is 25.08 C
        std::int32_t pressure;     ///< in pascal, 30'000 to 110'000: 100653 is 1006.53 hPa; 0 if it is off
        std::int32_t humidity;     ///< in hundredths of a percent, 0 to 10'000; 0 if it is off
    };

    /// A sensor that has not been asked yet.
    /// @param bus its bus, which must outlive it
    explicit Bme280(I2c& bus) noexcept : Bme280{bus, Options{}} {}
    /// A sensor that has not been asked yet.
    /// @param bus its bus, which must outlive it
    /// @param options where it is, and how it measures
    UASYNC_DRIVER Bme280(I2c& bus, Options options) noexcept;
    Bme280(const Bme280&) = delete;
    Bme280& operator=(const Bme280&) = delete;

    /// Has the sensor measure, and waits for that. The sensor must live until then.
    /// @return a coroutine; `co_await` gives a Result<Reading>
    [[nodiscard("co_await it")]] Coro<Result<Reading>> read();

    /// How long a measurement takes at most (datasheet 9.1). @return 3.5 ms to 113 ms
    std::chrono::microseconds measurement_time() const noexcept;

private:
    /// What a reading does, one after the other; the first six only if the sensor is unknown.
    enum class Step : std::uint8_t { identify, reset, start_up, mark, first_calibration, second_calibration, measure, look };

    detail::I2cAwaiter transaction(Step step, std::span<std::uint8_t, 26> bytes) noexcept;
    std::uint8_t settings() const noexcept;
    Result<Reading> reading(std::span<const std::uint8_t, 8> data) const noexcept;

    I2c* bus_;
    Lock lock_;
    Options options_;
    bool is_ready_ = false;
    detail::Bme280Calibration calibration_;  ///< if it is ready
};

}  // namespace uasync

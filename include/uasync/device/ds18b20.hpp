#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/device/onewire.hpp>

namespace uasync {

/// A thermometer on a 1-Wire bus, Maxim's DS18B20, with a supply of its own (three wires).
///
///                  read(): its resolution and a mark
///     [unknown] ---------------------------------------> [ready] --- read(): it measures once, 94 to 750 ms ---> [ready]
///         ^                                                 |
///         +--- an error, a cancellation, or a lost mark ----+
///
/// The mark is in the two bytes for the limits of its alarm, which it takes from its EEPROM when it gets its supply. So one that has lost its
/// supply is noticed, and 85 degrees, which it then shows, are never taken for a temperature.
///
/// @par Use it for
/// Temperatures of liquids and places some metres away. Several of them on a bus measure at the same time.
/// @par Instead use
/// Bme280 for the air of a room.
/// @par Cost
/// 28 bytes. A reading takes 10 ms of the bus, 19 ms if the sensor is one of several, with an interrupt for each byte, and the time of the measurement, in which the
/// processor sleeps and other tasks may use the bus. The first reading takes 4 ms more, or 9.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The wire is released, and the bus is free. If the sensor measures, it goes on until it has finished; the next reading begins anew, as after an error.
/// @par Fairness
/// Readings of one sensor are taken one after the other, first in, first out. Each is a measurement of its own.
/// @par Errors
/// Error::no_acknowledgement if nobody is on the bus or the sensor does not answer: it is absent, was unplugged, loses its supply again and again, or has none of its own
/// (parasite power). Error::bus_error if the CRC of what came is wrong. Error::bus_stuck if the wire is shorted. Error::misuse if `bits` are not 9 to 12,
/// or the number is that of another family. Error::unavailable and Error::no_memory as OneWire. After an error the next reading begins
/// anew, so a sensor that was unplugged may come back at any time.
/// @par Source
/// MicroPython's `ds18x20`; Maxim's datasheet of the DS18B20
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ds18b20.hpp>
/// #include <uasync/sim/ds18b20_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     OneWire bus{16};
///     Ds18b20 thermometer{bus};
///     for (int i = 0; i < 3; ++i) {
///         const auto celsius = co_await thermometer.read();
///         if (celsius) {
///             print("{} C/100, {} ms\n", *celsius, ticks_ms());
///         } else {
///             print("thermometer: {}\n", celsius.error());
///         }
///     }
/// }
///
/// int main() {
///     sim::OneWireBus wire{16};  // on a board, a thermometer
///     sim::Ds18b20Device thermometer{wire, 1};
///     thermometer.raw_temperature = -162;
///     sim::at(std::chrono::seconds{1}, [&] { thermometer.unplug(); });
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// -1012 C/100, 763 ms
/// thermometer: no acknowledgement
/// thermometer: no acknowledgement
/// @endcode
class Ds18b20 {
public:
    /// How it measures.
    struct Options {
        std::uint8_t bits = 12;  ///< of its converter, 9 to 12: steps of 0.5 to 0.0625 degrees in 94 to 750 ms
    };

    /// The only device of a bus, which has not been asked yet. @param bus its bus, which must outlive it
    explicit Ds18b20(OneWire& bus) noexcept : Ds18b20{bus, OneWireRom{}, Options{}} {}
    /// The only device of a bus. @param bus its bus, which must outlive it @param options how it measures
    Ds18b20(OneWire& bus, Options options) noexcept : Ds18b20{bus, OneWireRom{}, options} {}
    /// One of several. @param bus its bus, which must outlive it @param rom its number, as OneWire::scan() finds it
    Ds18b20(OneWire& bus, const OneWireRom& rom) noexcept : Ds18b20{bus, rom, Options{}} {}
    /// One of several. @param bus its bus, which must outlive it
    /// @param rom its number; all zeros: it is the only one
    /// @param options how it measures
    UASYNC_DRIVER Ds18b20(OneWire& bus, const OneWireRom& rom, Options options) noexcept;
    Ds18b20(const Ds18b20&) = delete;
    Ds18b20& operator=(const Ds18b20&) = delete;

    /// Has the sensor measure, and waits for that. The sensor must live until then.
    /// @return a coroutine; `co_await` gives a Result<std::int32_t>: hundredths of a degree Celsius, -5500 to 12500
    [[nodiscard("co_await it")]] Coro<Result<std::int32_t>> read();

    /// How long a measurement takes at most. @return 93.75 ms with 9 bits, 750 ms with 12
    std::chrono::microseconds measurement_time() const noexcept {
        return std::chrono::microseconds{750'000U >> (12U - options_.bits)};
    }

private:
    /// What a reading does, one after the other; the first one only if the sensor is unknown.
    enum class Step : std::uint8_t { set_up, measure, look };

    OneWire* bus_;
    Lock lock_;
    OneWireRom rom_;
    Options options_;
    bool is_ready_ = false;
};

}  // namespace uasync

#pragma once

#include <cstdint>

#include <uasync/board/pio.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// A sensor for the temperature and humidity of the air on one wire, Aosong's DHT22, also known as AM2302.
///
/// A state machine of the PIO gives the signal that starts it, and takes its 40 bits by the lengths of their pulses. Nothing that other tasks or
/// interrupts do changes the result.
///
///     [idle] -- read(): until 2 s after the last start, and 1 s after power-on --> [waiting] -- the wire is high: started --> [sending] -- after 7 ms --> [idle]
///                                                            cancelled --> [idle]            cancelled: the wire is released --> [idle]
///
/// The sensor sends what it has measured after the reading before. So if the last one was long ago, read twice.
///
/// Its wire needs a pull-up of 1 to 10 kOhm to 3.3 V. Most modules have one; that of the chip, some 50 kOhm, is on, too, and is enough for a few
/// centimetres.
///
/// @par Use it for
/// The air of a room, every few seconds.
/// @par Instead use
/// Bme280, which is quicker, has less noise, and also measures the air pressure; Ds18b20 for liquids and long wires.
/// @par Cost
/// 40 bytes, a state machine of the PIO, and 15 of the 32 instructions of its block. A reading takes 7 ms and no interrupt but the timer's, in which the
/// processor sleeps.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The wire is released before the frame goes. The sensor may still send; the next reading waits until 2 s have passed.
/// @par Fairness
/// Readings are taken one after the other, first in, first out, each of its own, 2 s apart.
/// @par Errors
/// Error::no_acknowledgement if nothing answers, or not even half of the bits come. Error::bus_error if the answer breaks off later, or its sum is
/// wrong. Error::bus_stuck if the wire is low before. Error::misuse for a pin that there is not; Error::unavailable and Error::no_memory as Pio. The next reading begins anew, so a sensor
/// that was unplugged may come back at any time.
/// @par Source
/// MicroPython's `dht`; Aosong's datasheet of the AM2302
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/dht22.hpp>
/// #include <uasync/sim/dht22_device.hpp>
///
/// using namespace uasync;
///
/// static sim::Dht22Device sensor{22};  // on a board, a sensor
///
/// Coro<> async_main() {
///     Dht22 air{22};
///     for (const bool is_plugged : {true, false}) {
///         sensor.is_plugged = is_plugged;
///         const auto reading = co_await air.read();
///         if (reading) {
///             print("{} C/100, {} %/100\n", reading->temperature, reading->humidity);
///         } else {
///             print("sensor: {}\n", reading.error());
///         }
///     }
/// }
///
/// int main() {
///     sensor.temperature = -55;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// -550 C/100, 5000 %/100
/// sensor: no acknowledgement
/// @endcode
class Dht22 {
public:
    /// What it has measured.
    struct Reading {
        std::int32_t temperature;  ///< in hundredths of a degree Celsius, -4000 to 8000, in steps of ten
        std::int32_t humidity;     ///< in hundredths of a percent, 0 to 10'000, in steps of ten
    };

    /// Takes a state machine. @param pin that of the wire
    UASYNC_DRIVER explicit Dht22(unsigned pin) noexcept;
    Dht22(const Dht22&) = delete;
    Dht22& operator=(const Dht22&) = delete;

    /// Reads once. The sensor must live until then.
    /// @return a coroutine; `co_await` gives a Result<Dht22::Reading>
    [[nodiscard("co_await it")]] Coro<Result<Reading>> read();

private:
    Pio machine_;
    Lock lock_;
    Time ready_at_;  ///< when it may be started again
    std::uint8_t pin_;
};

}  // namespace uasync

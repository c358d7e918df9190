#pragma once

#include <cstdint>

#include <uasync/board/pio.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// How an Ultrasonic measures.
struct UltrasonicOptions {
    std::uint32_t max_mm = 4'000;  ///< what is farther away, up to 5000, is out of range
    std::int8_t celsius = 20;      ///< of the air, as sound is faster in warm air: 0.18 % a degree
};

/// A distance sensor that sends ultrasound and listens for its echo, HC-SR04, with a pin to start it and one for the echo.
///
/// A state machine of the PIO gives the pulse of 11 us that starts it, and takes the time of the echo to 1 us, 0.17 mm. Nothing that other tasks or
/// interrupts do changes the result.
///
///     [idle] -- read(): until 60 ms after the last start --> [waiting] -- the echo pin is low: started --> [measuring] -- the machine's word --> [idle]
///                                                  cancelled --> [idle]         cancelled: the machine is stopped --> [idle]
///
/// The sensor needs 5 V, and its echo is 5 V high: two resistors make 3.3 V of it (1 and 2 kOhm).
///
/// @par Use it for
/// Distances from 20 mm to 4 m: levels, parking, obstacles.
/// @par Instead use
/// Pio for other pulses whose length is to be taken.
/// @par Cost
/// 40 bytes, a state machine of the PIO, and 15 of the 32 instructions of its block. A reading takes two interrupts at most, 0.5 ms and the time of the echo, 23 ms
/// for 4 m, in which the processor sleeps.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The machine is stopped and the start pin is low before the frame goes. The sensor may still listen; the next reading waits until 60 ms have passed.
/// @par Fairness
/// Readings are taken one after the other, first in, first out, each a measurement of its own, 60 ms apart.
/// @par Errors
/// Error::timeout if nothing is in range. Error::no_acknowledgement if no echo begins: there is no sensor. Error::bus_stuck if the echo pin is high
/// before. Error::misuse for options out of their range, and for a pin that there is not. Error::unavailable and Error::no_memory as Pio.
/// @par Source
/// Datasheet of the HC-SR04
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ultrasonic.hpp>
/// #include <uasync/sim/ultrasonic_device.hpp>
///
/// using namespace uasync;
///
/// static sim::UltrasonicDevice sensor{14};  // on a board, a sensor
///
/// Coro<> async_main() {
///     Ultrasonic distance{14, 15};
///     for (const int mm : {250, 1'000, 6'000}) {
///         sensor.distance_mm = mm;
///         const auto result = co_await distance.read();
///         if (result) {
///             print("{} mm\n", *result);
///         } else {
///             print("nothing: {}\n", result.error());
///         }
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 250 mm
/// 1000 mm
/// nothing: timeout
/// @endcode
class Ultrasonic {
public:
    /// Takes a state machine. @param trigger the pin that starts the sensor @param echo the pin that is high until the echo comes
    /// @param options how it measures
    UASYNC_DRIVER Ultrasonic(unsigned trigger, unsigned echo, const UltrasonicOptions& options = {}) noexcept;
    Ultrasonic(const Ultrasonic&) = delete;
    Ultrasonic& operator=(const Ultrasonic&) = delete;

    /// Measures once. The sensor must live until then.
    /// @return a coroutine; `co_await` gives a Result<std::uint32_t>: millimetres
    [[nodiscard("co_await it")]] Coro<Result<std::uint32_t>> read();

private:
    Pio machine_;
    Lock lock_;
    Time ready_at_ = 0;         ///< when it may be started again
    std::uint16_t max_us_ = 0;  ///< 0 if the options are out of their range
    std::uint16_t speed_;       ///< of sound, in centimetres a second
    std::uint8_t echo_;
};

}  // namespace uasync

#pragma once

#include <cstdint>
#include <vector>

#include <uasync/sim/answering_machine.hpp>

namespace uasync::sim {

/// The sensor of a `uasync::Ultrasonic`, from its construction to its destruction, in air of 20 degrees.
///
/// @par Use it for
/// Tests of programs with an Ultrasonic.
/// @par Instead use
/// The emulator for the times at the pins; `sim::drive()` of the echo pin for one that hangs.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ultrasonic.hpp>
/// #include <uasync/sim/ultrasonic_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Ultrasonic distance{14, 15};
///     const auto result = co_await distance.read();
///     print("{}\n", result.error());
/// }
///
/// int main() {
///     sim::UltrasonicDevice sensor{14};
///     sensor.is_plugged = false;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// no acknowledgement
/// @endcode
class UltrasonicDevice : public AnsweringMachine {
public:
    /// Connects it. @param trigger the pin that starts it
    explicit UltrasonicDevice(unsigned trigger) : AnsweringMachine{trigger} {}

    int distance_mm = 1'000;       ///< of what is in front of it
    bool is_plugged = true;        ///< whether it is connected
    std::vector<Duration> starts;  ///< when it was started

protected:
    /// Measures. @param word the longest echo @param answers gets what is left @return the time of the echo
    Duration answer(std::uint32_t word, std::vector<std::uint32_t>& answers) override {
        starts.push_back(Duration{static_cast<Duration::rep>(port::now())});
        const Duration start{11}, burst{450}, longest{word};
        if (!is_plugged) {
            answers.push_back(~std::uint32_t{0});
            return start + longest;
        }
        const Duration echo{(distance_mm * 200'000LL + 34'349) / 34'350};
        answers.push_back(echo < longest ? static_cast<std::uint32_t>((longest - echo).count()) : 0U);
        return start + burst + (echo < longest ? echo : longest);
    }
};

}  // namespace uasync::sim

#pragma once

#include <cstdlib>
#include <cstdint>
#include <vector>

#include <uasync/sim/answering_machine.hpp>

namespace uasync::sim {

/// The sensor of a `uasync::Dht22`, from its construction to its destruction. It sends what it measures at that moment.
///
/// @par Use it for
/// Tests of programs with a Dht22.
/// @par Instead use
/// The emulator for the times on the wire; `sim::drive()` of the pin for one that is shorted.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/dht22.hpp>
/// #include <uasync/sim/dht22_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Dht22 air{16};
///     const auto reading = co_await air.read();
///     print("{}\n", reading.error());
/// }
///
/// int main() {
///     sim::Dht22Device sensor{16};
///     sensor.bits = 39;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// bus error
/// @endcode
class Dht22Device : public AnsweringMachine {
public:
    /// Connects it. @param pin that of its wire
    explicit Dht22Device(unsigned pin) : AnsweringMachine{pin} {}

    int temperature = 200;         ///< in tenths of a degree Celsius
    int humidity = 500;            ///< in tenths of a percent
    bool is_plugged = true;        ///< whether it is connected
    int bits = 40;                 ///< how many it sends: fewer, and the answer breaks off
    std::uint8_t noise = 0;        ///< bits of its sum that are inverted on the way
    std::vector<Duration> starts;  ///< when it was started

protected:
    /// Sends. @param word how long the start signal is @param answers gets the first 20 bits, and the other 20 @return how long it takes
    Duration answer(std::uint32_t word, std::vector<std::uint32_t>& answers) override {
        starts.push_back(Duration{static_cast<Duration::rep>(port::now())});
        const Duration start{word}, reply{190};
        if (!is_plugged) return start;
        const auto sign = temperature < 0 ? 0x8000U : 0U;
        const std::uint32_t humid = static_cast<std::uint32_t>(humidity),
                            warm = sign | static_cast<std::uint32_t>(std::abs(temperature));
        const std::uint32_t sum = (((humid >> 8U) + humid + (warm >> 8U) + warm) ^ noise) & 0xffU;
        if (bits >= 20) answers.push_back(humid << 4U | warm >> 12U);
        if (bits >= 40) answers.push_back((warm & 0xfffU) << 8U | sum);
        return start + reply + bits * Duration{100};
    }
};

}  // namespace uasync::sim

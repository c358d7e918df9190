#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <uasync/device/onewire.hpp>
#include <uasync/sim/answering_machine.hpp>

namespace uasync::sim {

/// A device on a simulated 1-Wire bus. It is told of resets and of slots.
/// @par Use it for
/// The base of a device of your own.
/// @par Instead use
/// Ds18b20Device for a thermometer.
class OneWireDevice {
public:
    OneWireDevice() noexcept = default;
    OneWireDevice(const OneWireDevice&) = delete;
    OneWireDevice& operator=(const OneWireDevice&) = delete;
    virtual ~OneWireDevice() = default;
    /// The wire was low for so long that it listens anew. @return whether it answers
    virtual bool reset() = 0;
    /// A slot: a bit comes, or is asked for. @param bit what was sent, true to ask for one @return false if it pulls the wire low
    virtual bool slot(bool bit) = 0;
};

/// The wire of a `uasync::OneWire`, from its construction to its destruction, and the devices on it. Bits take as long as on a board; devices take
/// those of a byte at its beginning.
///
/// @par Use it for
/// Tests of programs with a OneWire.
/// @par Instead use
/// The emulator for the times at the pin.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/onewire.hpp>
/// #include <uasync/sim/onewire_bus.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     OneWire bus{16};
///     const auto result = co_await bus.reset();
///     print("{} after {} us\n", result.error(), ticks_us());
/// }
///
/// int main() {
///     sim::OneWireBus wire{16};  // nobody is on it
///     wire.is_shorted = true;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// bus stuck after 984 us
/// @endcode
class OneWireBus : public AnsweringMachine {
public:
    /// A wire. @param pin where it is connected
    explicit OneWireBus(unsigned pin) : AnsweringMachine{pin} {}
    OneWireBus(const OneWireBus&) = delete;
    OneWireBus& operator=(const OneWireBus&) = delete;
    ~OneWireBus() override = default;

    bool is_shorted = false;                     ///< whether the wire is connected to ground
    std::size_t slots = 0;                       ///< how many there were
    std::size_t flipped_slot = ~std::size_t{0};  ///< number of a slot whose level is read wrong, as by noise

    /// Connects a device. @param device it must be taken off before it is destroyed
    void connect(OneWireDevice& device) { devices_.push_back(&device); }
    /// Takes a device off. @param device one that may be connected
    void disconnect(OneWireDevice& device) {
        devices_.erase(std::remove(devices_.begin(), devices_.end(), &device), devices_.end());
    }

protected:
    /// A reset, or some slots. @param word as the driver puts it @param answers where the levels go @return how long that takes
    Duration answer(std::uint32_t word, std::vector<std::uint32_t>& answers) override {
        levels_ = 0;
        const unsigned count = (word & 31U) + 1;
        const bool is_reset = (word & 32U) != 0;
        if (is_reset) {
            bool is_present = is_shorted;
            for (OneWireDevice* device : devices_) is_present = device->reset() || is_present;
            take(!is_present);
            take(!is_shorted);
        } else {
            for (unsigned i = 0; i < count; ++i) take(slot((word >> (6 + i) & 1U) == 0));
        }
        answers.push_back(levels_);
        return Duration{is_reset ? 984 : count * 70 + 1};
    }

private:
    bool slot(bool bit) {
        bool level = bit;
        for (OneWireDevice* device : devices_) level = device->slot(bit) && level;
        if (is_shorted) level = false;
        return level != (slots++ == flipped_slot);
    }
    void take(bool level) { levels_ = levels_ >> 1U | (level ? 1U << 31U : 0U); }

    std::vector<OneWireDevice*> devices_;
    std::uint32_t levels_ = 0;
};

}  // namespace uasync::sim

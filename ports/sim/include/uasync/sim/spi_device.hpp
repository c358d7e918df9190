#pragma once

#include <cstdint>
#include <vector>

namespace uasync::sim {

/// A device on a simulated SPI bus, from its construction to its destruction. It hears what is sent while its select pin is low.
///
/// Override transfer() for a device that answers; the transfers of Spi take the time of the bus, in the simulation and on Linux.
///
/// @par Use it for
/// Tests of what talks to a display, a memory or a converter.
/// @par Instead use
/// The emulator for a firmware image with its driver.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/spi_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main(const sim::SpiDevice& device) {
///     Spi bus{0, {.sck = 2, .mosi = 3, .miso = 4}};
///     SpiDevice shift_register{bus, {.cs = 5}};
///     const std::uint8_t out[] = {0x12, 0x34};
///     std::uint8_t in[2];
///     co_await shift_register.transfer(out, in);
///     print("{} frames, and back comes {}\n", device.received.size(), in[1]);
/// }
///
/// int main() {
///     sim::SpiDevice device{0, 5};
///     run(async_main(device));
/// }
/// @endcode
/// @code{.unparsed}
/// 2 frames, and back comes 18
/// @endcode
class SpiDevice {
public:
    /// Connects the device.
    /// @param bus 0 or 1
    /// @param cs its select pin
    SpiDevice(unsigned bus, unsigned cs);
    SpiDevice(const SpiDevice&) = delete;
    SpiDevice& operator=(const SpiDevice&) = delete;
    /// Takes it off the bus.
    virtual ~SpiDevice();

    /// Its select pin goes low.
    virtual void select() {}
    /// Its select pin goes high.
    virtual void deselect() {}
    /// It hears a frame while it answers one: by default the one that it heard before, as a shift register does.
    /// @param frame what is sent
    /// @param bits of a frame: 8 or 16
    /// @return what it sends meanwhile
    virtual std::uint16_t transfer(std::uint16_t frame, unsigned bits);

    /// What it has heard, unless transfer() is overridden.
    std::vector<std::uint16_t> received;

private:
    friend SpiDevice* first_spi_device() noexcept;
    friend SpiDevice* next_spi_device(const SpiDevice& device) noexcept { return device.next_; }
    friend bool is_spi_device_at(const SpiDevice& device, unsigned bus, unsigned cs) noexcept {
        return device.bus_ == bus && device.cs_ == cs;
    }
    SpiDevice* next_;
    std::uint8_t bus_;
    std::uint8_t cs_;
};

}  // namespace uasync::sim

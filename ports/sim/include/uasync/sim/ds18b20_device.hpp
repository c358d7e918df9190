#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <uasync/kernel/port.hpp>
#include <uasync/sim/onewire_bus.hpp>

namespace uasync::sim {

/// A DS18B20 on a simulated 1-Wire bus, from its construction to its destruction: as the real one it takes time to measure, and forgets its
/// settings without its supply.
///
/// @par Use it for
/// Tests of programs with a `uasync::Ds18b20`.
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
///     Ds18b20 thermometer{bus, {.bits = 9}};
///     const auto celsius = co_await thermometer.read();
///     print("{} C/100\n", celsius ? *celsius : 0);
/// }
///
/// int main() {
///     sim::OneWireBus wire{16};
///     sim::Ds18b20Device thermometer{wire, 1};
///     thermometer.raw_temperature = 0x191;
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 2500 C/100
/// @endcode
class Ds18b20Device : public OneWireDevice {
public:
    /// Connects it. @param bus the wire, which must outlive it @param number of its own
    Ds18b20Device(OneWireBus& bus, std::uint64_t number) : bus_{bus} {
        rom[0] = 0x28;
        for (unsigned i = 0; i < 6; ++i) rom[1 + i] = static_cast<std::uint8_t>(number >> (8 * i));
        rom[7] = OneWire::crc8(std::span{rom}.first(7));
        lose_supply();
        plug();
    }
    ~Ds18b20Device() override { bus_.disconnect(*this); }

    OneWireRom rom{};                    ///< its number
    std::int16_t raw_temperature = 400;  ///< what its converter reads, in 16ths of a degree: 25 degrees Celsius
    Time measuring_us = 600'000;         ///< how long a measurement with 12 bits takes
    bool has_supply = true;              ///< whether it has one of its own: without it does not say that it measures
    int measurements = 0;                ///< how many it has begun

    /// Takes it off the bus, so that it loses its supply.
    void unplug() {
        bus_.disconnect(*this);
        lose_supply();
    }
    /// Connects it again.
    void plug() {
        bus_.disconnect(*this);
        bus_.connect(*this);
    }
    /// It forgets its settings, and shows 85 degrees.
    void lose_supply() {
        scratchpad_ = {0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0};
        measuring_ = false;
        state_ = State::idle;
    }

    /// It listens anew. @return true
    bool reset() override {
        state_ = State::rom_command;
        count_ = byte_ = 0;
        return true;
    }
    /// A bit comes, or is asked for. @param bit what was sent @return what it answers
    bool slot(bool bit) override {
        switch (state_) {
            case State::idle: return true;
            case State::rom_command:
                if (take(bit)) choose();
                return true;
            case State::match:
                if (bit != rom_bit(count_)) {
                    state_ = State::idle;
                } else if (++count_ == 64) {
                    listen(State::command);
                }
                return true;
            case State::search: return search(bit);
            case State::command:
                if (take(bit)) execute();
                return true;
            case State::write:
                if (!take(bit)) return true;
                scratchpad_[2 + written_] = written_ == 2 ? static_cast<std::uint8_t>((byte_ & 0x60U) | 0x1fU) : byte_;
                if (++written_ == 3) state_ = State::idle;
                return true;
            case State::read: return count_ < 72 ? (scratchpad_[count_ / 8] >> count_++ % 8 & 1U) != 0 : true;
            case State::busy: return !has_supply || port::now() >= done_;
        }
        return true;
    }

private:
    enum class State : std::uint8_t { idle, rom_command, match, search, command, write, read, busy };

    void listen(State state) noexcept {
        state_ = state;
        count_ = byte_ = 0;
    }
    /// @return whether a byte is complete
    bool take(bool bit) noexcept {
        if (count_ == 8) count_ = byte_ = 0;
        byte_ = static_cast<std::uint8_t>(byte_ | (bit ? 1U : 0U) << count_);
        return ++count_ == 8;
    }
    bool rom_bit(unsigned at) const noexcept { return (rom[at / 8] >> at % 8 & 1U) != 0; }
    void choose() noexcept {
        const unsigned command = byte_;
        listen(command == 0xcc ? State::command : command == 0x55 ? State::match : command == 0xf0 ? State::search : State::idle);
    }
    bool search(bool bit) noexcept {
        const unsigned at = count_ / 3, part = count_ % 3;
        const bool own = rom_bit(at);
        ++count_;
        if (part == 0) return own;
        if (part == 1) return !own;
        if (bit != own || at == 63) state_ = State::idle;
        return true;
    }
    void execute() noexcept {
        end_measurement();
        const unsigned command = byte_;
        listen(State::idle);
        if (command == 0x4e) {
            listen(State::write);
            written_ = 0;
        } else if (command == 0xbe) {
            scratchpad_[8] = OneWire::crc8(std::span{scratchpad_}.first(8));
            listen(State::read);
        } else if (command == 0x44) {
            listen(State::busy);
            ++measurements;
            measuring_ = true;
            done_ = port::now() + (measuring_us >> (3U - (scratchpad_[4] >> 5U & 3U)));
        }
    }
    void end_measurement() noexcept {
        if (!measuring_ || port::now() < done_) return;
        measuring_ = false;
        scratchpad_[0] = static_cast<std::uint8_t>(raw_temperature);
        scratchpad_[1] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(raw_temperature) >> 8U);
    }

    OneWireBus& bus_;
    std::array<std::uint8_t, 9> scratchpad_{};
    Time done_ = 0;
    unsigned count_ = 0, written_ = 0;
    std::uint8_t byte_ = 0;
    State state_ = State::idle;
    bool measuring_ = false;
};

}  // namespace uasync::sim

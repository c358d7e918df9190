#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uasync/board/pio.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

class OneWire;

/// The number that each device of a 1-Wire bus has from its maker: the family first, 0x28 of a DS18B20, then six bytes, then their CRC.
using OneWireRom = std::array<std::uint8_t, 8>;

namespace detail {

/// A reset, or some bits, done by the state machine of a bus. A task that waits for it waits for the machine's word.
class OneWireAwaiter : public PioGetAwaiter {
public:
    OneWireAwaiter(OneWire& bus, std::uint32_t command) noexcept;
    OneWireAwaiter(OneWireAwaiter&&) noexcept = default;  // until it waits
    OneWireAwaiter& operator=(OneWireAwaiter&&) = delete;
    ~OneWireAwaiter() {
        if (is_running_) [[unlikely]]
            stop();
    }
    bool await_suspend(Frame self) noexcept;
    Result<std::uint32_t> await_resume() noexcept;

private:
    friend class uasync::OneWire;
    void stop() noexcept;

    OneWire* bus_;
    std::uint32_t command_;
    bool is_running_ = false;
    bool is_refused_ = false;
};

class OneWireResetAwaiter : public OneWireAwaiter {
public:
    using OneWireAwaiter::OneWireAwaiter;
    Result<void> await_resume() noexcept;
};

}  // namespace detail

/// A 1-Wire bus: one wire for data, with a resistor of 4.7 kOhm to 3.3 V, to which any number of devices is connected.
///
/// A state machine of the PIO makes the times of the wire: 497 us of a reset, 5 us of a 1, 64 us of a 0, in slots of 70 us. Nothing that other
/// tasks or interrupts do is seen on the wire. What the devices answer is read 12 us after a slot's begin, of the 15 that they have.
///
///     [idle] -- a task awaits a reset or bits --> [running] -- the machine's word is there --> the task is woken; [idle]
///                                                     +------- the awaiter is destroyed: the machine is stopped, the wire released --> [idle]
///
/// A transaction is a reset, the choice of a device, and what it is asked. transfer() does it in one, and keeps other tasks from the bus
/// meanwhile. With reset(), select_rom(), write() and read() a program does it in parts; where several tasks share the bus, it holds lock() meanwhile.
///
/// @par Use it for
/// Devices whose wire is called DQ, and which have no class here: memories, iButtons.
/// @par Instead use
/// Ds18b20 for that thermometer.
/// @par Cost
/// 28 bytes, a state machine of the PIO, and 21 of the 32 instructions of its block. A reset takes 0.98 ms and a byte 0.56 ms, in which the processor sleeps;
/// each takes one interrupt. A read(), write(), transfer() or scan() takes a frame of the pool.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The machine is stopped and the wire is released before the frame goes, in the middle of a bit, too. Devices have then got a part of what was sent;
/// the next reset() has them listen anew.
/// @par Fairness
/// transfer() and scan() are done one after the other, first in, first out.
/// @par Errors
/// Error::no_acknowledgement if no device answers a reset. Error::bus_stuck if the wire stays low, or does not follow: a short, or no resistor.
/// Error::bus_error if a scan() finds a number whose CRC is wrong, or devices come and go meanwhile. Error::misuse for a task that awaits bits while another one does, and for a pin that there
/// is not. Error::unavailable and Error::no_memory as Pio. Error::destroyed if the bus is destroyed meanwhile.
/// @par Source
/// MicroPython's `onewire`; datasheet of the DS18B20, "1-Wire signaling"; Maxim's application note 187 (search)
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/onewire.hpp>
/// #include <uasync/sim/ds18b20_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     OneWire bus{16};
///     OneWireRom roms[4];
///     const auto count = co_await bus.scan(roms);
///     if (!count) {
///         print("bus: {}\n", count.error());
///         co_return;
///     }
///     for (const OneWireRom& rom : std::span{roms}.first(*count)) print("family {}, number {}\n", rom[0], rom[1]);
/// }
///
/// int main() {
///     sim::OneWireBus wire{16};  // on a board, the devices
///     sim::Ds18b20Device inside{wire, 7}, outside{wire, 9};
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// family 40, number 9
/// family 40, number 7
/// @endcode
class OneWire {
public:
    /// Takes a state machine, and releases the wire. The pin's own resistor is pulled up, too, but it is too weak for the bus.
    /// @param pin the wire
    UASYNC_DRIVER explicit OneWire(unsigned pin) noexcept;
    OneWire(const OneWire&) = delete;
    OneWire& operator=(const OneWire&) = delete;
    /// Stops the machine. Tasks that wait end with Error::destroyed.
    ~OneWire();

    /// Has all devices listen anew. @return an awaitable; `co_await` gives a Result<void>: Error::no_acknowledgement if there is none
    [[nodiscard("co_await it")]] detail::OneWireResetAwaiter reset() noexcept;
    /// Sends bytes. @param out what to send, the lowest bit first; it must live until then
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> write(std::span<const std::uint8_t> out);
    /// Receives bytes; 0xff if no device sends. @param into where they go; it must live until then
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> read(std::span<std::uint8_t> into);
    /// After a reset, has only one device listen (MATCH ROM). @param rom its number
    /// @return a coroutine; `co_await` gives a Result<void>, also if there is no such device
    [[nodiscard("co_await it")]] Coro<Result<void>> select_rom(OneWireRom rom);

    /// A whole transaction, while no other task has the bus: reset, choice, write, read.
    /// @param rom the device; null if there is only one on the bus (SKIP ROM), or all are meant. It must live until then
    /// @param out what to send; it must live until then
    /// @param into where what comes then goes, 0xff if no device sends; it must live until then
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> transfer(const OneWireRom* rom, std::span<const std::uint8_t> out,
                                                             std::span<std::uint8_t> into);
    /// Finds the devices, by their numbers: 15 ms for each. One that is unplugged meanwhile is an error.
    /// @param found where their numbers go; those for which it has no room are not looked for
    /// @return a coroutine; `co_await` gives a Result<std::size_t>: how many were found, 0 if there is none
    [[nodiscard("co_await it")]] Coro<Result<std::size_t>> scan(std::span<OneWireRom> found);

    /// What a task holds that shares the bus with others, from reset() to its last read(). transfer() and scan() hold it themselves.
    /// @return the lock
    Lock& lock() noexcept { return lock_; }

    /// The check of numbers and memories: x^8 + x^5 + x^4 + 1. @param bytes what is checked
    /// @return the CRC; 0 if the last byte is that of the others
    static std::uint8_t crc8(std::span<const std::uint8_t> bytes) noexcept;

private:
    friend class detail::OneWireAwaiter;

    Coro<Result<void>> bytes(std::span<const std::uint8_t> out, std::span<std::uint8_t> in);

    Pio machine_;
    Lock lock_;
    detail::OneWireAwaiter* running_ = nullptr;
};

UASYNC_WAITS_FOR(OneWireAwaiter, "Pio::get");
UASYNC_WAITS_FOR(OneWireResetAwaiter, "Pio::get");

}  // namespace uasync

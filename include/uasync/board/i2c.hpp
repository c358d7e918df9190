#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uasync/board/i2c_port.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class I2c;

namespace detail {

/// A transaction, in the list of those that its bus is to do. The interrupt takes it out when it is over.
class I2cAwaiter {
public:
    I2cAwaiter(I2c& bus, const port::I2cTransfer& transfer) noexcept : transfer_{transfer}, bus_{&bus} {}
    I2cAwaiter(I2cAwaiter&& unstarted) noexcept : I2cAwaiter{*unstarted.bus_, unstarted.transfer_} {}
    I2cAwaiter& operator=(I2cAwaiter&&) = delete;
    ~I2cAwaiter() {
        if (listed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;
    Result<void> await_resume() noexcept;

private:
    friend class uasync::I2c;
    void leave() noexcept;

    port::I2cTransfer transfer_;
    I2c* bus_;
    // Set when the wait begins, as until then the awaiter may move.
    I2cAwaiter* next_;
    TaskLoop* loop_;
    WaitList waiter_;
    bool listed_ = false;  ///< written with interrupts masked
    bool suspended_ = false;
    Error error_ = Error::none;
};

}  // namespace detail

/// A bus of devices with two wires, I2C, whose controller this chip is: one transaction at a time, by interrupt, while the CPU sleeps
/// or runs other tasks.
///
/// Several tasks may use the bus. A transaction waits until those before it are over. On Linux and in the simulation the devices are
/// `sim::I2cDevice` objects.
///
/// @par Use it for
/// Sensors, displays, clocks and memories with SDA and SCL pins.
/// @par Instead use
/// Lock around several transactions that no other task may come between.
/// @par Cost
/// 44 bytes. An await takes 12 words of the frame and no allocation. A transaction of up to 16 bytes takes one interrupt, a longer one another for
/// each 8 to 12 bytes. A byte takes 9 clocks: 90 us at 100 kHz.
/// @par From an interrupt
/// Not allowed. The bus belongs to the loop, and to the core, that made it.
/// @par When cancelled
/// A transaction that waits is not begun. One that is on the bus is stopped after the byte that is under way, with a STOP, which nobody
/// waits for: the next transaction begins then. How many bytes were written by then is not told.
/// @par Fairness
/// First in, first out. The interrupt begins the next transaction.
/// @par Errors
/// Error::no_acknowledgement if no device has the address, or the device refused a byte. Error::bus_stuck if SDA is low and nine clocks
/// did not free it, or if nothing has moved for 50 ms to 100 ms. The bus is clocked free then, and may be used again. Error::misuse if
/// there is no such bus, if it cannot use these pins, or for a transaction without a byte, which the controller cannot do. Tasks that
/// wait when the object is destroyed end with Error::destroyed.
/// @par Source
/// MicroPython's `machine.I2C`; RP2040 datasheet 4.3. Addresses have 7 bits.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/i2c_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     I2c bus{0, {.scl = 5, .sda = 4, .freq = 400'000}};
///     std::uint8_t id[1];
///     Result<void> read = co_await bus.read_mem(0x76, 0xd0, id);  // the register in which a BME280 says what it is
///     print("{} us: {}\n", ticks_us(), read ? id[0] : 0);
///
///     const std::uint8_t settings[] = {0x27, 0xa0};
///     co_await bus.write_mem(0x76, 0xf4, settings);
///     read = co_await bus.read_mem(0x77, 0xd0, id);
///     print("0x77: {}\n", to_string(read.error()));
/// }
///
/// int main() {
///     sim::I2cDevice sensor{0, 0x76};  // on a board, a sensor
///     sensor.registers[0xd0] = 0x60;
///     run(async_main());
///     print("0xf4 is {}\n", sensor.registers[0xf4]);
/// }
/// @endcode
/// @code{.unparsed}
/// 98 us: 96
/// 0x77: no acknowledgement
/// 0xf4 is 39
/// @endcode
class I2c : LoopTimer {
public:
    /// The pins and the speed of a bus.
    struct Options {
        unsigned scl;                  ///< pin of the clock: an odd one, GP1, 5, 9 ... for bus 0, GP3, 7, 11 ... for bus 1
        unsigned sda;                  ///< pin of the data: an even one, GP0, 4, 8 ... for bus 0, GP2, 6, 10 ... for bus 1
        std::uint32_t freq = 400'000;  ///< in hertz, 10'000 to 1'000'000; at most what the slowest device allows
    };

    /// Sets up a bus. One object for each bus at a time.
    ///
    /// The pins get their pull-ups, which are weak (50 kOhm): above 100 kHz, or with long wires, solder resistors of 2.2 to 4.7 kOhm.
    /// @param bus which controller: 0 or 1
    /// @param options its pins and speed
    UASYNC_DRIVER I2c(unsigned bus, Options options) noexcept;
    I2c(const I2c&) = delete;
    I2c& operator=(const I2c&) = delete;
    /// Stops the bus. Tasks that wait end with Error::destroyed.
    ~I2c();

    /// Writes bytes to a device.
    /// @param address of the device, 7 bits
    /// @param bytes what to write, at least one; it must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::I2cAwaiter write(std::uint8_t address, std::span<const std::uint8_t> bytes) noexcept {
        return transaction(address, 0, 0, bytes, {});
    }
    /// Reads bytes from a device. It cannot refuse any: all of them have come, or none.
    /// @param address of the device, 7 bits
    /// @param into where the bytes go, at least one
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::I2cAwaiter read(std::uint8_t address, std::span<std::uint8_t> into) noexcept {
        return transaction(address, 0, 0, {}, into);
    }
    /// Writes bytes and reads others without a STOP in between.
    /// @param address of the device, 7 bits
    /// @param bytes what to write; it must live until then
    /// @param into where the bytes go
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::I2cAwaiter write_read(std::uint8_t address, std::span<const std::uint8_t> bytes,
                                                               std::span<std::uint8_t> into) noexcept {
        return transaction(address, 0, 0, bytes, into);
    }
    /// Reads from a device's memory or registers: writes where, then reads.
    /// @param address of the device, 7 bits
    /// @param memory address in the device
    /// @param into where the bytes go, at least one
    /// @param bits size of the memory's addresses: 8 or 16, the high byte first
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::I2cAwaiter read_mem(std::uint8_t address, std::uint16_t memory,
                                                             std::span<std::uint8_t> into, unsigned bits = 8) noexcept {
        return transaction(address, memory, bits, {}, into);
    }
    /// Writes to a device's memory or registers: where, then the bytes.
    /// @param address of the device, 7 bits
    /// @param memory address in the device
    /// @param bytes what to write; it must live until then
    /// @param bits size of the memory's addresses: 8 or 16, the high byte first
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::I2cAwaiter write_mem(std::uint8_t address, std::uint16_t memory,
                                                              std::span<const std::uint8_t> bytes, unsigned bits = 8) noexcept {
        return transaction(address, memory, bits, bytes, {});
    }
    /// Finds the devices: reads a byte from each address from 0x08 to 0x77, which a few devices take for more than a question.
    /// @par Errors
    /// Error::bus_stuck and Error::misuse, as for a transaction.
    /// @return a coroutine; `co_await` gives a set of addresses: `(*found)[0x76]`
    [[nodiscard("co_await it")]] Coro<Result<std::bitset<128>>> scan();

private:
    friend class detail::I2cAwaiter;
    friend void detail::i2c_interrupt(unsigned bus) noexcept;

    // What the bus does, with the functions that change it. They run with interrupts masked.
    //
    //            start_next              interrupt: done, failed
    //   [idle] -------------> [busy] ---------------------------------> [idle], or the next transaction
    //                           |  |                                      ^
    //              awaiter left |  +-- nothing moves: give_up ------------+
    //                           v  |                                      |
    //                     [cancelling] -- interrupt: the STOP is out -----+
    //
    // In [cancelling] the frame with the transaction is gone; the controller does not know it any more.

    detail::I2cAwaiter transaction(std::uint8_t address, std::uint16_t memory, unsigned bits, std::span<const std::uint8_t> out,
                                   std::span<std::uint8_t> into) noexcept;
    void start_next() noexcept;
    void finish_first(Error error) noexcept;
    void interrupt() noexcept;
    void watch() noexcept;
    void give_up() noexcept;

    detail::I2cAwaiter* first_ = nullptr;  ///< on the bus, unless that is idle or cancelling; the others wait
    port::I2cLines lines_;
    bool usable_;
    bool busy_ = false;  ///< or cancelling
    bool cancelling_ = false;
    std::uint8_t moves_ = 0;       ///< counts interrupts and transactions
    std::uint8_t seen_moves_ = 0;  ///< when the timer last looked
};

UASYNC_WAITS_FOR(I2cAwaiter, "I2c::transfer");

}  // namespace uasync

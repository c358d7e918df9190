#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <uasync/board/spi_port.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Spi;
class SpiTransfers;

namespace detail {

/// A transaction, in the list of those that its bus is to do, or on the bus. The interrupt takes it out when it is over.
class SpiAwaiter {
public:
    /// What is sent and what is received: at the same time, or one after the other.
    struct Frames {
        const void* out;
        std::size_t out_count;
        void* in;
        std::size_t in_count;
        std::uint16_t fill;
        std::uint8_t size;  ///< of a frame, in bytes; 0: only select
        bool at_once;
    };
    SpiAwaiter(SpiTransfers& who, const Frames& frames) noexcept : who_{&who}, frames_{frames} {}
    SpiAwaiter(SpiAwaiter&& unstarted) noexcept : SpiAwaiter{*unstarted.who_, unstarted.frames_} {}
    SpiAwaiter& operator=(SpiAwaiter&&) = delete;
    ~SpiAwaiter() {
        if (listed_ || handed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;
    Result<void> await_resume() noexcept;

protected:
    SpiTransfers* who() const noexcept { return who_; }

private:
    friend class uasync::Spi;
    void leave() noexcept;
    bool only_selects() const noexcept { return frames_.size == 0; }

    SpiTransfers* who_;
    Frames frames_;
    // Set when the wait begins, as until then the awaiter may move.
    SpiAwaiter* next_ = nullptr;
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    bool listed_ = false;  ///< waits or is on the bus; written with interrupts masked
    bool handed_ = false;  ///< its device was selected for its task, which has not run yet
    Error error_ = Error::none;
};

#if defined(__OPTIMIZE__) && !defined(DOXYGEN)
[[gnu::error(
    "uasync: these cannot be the pins of this SPI. SPI 0 has sck at GP2, 6, 18 or 22, mosi at GP3, 7, 19 or 23, miso at GP0, 4, 16 "
    "or "
    "20. SPI 1 has sck at GP10, 14 or 26, mosi at GP11, 15 or 27, miso at GP8, 12, 24 or 28")]] void
spi_has_other_pins() noexcept;
#endif

}  // namespace detail

/// A device is selected, until this object goes: its select pin is low, and the bus is its alone.
class [[nodiscard("the device is selected for the life of this object: give it a name")]] SpiSelection {
public:
    /// Takes over a device that is selected. @param who the device
    explicit SpiSelection(SpiTransfers& who) noexcept : who_{&who} {}
    /// Takes over what another one has selected. @param other has nothing afterwards
    SpiSelection(SpiSelection&& other) noexcept : who_{std::exchange(other.who_, nullptr)} {}
    SpiSelection& operator=(SpiSelection&&) = delete;
    ~SpiSelection();

private:
    SpiTransfers* who_;
};

namespace detail {
/// A wait for the bus.
class SpiSelectAwaiter : public SpiAwaiter {
public:
    explicit SpiSelectAwaiter(SpiTransfers& who) noexcept : SpiAwaiter{who, Frames{}} {}
    Result<SpiSelection> await_resume() noexcept {
        const Result<void> result = SpiAwaiter::await_resume();
        if (!result) return std::unexpected{result.error()};
        return Result<SpiSelection>{std::in_place, *who()};
    }
};
}  // namespace detail

/// What Spi and SpiDevice can do. A frame has 8 bits, or 16 in the functions for spans of `std::uint16_t`; the highest bit goes first.
///
/// The buffers must live until the transfer is over. Each await gives a Result<void>.
class SpiTransfers {
public:
    SpiTransfers(const SpiTransfers&) = delete;
    SpiTransfers& operator=(const SpiTransfers&) = delete;

    /// Sends frames, and forgets what is received meanwhile. @param frames what to send @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter write(std::span<const std::uint8_t> frames) noexcept {
        return {*this, {frames.data(), frames.size(), nullptr, 0, 0, 1, true}};
    }
    /// The same with frames of 16 bits. @param frames what to send @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter write(std::span<const std::uint16_t> frames) noexcept {
        return {*this, {frames.data(), frames.size(), nullptr, 0, 0, 2, true}};
    }
    /// Sends one frame of 16 bits again and again, such as a colour. @param frame what to send @param count how often
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter write_repeated(std::uint16_t frame, std::size_t count) noexcept {
        return {*this, {nullptr, 0, nullptr, count, frame, 2, true}};
    }
    /// Receives frames. @param into where they go @param fill what is sent meanwhile @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter read(std::span<std::uint8_t> into, std::uint8_t fill = 0) noexcept {
        return {*this, {nullptr, 0, into.data(), into.size(), fill, 1, true}};
    }
    /// The same with frames of 16 bits. @param into where they go @param fill what is sent meanwhile
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter read(std::span<std::uint16_t> into, std::uint16_t fill = 0) noexcept {
        return {*this, {nullptr, 0, into.data(), into.size(), fill, 2, true}};
    }
    /// Sends and receives at the same time.
    /// @param out what to send
    /// @param in where goes what is received, as many; it may be the same buffer
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter transfer(std::span<const std::uint8_t> out,
                                                             std::span<std::uint8_t> in) noexcept {
        return {*this, {out.data(), out.size(), in.data(), in.size(), 0, 1, true}};
    }
    /// The same with frames of 16 bits. @param out what to send @param in where goes what is received, as many
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter transfer(std::span<const std::uint16_t> out,
                                                             std::span<std::uint16_t> in) noexcept {
        return {*this, {out.data(), out.size(), in.data(), in.size(), 0, 2, true}};
    }
    /// Sends, such as the number of a register, and then receives, in one transaction.
    /// @param out what to send
    /// @param in where goes what is received after that
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::SpiAwaiter write_read(std::span<const std::uint8_t> out,
                                                               std::span<std::uint8_t> in) noexcept {
        return {*this, {out.data(), out.size(), in.data(), in.size(), 0, 1, false}};
    }

    /// Selects the device, when the bus is free, for several transfers in a row. While the selection lives, transfers of this device are part of
    /// it, and all others wait.
    /// @return an awaitable; `co_await` gives a Result<SpiSelection>
    [[nodiscard("co_await it")]] detail::SpiSelectAwaiter select() noexcept { return detail::SpiSelectAwaiter{*this}; }

    /// The speed. @return hertz: what was asked for, or the next lower one that the controller has
    std::uint32_t freq() const noexcept { return port::spi_freq(format_); }

protected:
    /// For Spi and SpiDevice. @param bus where it is @param freq in hertz @param mode 0 to 3 @param cs its select pin, or none
    SpiTransfers(Spi& bus, std::uint32_t freq, unsigned mode, unsigned cs) noexcept
        : bus_{&bus}, format_{port::spi_format(freq, mode)}, cs_{static_cast<std::uint8_t>(cs)} {}
    ~SpiTransfers() = default;

private:
    friend class Spi;
    friend class SpiDevice;
    friend class SpiSelection;
    friend class detail::SpiAwaiter;

    Spi* bus_;
    port::SpiFormat format_;
    std::uint8_t cs_;
};

/// A bus of devices with three wires and a select pin for each device, SPI, whose controller this chip is: by DMA in both directions, while the
/// CPU sleeps or runs other tasks.
///
/// Several tasks may use the bus. A transfer waits until those before it are over. A device of a shared bus is an SpiDevice; transfers of
/// the bus itself select nobody. On Linux and in the simulation the devices are `sim::SpiDevice` objects.
///
/// @par Use it for
/// Displays, memory cards, fast converters and sensors, with SCK, MOSI and MISO pins.
/// @par Cost
/// 36 bytes, and two of the 12 DMA channels. An await takes 10 words of the frame, no allocation, and one interrupt at the end.
/// @par From an interrupt
/// Not allowed. The bus belongs to the loop, and to the core, that made it.
/// @par When cancelled
/// A transfer that waits is not begun. One that is on the bus is stopped at once, in the middle of a bit: the device is deselected, both DMA
/// channels are stopped and the controller is reset, which empties its FIFOs, before the frame goes. The next transfer begins then. How many
/// frames were sent is not told.
/// @par Fairness
/// First in, first out. The interrupt begins the next transfer.
/// @par Errors
/// Error::misuse if there is no such bus, if it cannot have these pins or is in use, or for a transfer() whose spans differ. Where the pins are
/// constants, the compiler names those that a bus can have, unless it does not optimise. Error::no_channel if there were no two free DMA channels.
/// Error::bus_error if the memory of a buffer is none. Tasks that wait when the object is destroyed end with Error::destroyed; its devices must go
/// before it.
/// @par Source
/// MicroPython's `machine.SPI`; RP2040 datasheet 4.4. Frames have the highest bit first.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/spi_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Spi bus{0, {.sck = 2, .mosi = 3, .miso = 4, .freq = 1'000'000}};
///     SpiDevice memory{bus, {.cs = 5, .freq = 10'000'000}};
///     const std::uint8_t command[] = {0x9f};
///     std::uint8_t id[2];
///     co_await memory.write_read(command, id);
///     print("{} us: {} {}\n", ticks_us(), id[0], id[1]);
///
///     const std::uint8_t out[] = {1, 2, 3};
///     const auto selected = co_await memory.select();
///     co_await memory.write(command);
///     co_await memory.write(out);
///     print("{} us\n", ticks_us());
/// }
///
/// class Memory : public sim::SpiDevice {  // on a board, a chip
/// public:
///     using SpiDevice::SpiDevice;
///     void select() override { count_ = 0; }
///     std::uint16_t transfer(std::uint16_t, unsigned) override { return count_++; }
///
/// private:
///     std::uint16_t count_ = 0;
/// };
///
/// int main() {
///     Memory memory{0, 5};
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 3 us: 1 2
/// 7 us
/// @endcode
class Spi : public SpiTransfers {
public:
    /// What stands for no pin.
    static constexpr unsigned no_pin = port::no_spi_pin;

    /// The pins of a bus, and the speed and mode of its own transfers.
    struct Options {
        unsigned sck;                    ///< pin of the clock: GP2, 6, 18 or 22 for bus 0, GP10, 14 or 26 for bus 1
        unsigned mosi = no_pin;          ///< pin of what is sent: GP3, 7, 19 or 23 for bus 0, GP11, 15 or 27 for bus 1
        unsigned miso = no_pin;          ///< pin of what is received: GP0, 4, 16 or 20 for bus 0, GP8, 12, 24 or 28 for bus 1
        std::uint32_t freq = 1'000'000;  ///< in hertz, 2'000 to 62'500'000; at most what the device allows
        unsigned mode = 0;               ///< 0 to 3: twice the clock's polarity, and its phase
    };

    /// Sets up a bus. One object for each bus at a time.
    /// @param bus which controller: 0 or 1
    /// @param options its pins, speed and mode
    [[gnu::always_inline]] Spi(unsigned bus, Options options) noexcept : Spi{options, bus} {
#if defined(__OPTIMIZE__) && !defined(DOXYGEN)
        const bool fits = port::spi_pins_fit(bus, options.sck, options.mosi, options.miso);
        if (__builtin_constant_p(fits) && !fits) detail::spi_has_other_pins();
#endif
    }
    /// Stops the bus. Tasks that wait end with Error::destroyed.
    ~Spi();

private:
    friend class SpiDevice;
    friend class SpiSelection;
    friend class detail::SpiAwaiter;
    friend void detail::spi_interrupt(unsigned bus, bool failed) noexcept;

    // What the bus does, with the functions that change it. They run with interrupts masked.
    //
    //            start_next                interrupt: done, failed; or the awaiter is destroyed: stop
    //   [idle] -------------> [busy] ------------------------------------------------------------> [idle], or the next transfer
    //     | select                       |
    //     +------------------> [held] <--+ of the device that holds it
    //                            +-- the SpiSelection is destroyed: let_go ----------------------> [idle], or the next transfer

    UASYNC_DRIVER Spi(Options options, unsigned bus) noexcept;
    void hold(SpiTransfers& who) noexcept;
    void let_go() noexcept;
    void start_next() noexcept;
    void start_frames() noexcept;
    void stop() noexcept;
    void finish(Error error) noexcept;
    void interrupt(bool failed) noexcept;
    void drop(const SpiTransfers* who) noexcept;

    detail::SpiAwaiter* first_ = nullptr;   ///< those that wait
    detail::SpiAwaiter* busy_ = nullptr;    ///< the one that is on the bus
    detail::SpiAwaiter* handed_ = nullptr;  ///< the one whose device was selected, but whose task has not run
    SpiTransfers* holder_ = nullptr;        ///< whose device is selected for several transfers
    port::SpiLines lines_;
    Error error_;
};

/// A device on a bus, with a select pin, speed and mode of its own.
///
/// The pin is low during each transfer, or for the life of a SpiSelection.
/// @par Use it for
/// Each device of a shared bus; also the only one of a bus, unless its select pin is at ground.
/// @par Cost
/// 12 bytes; else as Spi, whose rules hold here, too.
/// @par Errors
/// As Spi. Tasks that wait when the object is destroyed end with Error::destroyed.
class SpiDevice : public SpiTransfers {
public:
    /// How to speak to the device.
    struct Options {
        unsigned cs;                     ///< its select pin: any pin
        std::uint32_t freq = 1'000'000;  ///< in hertz, 2'000 to 62'500'000; at most what the device allows
        unsigned mode = 0;               ///< 0 to 3: twice the clock's polarity, and its phase
    };
    /// Sets up the device; its select pin is high from now on. @param bus where it is; it must live longer @param options how to speak to it
    UASYNC_DRIVER SpiDevice(Spi& bus, Options options) noexcept;
    /// Takes it off the bus. The pin stays high.
    ~SpiDevice();
};

UASYNC_WAITS_FOR(SpiAwaiter, "Spi::transfer");
UASYNC_WAITS_FOR(SpiSelectAwaiter, "Spi::select");

}  // namespace uasync

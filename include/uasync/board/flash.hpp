#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <uasync/board/flash_port.hpp>
#include <uasync/config.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/owned_wait_queue.hpp>

namespace uasync {

namespace detail {

class KeyValueStoreBase;

/// A task's turn to write to the flash chip, of which there is one.
class [[nodiscard("the turn ends with this object: give it a name")]] FlashTurn {
public:
    explicit FlashTurn(bool has_it) noexcept : has_it_{has_it} {}
    FlashTurn(FlashTurn&& other) noexcept : has_it_{std::exchange(other.has_it_, false)} {}
    FlashTurn& operator=(FlashTurn&&) = delete;
    ~FlashTurn();
    explicit operator bool() const noexcept { return has_it_; }

private:
    bool has_it_;
};

/// Waits for it. A task of another loop does not wait, and has none.
class FlashTurnAwaiter {
public:
    FlashTurnAwaiter() noexcept = default;
    FlashTurnAwaiter(FlashTurnAwaiter&&) noexcept = default;
    FlashTurnAwaiter& operator=(FlashTurnAwaiter&&) = delete;
    ~FlashTurnAwaiter();
    bool await_ready() noexcept;
    void await_suspend(Frame self) noexcept;
    FlashTurn await_resume() noexcept;

private:
    Suspended suspended_;
    bool refused_ = false;
};

}  // namespace detail

/// The number that the maker of the flash chip has given to it, and that no other chip has: a serial number of the board.
/// @par Cost
/// Interrupts are masked for about 10 us.
/// @par From an interrupt
/// Not allowed, nor in a CriticalSection: the other core must be able to stop for it.
/// @par Source
/// MicroPython's `machine.unique_id`; W25Q16JV datasheet 8.2.29. On hosts it is always the same one.
/// @return eight bytes
UASYNC_DRIVER std::array<std::uint8_t, 8> flash_unique_id() noexcept;

/// A part of the flash chip behind the program, which keeps its contents without supply: by default the end of the chip, which neither the program
/// nor a new one reaches.
///
/// Bytes are programmed, which only makes 0 of bits that are 1. Erasing makes all bits of a sector of 4096 bytes 1 again: typically 45 ms, and a sector
/// lasts 100'000 times. The chip cannot be read while it writes, and the program is in it: no code in flash runs on either core then, no interrupt
/// either. So the driver has the chip suspend its work after a millisecond, and gives the other tasks a turn, for as long as it takes. On Linux and in the
/// simulation the chip is sim::flash_contents().
///
/// @par Use it for
/// Logs, tables, pictures: what a program lays out by itself.
/// @par Instead use
/// KeyValueStore for settings.
/// @par Cost
/// 16 bytes, and 560 bytes of RAM for all of them: a page, and code. A call is a coroutine. The longest time in which no interrupt is served
/// and the other core stands still is Options::latency and about 0.2 ms. Programming takes about 0.6 ms a page of 256 bytes.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// Between sectors and pages it ends at once. A sector or page that was begun is finished first, so that nothing is left half erased: for up to 45 ms
/// (400 ms at worst) no other task has a turn, but interrupts do. done() says how far it came.
/// @par Fairness
/// First in, first out, over all objects: there is one chip.
/// @par Errors
/// Error::misuse for a range that is not inside, for a part that reaches out of the chip or into the program, for erase() with anything but whole sectors, for
/// program() where a bit would have to become 1, before anything of that page is written, and if a task of another loop is writing. Error::bus_error if the
/// chip does not hold afterwards what it should: it is worn out.
/// @par Source
/// MicroPython's `rp2.Flash`; RP2040 datasheet 4.10, W25Q16JV datasheet 8
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Flash storage{2 * Flash::sector_size};  // the last 8 KB
///     Result<void> result = co_await storage.erase(0, Flash::sector_size);
///     const std::uint8_t out[] = {1, 2, 3};
///     if (result) result = co_await storage.program(100, out);
///     std::uint8_t in[4];
///     if (result) result = co_await storage.read(100, in);
///     print("{}: {} {} {} {}\n", result ? "ok" : to_string(result.error()), in[0], in[1], in[2], in[3]);
///     const std::uint8_t more[] = {0xff};
///     result = co_await storage.program(100, more);  // 1 cannot become 255
///     print("{}\n", result ? "ok" : to_string(result.error()));
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// ok: 1 2 3 255
/// misuse
/// @endcode
class Flash {
public:
    /// What is erased together, in bytes.
    static constexpr std::uint32_t sector_size = port::flash_sector;
    /// What is programmed together, in bytes. Fewer take nearly as long.
    static constexpr std::uint32_t page_size = port::flash_page;
    /// For Options::start: so that it ends with the chip.
    static constexpr std::uint32_t at_end = 0xffff'ffff;

    /// Where it is, and how it is written.
    struct Options {
        std::uint32_t start = at_end;  ///< its first byte, counted from the beginning of the chip; a multiple of sector_size
        /// How long nothing else may run at a time, from 100 us. Shorter takes longer in all. A UART at 115200 baud has room for 2.7 ms, one at
        /// 1 Mbaud for 0.3 ms.
        std::chrono::microseconds latency = std::chrono::milliseconds{1};
    };

    /// The end of the chip.
    /// @param size how many bytes, a multiple of sector_size. `uasync_add_rp2040_image(<target> FLASH_RESERVED <bytes>)` has the linker refuse a program that
    ///   reaches into them
    UASYNC_DRIVER explicit Flash(std::uint32_t size) noexcept;
    /// A part of the chip. @param size how many bytes, a multiple of sector_size @param options where, and how it is written
    UASYNC_DRIVER Flash(std::uint32_t size, Options options) noexcept;
    Flash(const Flash&) = delete;
    Flash& operator=(const Flash&) = delete;
    ~Flash() = default;

    /// Whether it can be used. @return false if it reaches out of the chip or into the program, or is not made of whole sectors
    explicit operator bool() const noexcept { return size_ != 0; }
    /// Its size. @return bytes; 0 if it cannot be used
    std::uint32_t size() const noexcept { return size_; }
    /// Its first byte, counted from the beginning of the chip. @return an offset
    std::uint32_t start() const noexcept { return start_; }

    /// Copies bytes out of it. A sector that is being erased, and a page that is being programmed, read as nonsense until that is done.
    /// Other tasks have a turn after each 256 bytes. The CPU copies: a byte takes half a microsecond of the flash's own wires,
    /// which the code of other tasks needs, too, so DMA would not be faster.
    /// @param offset of the first byte @param into where they go; it must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> read(std::uint32_t offset, std::span<std::uint8_t> into) const;
    /// The same at once, for a few bytes. @param offset of the first byte @param into where they go @return success, or Error::misuse
    Result<void> read_nowait(std::uint32_t offset, std::span<std::uint8_t> into) const noexcept;

    /// Makes all bits of some sectors 1, and looks whether they are.
    /// @param offset of the first byte, a multiple of sector_size @param size how many bytes, a multiple of sector_size
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> erase(std::uint32_t offset, std::uint32_t size);
    /// Makes bits 0, and looks whether they are. @param offset of the first byte, any @param bytes what is to be there; they must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> program(std::uint32_t offset, std::span<const std::uint8_t> bytes);

    /// How far the last erase() or program() of this object came that had its turn, also if it was cancelled or failed.
    /// @return bytes from its offset on
    std::uint32_t done() const noexcept { return done_; }

private:
    static constexpr std::uint32_t longest_latency_us = 1'000'000;
    class Step;
    friend class Step;
    friend class detail::KeyValueStoreBase;

    std::uint32_t program_us() const noexcept { return suspends_pages_ != 0 ? latency_us_ : longest_latency_us; }
    bool has(std::uint32_t offset, std::size_t size) const noexcept { return offset <= size_ && size <= size_ - offset; }

    // A sector or a page at a time:
    //
    //   [idle] -- a turn; flash_erase, flash_program --> [the chip is suspended] -- flash_go_on --> done: compared with what it should be
    //                                                       |       ^     |
    //                                                       |       +-----+ not done: other tasks have a turn
    //                                                       +-- the coroutine is destroyed: flash_finish --> done; the turn ends

    std::uint32_t start_ = 0;
    std::uint32_t size_ = 0;
    std::uint32_t done_ = 0;
    std::uint32_t latency_us_ : 31;
    std::uint32_t suspends_pages_ : 1 = 1;
};

UASYNC_WAITS_FOR(FlashTurnAwaiter, "Flash::erase");

}  // namespace uasync

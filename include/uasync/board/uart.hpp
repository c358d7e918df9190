#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uasync/board/uart_port.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Uart;

namespace detail {

/// A read. While its task waits, the interrupt moves bytes from the ring into the task's buffer.
class UartReadAwaiter {
public:
    UartReadAwaiter(Uart& uart, std::uint8_t* into, std::size_t size, std::size_t enough, bool is_line) noexcept
        : uart_{&uart}, into_{into}, size_{size}, enough_{enough}, is_line_{is_line} {}
    UartReadAwaiter(UartReadAwaiter&& unstarted) noexcept
        : UartReadAwaiter{*unstarted.uart_, unstarted.into_, unstarted.size_, unstarted.enough_, unstarted.is_line_} {}
    UartReadAwaiter& operator=(UartReadAwaiter&&) = delete;
    ~UartReadAwaiter() {
        if (unread_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;
    Result<std::size_t> await_resume() noexcept;

protected:
    const std::uint8_t* bytes() const noexcept { return into_; }

private:
    friend class uasync::Uart;
    void leave() noexcept;

    Uart* uart_;
    std::uint8_t* into_;
    std::size_t size_;
    std::size_t enough_;
    std::size_t count_ = 0;
    // Set when the wait begins, as until then the awaiter may move.
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    bool is_line_;
    bool unread_ = false;     ///< its task waits, or was woken and has not run: what it has taken still belongs to the ring
    bool satisfied_ = false;  ///< its task was woken
    Error error_ = Error::none;
};

/// A read of text, to the end of a line.
class UartLineAwaiter : public UartReadAwaiter {
public:
    using UartReadAwaiter::UartReadAwaiter;
    Result<std::string_view> await_resume() noexcept {
        const Result<std::size_t> count = UartReadAwaiter::await_resume();
        if (!count) return std::unexpected{count.error()};
        return std::string_view{reinterpret_cast<const char*>(bytes()), *count};
    }
};

/// A write, in the list of those that the UART is to send. The interrupt takes it out when the last byte is in the UART.
class UartWriteAwaiter {
public:
    UartWriteAwaiter(Uart& uart, const std::uint8_t* bytes, std::size_t size) noexcept : uart_{&uart}, bytes_{bytes}, left_{size} {}
    UartWriteAwaiter(UartWriteAwaiter&& unstarted) noexcept
        : UartWriteAwaiter{*unstarted.uart_, unstarted.bytes_, unstarted.left_} {}
    UartWriteAwaiter& operator=(UartWriteAwaiter&&) = delete;
    ~UartWriteAwaiter() {
        if (listed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;
    Result<void> await_resume() noexcept;

private:
    friend class uasync::Uart;
    void leave() noexcept;

    Uart* uart_;
    const std::uint8_t* bytes_;
    std::size_t left_;
    // Set when the wait begins, as until then the awaiter may move.
    UartWriteAwaiter* next_ = nullptr;
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    bool listed_ = false;
    Error error_ = Error::none;
};

}  // namespace detail

/// A serial line, UART: bytes out and in, by interrupt.
///
/// What is received goes into a ring, whether a task waits or not. On Linux and in the simulation a test is at the other end
/// (`sim::uart_input`, `sim::uart_output`).
///
/// @par Use it for
/// GPS receivers, modems, other boards, terminals.
/// @par Cost
/// 184 bytes, of which 128 are the ring. A read takes 8 words of the frame, a write 7; no allocation. The interrupt comes for every 8 bytes
/// received, or 32 bits after the last one, and for every 28 sent.
/// @par From an interrupt
/// Not allowed. It belongs to the loop, and to the core, that made it.
/// @par When cancelled
/// A cancelled read has taken nothing: what it had begun to fill a buffer with is put back. (If that is more than the ring has room for, as
/// read_exactly() of more bytes than the ring has may be, the last ones are lost, which counts as an overrun.) Of a cancelled write, up to 32
/// bytes that are in the UART are still sent.
/// @par Fairness
/// Writes go out one after the other, first in, first out, and do not mix.
/// @par Errors
/// Error::misuse if there is no such UART or it cannot have these pins, if another task reads, or for a read of no bytes. What is wrong with
/// bytes is counted, see Counts. Tasks that wait when the object is destroyed end with Error::destroyed.
///
/// print() uses UART 0 if the console is the UART (UASYNC_CONSOLE). A Uart of number 0 may be used beside it: its baud rate and pins are then
/// those of print(), too, whose lines come between the bytes of a write(). A program that prints and needs a line of its own uses UART 1, or
/// has its console over USB.
/// @par Source
/// MicroPython's `machine.UART` and asyncio's streams; RP2040 datasheet 4.2.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim.hpp>
/// #include <uasync/sim/uart.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Uart gps{1, {.tx = 4, .rx = 5, .baudrate = 9600}};
///     co_await gps.write("$PUBX,00*33\r\n");
///     char buffer[82];
///     Result<std::string_view> line = co_await gps.readline(buffer);
///     print("{} ms: {}", ticks_ms(), line ? *line : "none");
///     const auto next = co_await wait_for_ms(gps.readline(buffer), 500);
///     print("{} ms: {}, {} bytes have come\n", ticks_ms(), to_string(next.error()), gps.any());
/// }
///
/// int main() {
///     sim::at(20ms, [] { sim::uart_input(1, "$GPTXT,01*00\n$GP"); });  // on a board, a receiver
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 36 ms: $GPTXT,01*00
/// 536 ms: timeout, 3 bytes have come
/// @endcode
class Uart {
public:
    /// What makes the sum of a character's bits odd or even.
    enum Parity : std::uint8_t {
        no_parity,  ///< there is no such bit
        odd,        ///< odd
        even        ///< even
    };
    /// What stands for no pin.
    static constexpr unsigned no_pin = port::UartLine::no_pin;

    /// The pins and settings of a line. Both sides must have the same settings.
    struct Options {
        unsigned tx = no_pin;              ///< pin of what is sent: GP0, 12, 16 or 28 for UART 0, GP4, 8, 20 or 24 for UART 1
        unsigned rx = no_pin;              ///< pin of what is received: the one after a possible #tx
        std::uint32_t baudrate = 115'200;  ///< bits in a second: 300 to 7'812'500
        unsigned bits = 8;                 ///< of a character: 5 to 8
        Parity parity = no_parity;         ///< parity bit
        unsigned stop = 1;                 ///< stop bits: 1 or 2
        unsigned rts = no_pin;             ///< tells the other side to wait while there is no room: three after a possible #tx
        unsigned cts = no_pin;             ///< the other side tells to wait: two after a possible #tx
        // NOLINTNEXTLINE(readability-redundant-member-init): else the compilers miss it in {.tx = 4}
        std::span<std::uint8_t> rxbuf{};  ///< a ring for one byte less than it has, instead of the one of 127 in the object
    };

    /// What has gone wrong since the beginning. Bytes with wrong bits are not given to the program.
    struct Counts {
        std::uint32_t overruns = 0;  ///< how often bytes were lost because ring and UART were full; how many is not known
        std::uint32_t framing = 0;   ///< bytes without a stop bit: the baud rates differ, or the line is noisy
        std::uint32_t parity = 0;    ///< bytes with a wrong parity
        std::uint32_t breaks = 0;    ///< how often the line was low for longer than a character
    };

    /// Sets up a line. One object for each UART at a time.
    /// @param number which UART: 0 or 1
    /// @param options its pins and settings
    UASYNC_DRIVER Uart(unsigned number, Options options) noexcept;
    Uart(const Uart&) = delete;
    Uart& operator=(const Uart&) = delete;
    /// Stops the line. What is in the UART is still sent.
    ~Uart();

    /// How many bytes can be read without waiting. @return at most what the ring has room for
    std::size_t any() const noexcept;
    /// What has gone wrong since the beginning. @return the counts
    Counts counts() const noexcept;

    /// Reads what has come, at least one byte.
    /// @param into where the bytes go
    /// @return an awaitable; `co_await` gives a Result with their number
    [[nodiscard("co_await it")]] detail::UartReadAwaiter read(std::span<std::uint8_t> into) noexcept {
        return {*this, into.data(), into.size(), 1, false};
    }
    /// Reads until the buffer is full.
    /// @param into where the bytes go
    /// @return an awaitable; `co_await` gives a Result with their number, which is that of the buffer
    [[nodiscard("co_await it")]] detail::UartReadAwaiter read_exactly(std::span<std::uint8_t> into) noexcept {
        return {*this, into.data(), into.size(), into.size(), false};
    }
    /// Reads up to the end of a line, or until the buffer is full.
    /// @param into where the text goes
    /// @return an awaitable; `co_await` gives a Result with the text, its "\n" included unless the buffer is full
    [[nodiscard("co_await it")]] detail::UartLineAwaiter readline(std::span<char> into) noexcept {
        return {*this, reinterpret_cast<std::uint8_t*>(into.data()), into.size(), into.size(), true};
    }
    /// Sends bytes. It is over when the last one is in the UART, where there is room for 32.
    /// @param bytes what to send; they must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::UartWriteAwaiter write(std::span<const std::uint8_t> bytes) noexcept {
        return {*this, bytes.data(), bytes.size()};
    }
    /// Sends text. @param text what to send; it must live until then @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::UartWriteAwaiter write(std::string_view text) noexcept {
        return {*this, reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    }
    /// Waits until all that was written has left the pin. It looks once a character.
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> drain();

private:
    friend class detail::UartReadAwaiter;
    friend class detail::UartWriteAwaiter;
    friend void detail::uart_interrupt(unsigned number) noexcept;

    // Receiving: the interrupt writes to the ring and moves `last_`; a task that reads moves `first_`, and so does the interrupt, but only
    // while that task waits. If the ring is full, the interrupt for received bytes is switched off until a task has read some; then the UART
    // fills, RTS goes up if there is one, and if not, bytes are lost there.
    //
    //   [listening] -- the ring is full --> [paused] -- a read has made room --> [listening]
    //
    // Sending: [idle] -- a write that does not fit --> [sending], the interrupt fills the UART -- the list is empty --> [idle]

    void move_to(detail::UartReadAwaiter& reader) noexcept;
    void make_room() noexcept;
    void receive() noexcept;
    void send() noexcept;
    void interrupt() noexcept;
    void listen() noexcept;
    std::size_t after(std::size_t place) const noexcept { return place + 1 == size_ ? 0 : place + 1; }

    std::uint8_t* ring_;
    std::size_t size_;
    std::atomic<std::size_t> first_ = 0;          ///< the oldest byte
    std::atomic<std::size_t> last_ = 0;           ///< behind the newest; one place always stays free
    detail::UartReadAwaiter* reader_ = nullptr;   ///< until its task has run
    detail::UartWriteAwaiter* writer_ = nullptr;  ///< the first of those that write
    Counts counts_;
    port::UartLine line_;
    bool usable_;
    std::atomic<bool> is_paused_ = false;
    std::array<std::uint8_t, 128> own_ring_;
};

UASYNC_WAITS_FOR(UartReadAwaiter, "Uart::read");
UASYNC_WAITS_FOR(UartLineAwaiter, "Uart::readline");
UASYNC_WAITS_FOR(UartWriteAwaiter, "Uart::write");

}  // namespace uasync

#pragma once
// The port contract of board/uart.hpp, for authors of ports

#include <cstdint>

namespace uasync::port {

/// A line with its pins. The driver keeps it.
struct UartLine {
    std::uint8_t number;     ///< which UART: 0 or 1
    std::uint8_t tx;         ///< pin; `no_pin` if there is none, as for the others
    std::uint8_t rx;         ///< pin
    std::uint8_t rts;        ///< pin
    std::uint8_t cts;        ///< pin
    std::uint8_t bits;       ///< of a character: 5 to 8
    std::uint8_t parity;     ///< 0: none, 1: odd, 2: even
    std::uint8_t stop;       ///< bits: 1 or 2
    std::uint32_t baudrate;  ///< bits in a second
    /// What stands for no pin.
    static constexpr std::uint8_t no_pin = 255;
};

/// What uart_get() may tell of a byte, above the byte.
enum UartFlag : std::uint16_t {
    uart_framing = 1 << 8,   ///< its stop bit was low
    uart_parity = 1 << 9,    ///< its parity is wrong
    uart_break = 1 << 10,    ///< the line was low for longer than a character; the byte means nothing
    uart_overrun = 1 << 11,  ///< bytes before it were lost
};

/// Sets up the UART and its pins, and its interrupt, which calls `uasync::detail::uart_interrupt()` on this core; uart_listen() says for what.
/// @param line the UART, with its settings
/// @return false if there is no such UART, or it cannot have these pins or settings
bool uart_open(const UartLine& line) noexcept;
/// Stops the interrupt, and the UART unless it is the console. @param line the UART
void uart_close(const UartLine& line) noexcept;
/// Takes a byte that has been received. @param number of the UART @return the byte with bits of UartFlag; negative if there is none
int uart_get(unsigned number) noexcept;
/// Gives the UART a byte to send. @param number of the UART @param byte what to send @return false if it has no room
bool uart_put(unsigned number, std::uint8_t byte) noexcept;
/// Whether bytes are on their way out. @param number of the UART @return false once the last stop bit has been sent
bool uart_is_sending(unsigned number) noexcept;
/// Chooses for what the interrupt comes. Interrupts masked.
/// @param number of the UART
/// @param receive when some bytes have been received, or one and then no more for a while
/// @param send when there is room for most of what the UART can keep; it was full
void uart_listen(unsigned number, bool receive, bool send) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of a UART. Defined with `Uart`. @param number 0 or 1
void uart_interrupt(unsigned number) noexcept;
}  // namespace uasync::detail

// The UARTs, by FIFO and interrupt (datasheet 4.2), which are ARM's PL011. uart.S has the console.

#include <uasync/board/uart_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

constexpr unsigned console = UASYNC_CONSOLE_UART ? 0 : 2;  // the UART that goes on when its driver ends

// 4.2.8
constexpr std::uint32_t fr_rx_empty = 1u << 4;
constexpr std::uint32_t lcr_parity = 1u << 1;
constexpr std::uint32_t lcr_even = 1u << 2;
constexpr std::uint32_t lcr_two_stop_bits = 1u << 3;
constexpr std::uint32_t cr_rts = 1u << 14;
constexpr std::uint32_t cr_cts = 1u << 15;
constexpr std::uint32_t int_received = 1u << 4;
constexpr std::uint32_t int_room = 1u << 5;
constexpr std::uint32_t int_timeout = 1u << 6;
constexpr std::uint32_t levels_4_sent_8_received =
    1u << 3;  // 4.2.8, UARTIFLS: interrupts at 1/8 of what is to be sent, and 1/4 of what is received
// 4.2.8, UARTDR: the flags of a byte are those of the driver.
static_assert(uart_framing == 1 << 8 && uart_parity == 1 << 9 && uart_break == 1 << 10 && uart_overrun == 1 << 11);

Uart& uart_at(unsigned number) noexcept { return registers<Uart>(0x4003'4000 + 0x4000u * number); }

/// Of each four pins the first sends, the second receives, then come CTS and RTS. Four belong to UART 0, eight to UART 1, eight to UART 0 ...
bool uart_can_be(unsigned pin, unsigned role, unsigned number) noexcept {
    if (pin == UartLine::no_pin) return true;
    return pin < 30 && pin % 4 == role && (pin + 4) / 8 % 2 == number;
}

void connect_pin(unsigned pin, std::uint32_t pull) noexcept {
    if (pin == UartLine::no_pin) return;
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma | pull;
    io_bank0().gpio[pin].ctrl = IoBank0::function_uart;
}

}  // namespace

bool uart_open(const UartLine& line) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, uasync_vectors_uart");  // makes the linker keep the handlers; costs no byte
    const unsigned number = line.number;
    if (!uart_can_be(line.tx, 0, number) || !uart_can_be(line.rx, 1, number) || !uart_can_be(line.cts, 2, number) ||
        !uart_can_be(line.rts, 3, number) || line.bits < 5 || line.bits > 8 || line.baudrate < 300 ||
        line.baudrate > system_hz / 16) {
        return false;
    }
    Uart& uart = uart_at(number);
    if (number == console) {
        while (uart.fr & Uart::fr_busy) {  // what was printed goes out as it was meant to
        }
    } else {
        const std::uint32_t block = std::uint32_t{Resets::uart0} << number;
        resets_set().reset = block;
        resets_clear().reset = block;
        while ((resets().reset_done & block) == 0) {
        }
    }
    uart.cr = 0;  // 4.2.8, UARTCR: the rest is only written while it is off
    const std::uint32_t divisor_64ths = (system_hz * 4 + line.baudrate / 2) / line.baudrate;
    uart.ibrd = divisor_64ths / 64;
    uart.fbrd = divisor_64ths % 64;
    const std::uint32_t parity = line.parity == 0 ? 0u : lcr_parity | (line.parity == 2 ? lcr_even : 0);
    uart.lcr_h = Uart::lcr_fifos | (line.bits - 5u) << 5 | parity | (line.stop == 2 ? lcr_two_stop_bits : 0);
    uart.ifls = levels_4_sent_8_received;
    uart.cr = Uart::cr_on | Uart::cr_tx | Uart::cr_rx | (line.rts == UartLine::no_pin ? 0 : cr_rts) |
              (line.cts == UartLine::no_pin ? 0 : cr_cts);
    connect_pin(line.tx, 0);
    connect_pin(line.rts, 0);
    connect_pin(line.rx, PadsBank0::pull_up);     // a line to nobody is idle
    connect_pin(line.cts, PadsBank0::pull_down);  // and nobody tells to wait
    nvic_iser() = irq_uart0 << number;
    return true;
}

void uart_close(const UartLine& line) noexcept {
    nvic_icer() = irq_uart0 << line.number;
    uart_at(line.number).imsc = 0;
}

int uart_get(unsigned number) noexcept {
    Uart& uart = uart_at(number);
    return uart.fr & fr_rx_empty ? -1 : static_cast<int>(uart.dr & 0xfff);
}

bool uart_put(unsigned number, std::uint8_t byte) noexcept {
    Uart& uart = uart_at(number);
    if (uart.fr & Uart::fr_tx_full) return false;
    uart.dr = byte;
    return true;
}

bool uart_is_sending(unsigned number) noexcept { return (uart_at(number).fr & Uart::fr_busy) != 0; }

void uart_listen(unsigned number, bool receive, bool send) noexcept {
    uart_at(number).imsc = (receive ? int_received | int_timeout : 0) | (send ? std::uint32_t{int_room} : 0);
}

}  // namespace uasync::port

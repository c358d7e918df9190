#pragma once
// The BBC micro:bit, version 1: a Nordic nRF51822 with a Cortex-M0, which has neither SysTick nor BASEPRI (nRF51 Series Reference Manual, 18 and 29).

#include <cortex_m.hpp>
#include <semihosting.hpp>

#define UASYNC_CLOCK_INTERRUPT uasync_irq_8

namespace uasync::board {

/// TIMER0 counts microseconds in 32 bits. What it shows has to be captured into a register first; the alarm is another one.
struct Counter {
    static constexpr std::uint32_t hertz = 1'000'000;
    static constexpr unsigned bits = 32;
    static cortex_m::Word& timer(unsigned offset) noexcept { return cortex_m::at(0x40008000 + offset); }
    static cortex_m::Word& uart(unsigned offset) noexcept { return cortex_m::at(0x40002000 + offset); }

    static void start() noexcept {
        timer(0x508) = 3;        // BITMODE: 32 bits
        timer(0x510) = 4;        // PRESCALER: 16 MHz / 2^4
        timer(0x304) = 1 << 16;  // INTENSET: COMPARE0
        timer(0x000) = 1;        // START
        cortex_m::enable_line(8, UASYNC_CORTEX_M_PRIORITY);
        uart(0x50c) = 24;          // PSELTXD
        uart(0x500) = 4;           // ENABLE
        uart(0x524) = 0x01d7e000;  // BAUDRATE: 115,200
        uart(0x008) = 1;           // STARTTX
    }
    static std::uint32_t read() noexcept {
        timer(0x44) = 1;  // CAPTURE1
        return timer(0x544);
    }
    static void arm(std::uint32_t ticks) noexcept { timer(0x540) = read() + ticks; }
    static void acknowledge() noexcept { timer(0x140) = 0; }
};

inline void put(char c) noexcept {
    Counter::uart(0x11c) = 0;  // TXDRDY
    Counter::uart(0x51c) = static_cast<unsigned char>(c);
    while (Counter::uart(0x11c) == 0) {
    }
}
[[noreturn]] inline void stop() noexcept { semihosting::exit(1); }

}  // namespace uasync::board

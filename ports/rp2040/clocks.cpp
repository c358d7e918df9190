// Takes the chip from reset to 125 MHz, with a timer that counts microseconds and a console. startup.S calls it before
// variables have their values, so it uses no globals.

#include "rp2040.hpp"

namespace {

using namespace uasync::rp2040;

// 2.18.2: 12 MHz x 125 = 1500 MHz, inside the VCO's 750 to 1600; / 6 / 2 = 125 MHz.
constexpr std::uint32_t feedback = 125, post_divider_1 = 6, post_divider_2 = 2;
static_assert(crystal_hz * feedback / (post_divider_1 * post_divider_2) == system_hz);

// 4.2.7.1: the UART's divisor in 64ths, rounded; clk_peri is clk_sys.
constexpr std::uint32_t baud = 115'200;
constexpr std::uint32_t divisor_64ths = (system_hz * 4 + baud / 2) / baud;

constexpr std::uint32_t console_needs = UASYNC_CONSOLE_UART ? std::uint32_t{Resets::uart0} : 0;
constexpr std::uint32_t needed = Resets::io_bank0 | Resets::pads_bank0 | Resets::pll_sys | Resets::timer | console_needs;

// Flash is being read through the QSPI blocks; SYSCFG holds what a debugger has set.
constexpr std::uint32_t resettable = Resets::all & ~(Resets::io_qspi | Resets::pads_qspi | Resets::syscfg);

// After a debugger's reset the previous program's PLL may still drive clk_sys, and it is about to stop (2.15.3.2).
void leave_pll() noexcept {
    clocks().sys.ctrl = clocks().sys.ctrl & ~Clocks::sys_from_pll;
    while (clocks().sys.selected != Clocks::sys_selected_ref) {
    }
}

// Every block starts from its reset values, whatever ran before. A driver releases the block that it drives (2.14.1).
void reset_blocks() noexcept {
    std::uint32_t all = resettable, used = needed;
    asm("" : "+r"(all), "+r"(used));  // two constants in flash, instead of values computed from them as well
    resets().reset = all;
    resets().reset = all & ~used;
    clocks().peri.ctrl = Clocks::peri_on;  // from clk_sys; the UART does not leave reset without a clock
    while (~resets().reset_done & used) {
    }
}

void start_clocks() noexcept {
    xosc().startup = 196;  // 2.16.3: x 256 cycles, 4 ms, for the crystal to settle
    xosc().ctrl = Xosc::enable_1_to_15_mhz;
    while (!(xosc().status & Xosc::stable)) {
    }

    // 2.18.2: feedback, VCO, lock, post dividers, in this order.
    pll_sys().fbdiv_int = feedback;
    pll_sys().pwr = Pll::post_dividers_down;
    while (!(pll_sys().cs & Pll::locked)) {
    }
    pll_sys().prim = post_divider_1 << 16 | post_divider_2 << 12;
    pll_sys().pwr = 0;

    clocks().ref.ctrl = Clocks::ref_from_xosc;
    clocks().sys.ctrl = Clocks::sys_from_pll;
}

void start_timer() noexcept {
    watchdog().tick = Watchdog::tick_on | crystal_hz / 1'000'000;  // 4.7.2: also the microsecond of the timer
    timer().inte = 1;
    // None interrupts before an alarm is set, an edge is armed, or the other core writes to the flash.
    nvic_iser() = irq_timer_0 | irq_io_bank0 | (UASYNC_LOOPS ? irq_io_qspi : 0);
}

// The UART, if it is the console. The receiver is on as well, so a driver for it needs only its interrupt.
[[maybe_unused]] void start_console() noexcept {
    uart0().ibrd = divisor_64ths / 64;
    uart0().fbrd = divisor_64ths % 64;
    uart0().lcr_h = Uart::lcr_8_bits | Uart::lcr_fifos;  // also takes over the divisors, so it comes after them
    uart0().cr = Uart::cr_on | Uart::cr_tx | Uart::cr_rx;
    io_bank0().gpio[0].ctrl = IoBank0::function_uart;
    io_bank0().gpio[1].ctrl = IoBank0::function_uart;
}

}  // namespace

extern "C" void uasync_start_chip() noexcept {
    leave_pll();
    reset_blocks();
    start_clocks();
    start_timer();
    if constexpr (UASYNC_CONSOLE_UART) start_console();
}

#pragma once
// The RP2040 registers that this port uses, one structure for each block. Section numbers refer to the RP2040 datasheet.

#include <cstddef>
#include <cstdint>

namespace uasync::rp2040 {

using Word = volatile std::uint32_t;

/// The registers of a block. The empty assembly hides the address from the compiler, which would otherwise keep the full address
/// of each register as a constant of its own, instead of one base and short offsets.
template <class Block>
[[gnu::always_inline]] inline Block& registers(std::uintptr_t address) noexcept {
    asm("" : "+r"(address));
    return *reinterpret_cast<Block*>(address);
}

/// The aliases of 2.1.2: writing there sets or clears the written bits in one bus transfer, so no interrupt can come between.
inline constexpr std::uintptr_t set_bits = 0x2000, clear_bits = 0x3000;

/// The frequency of the board's crystal, and what clocks.cpp makes of it.
inline constexpr std::uint32_t crystal_hz = 12'000'000, system_hz = 125'000'000;

// 2.3.1.4: the mailboxes between the cores.
struct Fifo {
    Word status, write, read;
    enum : std::uint32_t { has_word = 1u << 0, has_room = 1u << 1 };
};

// 2.3.1.7
struct Sio {
    Word cpuid, gpio_in, gpio_hi_in, reserved, gpio_out, gpio_out_set, gpio_out_clr, gpio_out_xor;
    Word gpio_oe, gpio_oe_set, gpio_oe_clr, gpio_oe_xor;
    Word gpio_hi[8];
    Fifo fifo;
};
[[gnu::always_inline]] inline Sio& sio() noexcept { return registers<Sio>(0xd000'0000); }
[[gnu::always_inline]] inline Fifo& fifo() noexcept { return sio().fifo; }

// 2.3.1.3: a spinlock is taken by reading it, if that gives anything but 0.
[[gnu::always_inline]] inline Word& spinlock(unsigned number) noexcept { return registers<Word>(0xd000'0100 + 4 * number); }

// 2.3.2: the interrupt lines that the port uses. 2.4.8: the register that enables them.
inline constexpr std::uint32_t irq_timer_0 = 1u << 0, irq_timer_1 = 1u << 1, irq_usbctrl = 1u << 5, irq_io_bank0 = 1u << 13,
                               irq_io_qspi = 1u << 14, irq_pwm_wrap = 1u << 4, irq_dma_0 = 1u << 11, irq_uart0 = 1u << 20,
                               irq_adc = 1u << 22, irq_i2c0 = 1u << 23;
[[gnu::always_inline]] inline Word& nvic_iser() noexcept { return registers<Word>(0xe000'e100); }
[[gnu::always_inline]] inline Word& nvic_ispr() noexcept { return registers<Word>(0xe000'e200); }
[[gnu::always_inline]] inline Word& nvic_icer() noexcept { return registers<Word>(0xe000'e180); }
/// The priorities of four lines, in the two upper bits of each byte.
[[gnu::always_inline]] inline Word& nvic_ipr(unsigned line) noexcept { return registers<Word>(0xe000'e400 + line / 4 * 4); }

// 2.13.5
struct Psm {
    Word force_on, force_off, by_watchdog;
    enum : std::uint32_t { proc0 = 1u << 15, proc1 = 1u << 16 };
};
[[gnu::always_inline]] inline Psm& psm() noexcept { return registers<Psm>(0x4001'0000); }
[[gnu::always_inline]] inline Psm& psm_set() noexcept { return registers<Psm>(0x4001'0000 + set_bits); }
[[gnu::always_inline]] inline Psm& psm_clear() noexcept { return registers<Psm>(0x4001'0000 + clear_bits); }

// 2.14.3
struct Resets {
    Word reset, wdsel, reset_done;
    enum : std::uint32_t {
        adc = 1u << 0,
        dma = 1u << 2,
        i2c0 = 1u << 3,
        io_bank0 = 1u << 5,
        io_qspi = 1u << 6,
        pads_bank0 = 1u << 8,
        pads_qspi = 1u << 9,
        pio0 = 1u << 10,
        pll_sys = 1u << 12,
        pll_usb = 1u << 13,
        pwm = 1u << 14,
        spi0 = 1u << 16,
        syscfg = 1u << 18,
        timer = 1u << 21,
        uart0 = 1u << 22,
        usbctrl = 1u << 24,
        all = (1u << 25) - 1
    };
};
[[gnu::always_inline]] inline Resets& resets() noexcept { return registers<Resets>(0x4000'c000); }
[[gnu::always_inline]] inline Resets& resets_set() noexcept { return registers<Resets>(0x4000'c000 + set_bits); }
[[gnu::always_inline]] inline Resets& resets_clear() noexcept { return registers<Resets>(0x4000'c000 + clear_bits); }

// 2.15.7
struct Clock {
    Word ctrl, div, selected;
};
struct Clocks {
    Clock gpout[4], ref, sys, peri, usb, adc;
    enum : std::uint32_t {
        ref_from_xosc = 2,
        sys_from_pll = 1,
        sys_selected_ref = 1,
        peri_on = 1u << 11,
        usb_on_from_pll = 1u << 11,
        adc_on_from_pll = 1u << 11
    };
};
[[gnu::always_inline]] inline Clocks& clocks() noexcept { return registers<Clocks>(0x4000'8000); }

// 2.16.7
struct Xosc {
    Word ctrl, status, dormant, startup;
    enum : std::uint32_t { enable_1_to_15_mhz = 0xfab'aa0, stable = 1u << 31 };
};
[[gnu::always_inline]] inline Xosc& xosc() noexcept { return registers<Xosc>(0x4002'4000); }

// 2.18.4
struct Pll {
    Word cs, pwr, fbdiv_int, prim;
    enum : std::uint32_t { locked = 1u << 31, post_dividers_down = 1u << 3 };
};
[[gnu::always_inline]] inline Pll& pll_sys() noexcept { return registers<Pll>(0x4002'8000); }
[[gnu::always_inline]] inline Pll& pll_usb() noexcept { return registers<Pll>(0x4002'c000); }

// 2.19.6.1. The edge registers have four bits for each pin (level low, level high, edge low, edge high), eight pins in a word.
struct IoBank0 {
    struct {
        Word status, ctrl;
    } gpio[30];
    Word intr[4], proc0_inte[4], proc0_intf[4], proc0_ints[4], proc1_inte[4], proc1_intf[4], proc1_ints[4];
    enum : std::uint32_t {
        function_spi = 1,
        function_uart = 2,
        function_i2c = 3,
        function_pwm = 4,
        function_sio = 5,
        function_pio0 = 6,
        function_none = 31
    };
};
[[gnu::always_inline]] inline IoBank0& io_bank0() noexcept { return registers<IoBank0>(0x4001'4000); }
[[gnu::always_inline]] inline IoBank0& io_bank0_set() noexcept { return registers<IoBank0>(0x4001'4000 + set_bits); }
[[gnu::always_inline]] inline IoBank0& io_bank0_clear() noexcept { return registers<IoBank0>(0x4001'4000 + clear_bits); }

// 2.19.6.3
struct PadsBank0 {
    Word voltage_select, gpio[30];
    enum : std::uint32_t {
        schmitt = 1u << 1,
        pull_down = 1u << 2,
        pull_up = 1u << 3,
        drive_4ma = 1u << 4,
        input = 1u << 6,
        output_off = 1u << 7
    };
};
[[gnu::always_inline]] inline PadsBank0& pads_bank0() noexcept { return registers<PadsBank0>(0x4001'c000); }

// 4.2.8
struct Uart {
    Word dr, rsr, reserved_08[4], fr, reserved_1c, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, mis, icr, dmacr;
    enum : std::uint32_t {
        fr_busy = 1u << 3,
        fr_tx_full = 1u << 5,
        lcr_fifos = 1u << 4,
        lcr_8_bits = 3u << 5,
        cr_on = 1u << 0,
        cr_tx = 1u << 8,
        cr_rx = 1u << 9
    };
};
[[gnu::always_inline]] inline Uart& uart0() noexcept { return registers<Uart>(0x4003'4000); }

// 4.6.5
struct Timer {
    Word timehw, timelw, timehr, timelr, alarm[4], armed, raw_high, raw_low, dbgpause, pause, intr, inte, intf, ints;
};
[[gnu::always_inline]] inline Timer& timer() noexcept { return registers<Timer>(0x4005'4000); }
[[gnu::always_inline]] inline Timer& timer_set() noexcept { return registers<Timer>(0x4005'4000 + set_bits); }
[[gnu::always_inline]] inline Timer& timer_clear() noexcept { return registers<Timer>(0x4005'4000 + clear_bits); }

// 4.7.6
struct Watchdog {
    Word ctrl, load, reason, scratch[8], tick;
    enum : std::uint32_t { tick_on = 1u << 9 };
};
[[gnu::always_inline]] inline Watchdog& watchdog() noexcept { return registers<Watchdog>(0x4005'8000); }

static_assert(offsetof(Sio, gpio_oe_xor) == 0x2c && offsetof(Clocks, peri) == 0x48 && offsetof(IoBank0, intr) == 0xf0 &&
              offsetof(Uart, cr) == 0x30 && offsetof(Timer, ints) == 0x40 && offsetof(Watchdog, tick) == 0x2c);

}  // namespace uasync::rp2040

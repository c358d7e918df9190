// The converter for voltages, by FIFO and interrupt (datasheet 4.9).

#include <algorithm>
#include <bit>

#include <uasync/board/adc_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

// 4.9.6
struct Converter {
    Word cs, result, fcs, fifo, div, intr, inte, intf, ints;
};
Converter& converter() noexcept { return registers<Converter>(0x4004'c000); }

constexpr std::uint32_t cs_on = 1u << 0, cs_temperature_on = 1u << 1, cs_start_once = 1u << 2, cs_start_many = 1u << 3,
                        cs_ready = 1u << 8;
constexpr unsigned cs_input_shift = 12, cs_turns_shift = 16;
constexpr std::uint32_t fcs_on = 1u << 0, fcs_empty = 1u << 8, fcs_underflow = 1u << 10, fcs_overflow = 1u << 11;
constexpr unsigned fcs_threshold_shift = 24;
/// 4.9.2.1: 48 MHz, of which a conversion takes 96.
constexpr std::uint32_t clock_hz = 48'000'000;
constexpr std::size_t samples_for_interrupt = 4;

/// 2.15.3: the clock is that of the USB, which is on if the console is there.
void start_clock() noexcept {
    if ((pll_usb().cs & Pll::locked) == 0) {
        resets_clear().reset = Resets::pll_usb;
        while ((resets().reset_done & Resets::pll_usb) == 0) {
        }
        pll_usb().fbdiv_int = 100;  // 2.18.2: 12 MHz x 100 = 1200 MHz, / 5 / 5
        pll_usb().pwr = Pll::post_dividers_down;
        while (!(pll_usb().cs & Pll::locked)) {
        }
        pll_usb().prim = 5 << 16 | 5 << 12;
        pll_usb().pwr = 0;
    }
    clocks().adc.ctrl = Clocks::adc_on_from_pll;
}

/// The interrupt comes for so many samples, and what was lost is forgotten.
void expect(std::size_t count) noexcept {
    const auto threshold = static_cast<std::uint32_t>(std::min(count, samples_for_interrupt));
    converter().fcs = fcs_on | fcs_underflow | fcs_overflow | threshold << fcs_threshold_shift;
}

}  // namespace

void adc_open(unsigned input) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, uasync_vector_adc");  // makes the linker keep the handler; costs no byte
    if ((resets().reset & Resets::adc) != 0) {
        start_clock();
        resets_clear().reset = Resets::adc;
        while ((resets().reset_done & Resets::adc) == 0) {
        }
        converter().cs = cs_on | cs_temperature_on;
        while ((converter().cs & cs_ready) == 0) {
        }
        nvic_iser() = irq_adc;
    }
    if (input == adc_inputs - 1) return;
    // 4.9.1: nothing digital at the pin.
    io_bank0().gpio[adc_first_pin + input].ctrl = IoBank0::function_none;
    pads_bank0().gpio[adc_first_pin + input] = PadsBank0::output_off;
}

void adc_start(const AdcSeries& series) noexcept {
    const auto first = static_cast<std::uint32_t>(std::countr_zero(series.inputs));
    const std::uint32_t chosen = cs_on | cs_temperature_on | first << cs_input_shift;
    while ((converter().fcs & fcs_empty) == 0) (void)converter().fifo;  // of a series that was stopped
    expect(series.left);
    converter().inte = 1;
    if (series.rate == 0) {
        converter().cs = chosen | cs_start_once;
        return;
    }
    // 4.9.2.2: a conversion each DIV + 1 clocks, in 256ths; faster than 96 clocks is as fast as it can.
    const std::uint32_t clocks_256 = (clock_hz << 4) / series.rate << 4;
    converter().div = clocks_256 - 256;
    const std::uint32_t turns = std::has_single_bit(series.inputs) ? 0u : std::uint32_t{series.inputs};
    converter().cs = chosen | turns << cs_turns_shift | cs_start_many;
}

AdcEvent adc_service(AdcSeries& series) noexcept {
    const bool is_lost = (converter().fcs & fcs_overflow) != 0;  // what is in the FIFO came before
    while (series.left != 0 && (converter().fcs & fcs_empty) == 0) {
        *series.into++ = static_cast<std::uint16_t>(converter().fifo);
        --series.left;
    }
    if (series.left == 0 || is_lost) {
        adc_stop();
        return is_lost ? AdcEvent::lost : AdcEvent::done;
    }
    const auto threshold = static_cast<std::uint32_t>(std::min(series.left, samples_for_interrupt));
    converter().fcs = fcs_on | threshold << fcs_threshold_shift;
    return AdcEvent::none;
}

void adc_stop() noexcept {
    converter().inte = 0;  // what is still in the FIFO may be as many samples as it was to wait for
    converter().cs = cs_on | cs_temperature_on;
    while ((converter().cs & cs_ready) == 0) {
    }
}

}  // namespace uasync::port

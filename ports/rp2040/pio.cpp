// The programmable state machines (datasheet 3). In the library, not in the port, for the reason that pwm.cpp gives.

#include <bit>

#include <uasync/board/pio_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

// 3.7. Each core has an interrupt line of each block: line 0 for core 0, line 1 for core 1.
struct PioMachine {
    Word clkdiv, execctrl, shiftctrl, addr, instr, pinctrl;
};
struct PioLine {
    Word enabled, forced, status;
};
struct PioBlock {
    Word ctrl, fstat, fdebug, flevel, tx[4], rx[4], irq, irq_force, input_sync_bypass, debug[3], memory[32];
    PioMachine machine[4];
    Word raw;
    PioLine line[2];
};
static_assert(offsetof(PioBlock, irq) == 0x30 && offsetof(PioBlock, memory) == 0x48 && offsetof(PioBlock, machine) == 0xc8 &&
              offsetof(PioBlock, raw) == 0x128);

constexpr std::uintptr_t xor_bits = 0x1000;
std::uintptr_t pio_at(unsigned block) noexcept { return 0x5020'0000 + 0x10'0000 * block; }
PioBlock& pio(unsigned block) noexcept { return registers<PioBlock>(pio_at(block)); }
PioMachine& machine(const PioPlace& place) noexcept { return pio(place.block).machine[place.machine]; }

constexpr unsigned ctrl_restart_shift = 4, ctrl_restart_clock_shift = 8;
constexpr std::uint32_t exec_side_pindirs = 1u << 29, exec_side_opt = 1u << 30;
constexpr unsigned exec_wrap_target_shift = 7, exec_wrap_shift = 12, exec_jmp_pin_shift = 24;
constexpr std::uint32_t shift_autopush = 1u << 16, shift_autopull = 1u << 17, shift_in_right = 1u << 18, shift_out_right = 1u << 19,
                        shift_join_tx = 1u << 30, shift_join_rx = 1u << 31;
constexpr unsigned shift_push_shift = 20, shift_pull_shift = 25;
constexpr unsigned pin_set_shift = 5, pin_side_shift = 10, pin_in_shift = 15, pin_out_count_shift = 20, pin_set_count_shift = 26,
                   pin_side_count_shift = 29;
constexpr std::uint32_t set_pins = 0xe000, set_pindirs = 0xe080;  // 3.4.10
constexpr std::uint32_t pad_at_reset = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma | PadsBank0::pull_down;

constexpr unsigned irq_pio = 7;  // 2.3.2: two lines of each block

void put_program(const PioPlace& place, const PioProgram& program) noexcept {
    for (unsigned i = 0; i < program.length; ++i) {
        const bool is_jump = program.code[i] >> 13 == 0;
        pio(place.block).memory[place.offset + i] = program.code[i] + (is_jump ? place.offset : 0u);
    }
}

std::uint32_t or_0(unsigned pin) noexcept { return pin == PioOptions::no_pin ? 0 : pin; }

void set_up(const PioPlace& place, const PioProgram& program, const PioOptions& options) noexcept {
    PioMachine& registers = machine(place);
    std::uint32_t exec = (place.offset + program.wrap_target + 0u) << exec_wrap_target_shift |
                         (place.offset + program.wrap + 0u) << exec_wrap_shift | or_0(options.jmp_pin) << exec_jmp_pin_shift;
    if (program.side_pindirs) exec |= exec_side_pindirs;
    if (program.side_opt) exec |= exec_side_opt;
    registers.execctrl = exec;
    std::uint32_t shift = (options.push_thresh & 31) << shift_push_shift | (options.pull_thresh & 31) << shift_pull_shift;
    if (options.autopush) shift |= shift_autopush;
    if (options.autopull) shift |= shift_autopull;
    if (options.in_shiftdir == PioShift::right) shift |= shift_in_right;
    if (options.out_shiftdir == PioShift::right) shift |= shift_out_right;
    if (options.fifo_join == PioJoin::tx) shift |= shift_join_tx;
    if (options.fifo_join == PioJoin::rx) shift |= shift_join_rx;
    registers.shiftctrl = shift;
    std::uint32_t pins = or_0(options.out_base) | or_0(options.set_base) << pin_set_shift |
                         or_0(options.sideset_base) << pin_side_shift | or_0(options.in_base) << pin_in_shift |
                         std::uint32_t{program.side_bits} << pin_side_count_shift;
    if (options.out_base != PioOptions::no_pin) pins |= options.out_count << pin_out_count_shift;
    if (options.set_base != PioOptions::no_pin) pins |= options.set_count << pin_set_count_shift;
    registers.pinctrl = pins;
}

/// Levels and directions of pins, by instructions of the machine, and then the pins themselves.
void set_pins_up(const PioPlace& place, std::uint32_t pins, const PioOptions& options) noexcept {
    PioMachine& registers = machine(place);
    for (std::uint32_t left = pins; left != 0; left &= left - 1) {
        const auto pin = static_cast<unsigned>(std::countr_zero(left));
        registers.pinctrl = pin << pin_set_shift | 1u << pin_set_count_shift;
        registers.instr = set_pins | (options.init_high >> pin & 1);
        registers.instr = set_pindirs | (~options.init_in >> pin & 1);
        Word& pad = pads_bank0().gpio[pin];  // with its pulls
        pad = (pad & ~std::uint32_t{PadsBank0::output_off}) | PadsBank0::input;
        io_bank0().gpio[pin].ctrl = IoBank0::function_pio0 + place.block;
    }
}

}  // namespace

extern "C" {
extern const char uasync_vectors_1_to_12[];
[[gnu::used]] void uasync_irq_pio0_0() noexcept { uasync::detail::pio_interrupt(0); }
[[gnu::used]] void uasync_irq_pio1_0() noexcept { uasync::detail::pio_interrupt(1); }
#if UASYNC_LOOPS
[[gnu::used]] void uasync_irq_pio0_1() noexcept { uasync::detail::pio_interrupt(0); }
[[gnu::used]] void uasync_irq_pio1_1() noexcept { uasync::detail::pio_interrupt(1); }
#endif
}

unsigned pio_line() noexcept {
#if UASYNC_LOOPS
    return sio().cpuid;
#else
    return 0;
#endif
}

void pio_open(const PioPlace& place, const PioProgram& program, const PioOptions& options, bool is_loaded) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, %c0" ::"i"(&uasync_vectors_1_to_12));  // the linker puts the vectors in the table
    // Not put into reset, as others may use the block.
    const std::uint32_t reset = std::uint32_t{Resets::pio0} << place.block;
    resets_clear().reset = reset;
    while ((resets().reset_done & reset) == 0) {
    }
    if (!is_loaded) put_program(place, program);
    pio_set_active(place, false);
    pio_restart(place);  // from what is left of another program
    set_pins_up(place, pio_driven_pins(program, options), options);
    set_up(place, program, options);
    pio_set_freq(place, options.freq);
    pio_clear_fifos(place);
    pio_restart(place);
    nvic_iser() = 1u << (irq_pio + 2u * place.block + pio_line());
}

void pio_close(const PioPlace& place, std::uint32_t pins) noexcept {
    pio_set_active(place, false);
    for (; pins != 0; pins &= pins - 1) {
        const auto pin = static_cast<unsigned>(std::countr_zero(pins));
        io_bank0().gpio[pin].ctrl = IoBank0::function_none;
        pads_bank0().gpio[pin] = pad_at_reset;
    }
}

void pio_set_freq(const PioPlace& place, std::uint32_t freq) noexcept {
    machine(place).clkdiv = pio_divider(system_hz, freq) << 8;  // the largest becomes 0, which stands for it
}
std::uint32_t pio_freq(const PioPlace& place) noexcept {
    const std::uint32_t divider = machine(place).clkdiv >> 8;
    return pio_divided(system_hz, divider != 0 ? divider : 65'536 * 256);
}

void pio_set_active(const PioPlace& place, bool is_active) noexcept {
    registers<PioBlock>(pio_at(place.block) + (is_active ? set_bits : clear_bits)).ctrl = 1u << place.machine;
}
bool pio_active(const PioPlace& place) noexcept { return (pio(place.block).ctrl >> place.machine & 1) != 0; }

void pio_restart(const PioPlace& place) noexcept {
    const bool was_active = pio_active(place);
    pio_set_active(place, false);  // its first instruction needs its side-set
    registers<PioBlock>(pio_at(place.block) + set_bits).ctrl = ((1u << ctrl_restart_shift) | (1u << ctrl_restart_clock_shift))
                                                               << place.machine;
    // The jump would have no side-set, which is 0 for a program that has one in each instruction: the pins keep what they have.
    Word& pinctrl = machine(place).pinctrl;
    const std::uint32_t pins = pinctrl;
    pinctrl = pins & ~(7u << pin_side_count_shift);
    pio_exec(place, place.offset);  // jmp
    pinctrl = pins;
    if (was_active) pio_set_active(place, true);
}
void pio_exec(const PioPlace& place, std::uint16_t instruction) noexcept { machine(place).instr = instruction; }

void pio_clear_fifos(const PioPlace& place) noexcept {
    Word& shiftctrl = registers<PioBlock>(pio_at(place.block) + xor_bits).machine[place.machine].shiftctrl;
    shiftctrl = shift_join_rx;  // a change empties them
    shiftctrl = shift_join_rx;
}
unsigned pio_tx_fifo(const PioPlace& place) noexcept { return pio(place.block).flevel >> (8 * place.machine) & 15; }
unsigned pio_rx_fifo(const PioPlace& place) noexcept { return pio(place.block).flevel >> (8 * place.machine + 4) & 15; }

void pio_put(const PioPlace& place, std::uint32_t word) noexcept { pio(place.block).tx[place.machine] = word; }
std::uint32_t pio_get(const PioPlace& place) noexcept { return pio(place.block).rx[place.machine]; }
volatile std::uint32_t& pio_tx_register(const PioPlace& place) noexcept { return pio(place.block).tx[place.machine]; }
volatile std::uint32_t& pio_rx_register(const PioPlace& place) noexcept { return pio(place.block).rx[place.machine]; }

bool pio_ready(unsigned block, unsigned source) noexcept { return (pio(block).raw >> source & 1) != 0; }
void pio_clear_flags(unsigned block, std::uint32_t flags) noexcept { pio(block).irq = flags; }
void pio_arm(unsigned block, std::uint32_t sources) noexcept { pio(block).line[pio_line()].enabled = sources; }

}  // namespace uasync::port

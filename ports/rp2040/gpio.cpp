// Pins: level and direction through SIO (datasheet 2.3.1.2), function and edges through IO_BANK0 (2.19.3), pulls through the pads.

#include <uasync/board/gpio_port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

constexpr unsigned pull_bit(Pull pull) noexcept { return 16u >> static_cast<unsigned char>(pull); }

static_assert(pull_bit(Pull::up) == PadsBank0::pull_up && pull_bit(Pull::down) == PadsBank0::pull_down);
static_assert(pull_bit(Pull::none) == PadsBank0::drive_4ma);     // which is on by default
static_assert(falling << 2 == 1 << 2 && rising << 2 == 1 << 3);  // the order of a pin's two edge bits

void gpio_init(unsigned pin, bool output, Pull pull) noexcept {
    const std::uint32_t mask = 1u << pin;
    sio().gpio_out_clr = mask;
    sio().gpio_oe_clr = mask;
    if (output) sio().gpio_oe_set = mask;
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma | pull_bit(pull);
    io_bank0().gpio[pin].ctrl = IoBank0::function_sio;  // last, so that the pin starts at its first level
}

// The set and clear aliases make each step atomic, so interrupts need not be masked.
ArmedEdge gpio_arm(unsigned pin, std::uint8_t edges) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, uasync_vector_io_bank0");  // makes the linker keep the handler; costs no byte
    const unsigned word = pin / 8, shift = pin % 8 * 4;
    const std::uint32_t bits = static_cast<std::uint32_t>(edges) << 2 << shift;
#if UASYNC_LOOPS
    if (sio().cpuid != 0) {  // the interrupt goes to the core that waits
        io_bank0_clear().proc1_inte[word] = 0xfu << shift;
        io_bank0().intr[word] = 0xfu << shift;
        io_bank0_set().proc1_inte[word] = bits;
        return {reinterpret_cast<std::uintptr_t>(&io_bank0().proc1_ints[word]), bits};
    }
#endif
    io_bank0_clear().proc0_inte[word] = 0xfu << shift;
    io_bank0().intr[word] = 0xfu << shift;
    io_bank0_set().proc0_inte[word] = bits;
    return {reinterpret_cast<std::uintptr_t>(&io_bank0().proc0_ints[word]), bits};
}

}  // namespace uasync::port

// The pulse-width modulators (datasheet 4.5). In the library, not in the port: only there does a reference from the table of all vectors not
// make the linker take it.

#include <uasync/board/pwm_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

extern "C" {
extern const char uasync_vectors_1_to_12[];
[[gnu::used]] void uasync_irq_pwm_wrap() noexcept { uasync::detail::pwm_interrupt(); }
}

namespace uasync::port {

using namespace rp2040;

namespace {

// 4.5.3
struct Slice {
    Word csr, div, ctr, cc, top;
};
struct Modulators {
    Slice slice[8];
    Word en, intr, inte, intf, ints;
};
static_assert(offsetof(Modulators, ints) == 0xb0);
constexpr std::uintptr_t modulators_at = 0x4005'0000;
Modulators& modulators() noexcept { return registers<Modulators>(modulators_at); }
Modulators& modulators_set() noexcept { return registers<Modulators>(modulators_at + set_bits); }
Modulators& modulators_clear() noexcept { return registers<Modulators>(modulators_at + clear_bits); }

constexpr std::uint32_t csr_on = 1u << 0, csr_phase_correct = 1u << 1, csr_invert = 1u << 2, csr_invert_b = 1u << 3;

bool is_modulated(unsigned pin) noexcept { return io_bank0().gpio[pin].ctrl == IoBank0::function_pwm; }

}  // namespace

std::uint32_t pwm_clock_hz() noexcept { return system_hz; }

unsigned pwm_slice(unsigned pin) noexcept { return pin / 2 % 8; }

void pwm_open(unsigned pin, bool inverted) noexcept {
    Word& csr_clear = modulators_clear().slice[pwm_slice(pin)].csr;
    Word& csr_set = modulators_set().slice[pwm_slice(pin)].csr;
    const std::uint32_t invert = pin % 2 == 0 ? csr_invert : csr_invert_b;
    csr_clear = invert;
    csr_set = inverted ? invert | csr_on : csr_on;
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma;
    io_bank0().gpio[pin].ctrl = IoBank0::function_pwm;
}

void pwm_close(unsigned pin) noexcept {
    sio().gpio_out_clr = 1u << pin;
    sio().gpio_oe_set = 1u << pin;
    io_bank0().gpio[pin].ctrl = IoBank0::function_sio;
    bool is_used = false;
    for (unsigned other = 0; other < 30; ++other) is_used = is_used || (pwm_slice(other) == pwm_slice(pin) && is_modulated(other));
    if (!is_used) modulators_clear().slice[pwm_slice(pin)].csr = csr_on;
}

void pwm_count(unsigned pin, const PwmCount& count) noexcept {
    if ((resets().reset & Resets::pwm) != 0) {
        resets_clear().reset = Resets::pwm;
        while ((resets().reset_done & Resets::pwm) == 0) {
        }
    }
    const unsigned slice = pwm_slice(pin);
    modulators().slice[slice].div = count.divider_16;
    modulators().slice[slice].top = count.steps - 1;
    (count.phase_correct ? modulators_set() : modulators_clear()).slice[slice].csr = csr_phase_correct;
}

void pwm_level(unsigned pin, std::uint32_t level) noexcept {
    // 4.5.3, CC: a half for each pin. An interrupt may set the other half.
    const unsigned shift = pin % 2 * 16;
    const std::uint32_t primask = enter_critical();
    Word& both = modulators().slice[pwm_slice(pin)].cc;
    both = (both & ~(0xffffu << shift)) | level << shift;
    leave_critical(primask);
}

void pwm_arm(unsigned slice) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, %c0" ::"i"(&uasync_vectors_1_to_12));  // the linker puts the vector in the table
    nvic_iser() = irq_pwm_wrap;
    modulators().intr = 1u << slice;  // what has been
    modulators_set().inte = 1u << slice;
}

std::uint32_t pwm_take() noexcept {
    const std::uint32_t ended = modulators().ints;
    modulators_clear().inte = ended;
    return ended;
}

void pwm_disarm(unsigned slice) noexcept { modulators_clear().inte = 1u << slice; }

}  // namespace uasync::port

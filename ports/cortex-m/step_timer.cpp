// SysTick finds steps that take too long (ARMv6-M B3.3, ARMv7-M B3.3), on boards whose clock is another timer. It counts the processor's clock.

#include <algorithm>
#include <cstdint>

#include <uasync/kernel/port.hpp>

#include "cortex_m.hpp"

namespace {

using uasync::cortex_m::at;
constexpr std::uintptr_t control = 0xe000e010;
constexpr std::uintptr_t load = 0xe000e014;
constexpr std::uintptr_t value = 0xe000e018;
constexpr std::uint32_t longest = 0xffffff;
constexpr std::uint32_t ticks_per_us = UASYNC_CORTEX_M_SYSTICK_HERTZ / 1'000'000;
static_assert(ticks_per_us != 0, "SysTick counts a whole number of times in a microsecond, once at least");

}  // namespace

namespace uasync::port {

// It cannot count far. If it fires too early, the interrupt sets it again.
void set_step_timer(Time us) noexcept {
    at(control) = 0;
    if (us == 0) return;
    cortex_m::Word& priorities = at(cortex_m::shpr3);
    priorities = (priorities & 0x00ffffff) | static_cast<std::uint32_t>(UASYNC_CORTEX_M_PRIORITY) << 24;
    at(load) = static_cast<std::uint32_t>(std::min<Time>(us, longest / ticks_per_us)) * ticks_per_us;
    at(value) = 0;
    at(control) = 7;  // the processor's clock, interrupts, enabled
}

void write_in_step_timer(const char* text, std::size_t size) noexcept { write(text, size); }

}  // namespace uasync::port

extern "C" {
/// @param stacked what the processor has put on the stack: r0-r3, r12, lr, pc, xpsr
[[gnu::used]] void uasync_step_timer_fired(const std::uint32_t* stacked) noexcept {
    at(control) = 0;
    uasync::detail::step_timer_fired(reinterpret_cast<const void*>(stacked[6]));
}

/// Which stack was used: bit 2 of the EXC_RETURN value in lr.
[[gnu::naked]] void uasync_systick() noexcept {
    asm volatile(
        ".syntax unified\n\t"
        "mrs r0, msp\n\t"
        "mov r1, lr\n\t"
        "lsls r1, r1, #29\n\t"
        "bpl 1f\n\t"
        "mrs r0, psp\n"
        "1:\n\t"
        "ldr r1, 2f\n\t"
        "bx r1\n\t"
        ".align 2\n"
        "2: .word uasync_step_timer_fired");
}
}

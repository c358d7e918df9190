// SysTick finds steps that take too long (ARMv6-M B3.3, ARMv8-M D1.2). It counts the processor's clock. FreeRTOS has SysTick for itself.

#include <uasync/kernel/port.hpp>

#if UASYNC_STEP_TIMER

#include <algorithm>
#include <cstdint>

#include <hardware/clocks.h>
#include <hardware/exception.h>
#include <hardware/structs/systick.h>

#include "default_vector.hpp"

namespace {

constexpr std::uint32_t longest_period = 0xffffff;

/// @param stacked what the processor has put on the stack: r0-r3, r12, lr, pc, xpsr
[[gnu::used]] void systick_fired(const std::uint32_t* stacked) noexcept {
    systick_hw->csr = 0;
    uasync::detail::step_timer_fired(reinterpret_cast<const void*>(stacked[6]));
}

[[gnu::naked]] void systick_handler() {
    asm volatile(
        ".syntax unified\n\t"
        "mrs r0, msp\n\t"
        "ldr r1, =%c0\n\t"
        "bx r1\n\t"
        ".ltorg" ::"i"(&systick_fired));
}

/// Whether the vector is the port's. It takes it, unless it is somebody's already: the program's own isr_systick, or what
/// exception_set_exclusive_handler has set. Each core that runs a loop asks; they have a table of vectors in common.
bool has_vector() noexcept {
    if (::exception_get_vtable_handler(SYSTICK_EXCEPTION) == systick_handler) return true;
    if (!uasync::port::has_default_handler(SYSTICK_EXCEPTION)) return false;
    ::exception_set_exclusive_handler(SYSTICK_EXCEPTION, systick_handler);
    return true;
}

}  // namespace

namespace uasync::port {

// It cannot count far. If it fires too early, the interrupt sets it again. The clock may have been changed since the last time.
void set_step_timer(Time us) noexcept {
    if (!has_vector()) return;
    systick_hw->csr = 0;
    if (us == 0) return;
    const std::uint32_t ticks_per_us = std::max<std::uint32_t>(::clock_get_hz(clk_sys) / 1'000'000, 1);
    systick_hw->rvr = static_cast<std::uint32_t>(std::min<Time>(us, longest_period / ticks_per_us)) * ticks_per_us;
    systick_hw->cvr = 0;
    systick_hw->csr = 7;  // the processor's clock, interrupts, enabled
}

void write_in_step_timer(const char* text, std::size_t size) noexcept { write(text, size); }

}  // namespace uasync::port

#endif

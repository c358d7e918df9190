// SysTick finds steps that take too long (ARMv6-M B3.3). It counts the microseconds of the watchdog's tick, as the timer does.

#include <algorithm>
#include <cstdint>

#include <uasync/kernel/port.hpp>

namespace {

struct SysTick {
    std::uint32_t control;
    std::uint32_t reload;
    std::uint32_t current;
};
volatile SysTick& systick() noexcept { return *reinterpret_cast<volatile SysTick*>(0xe000e010); }
constexpr std::uint32_t enable = 1;
constexpr std::uint32_t interrupt = 2;
constexpr std::uint32_t longest = 0xffffff;  // 24 bits: 16.7 s

}  // namespace

namespace uasync::port {

// It fires reload + 1 ticks after it is started. If that is too early, because it cannot count as far, the interrupt sets it again.
void set_step_timer(Time us) noexcept {
    volatile SysTick& timer = systick();
    timer.control = 0;
    if (us == 0) return;
    timer.reload = static_cast<std::uint32_t>(std::min<Time>(us, longest));
    timer.current = 0;
    timer.control = enable | interrupt;
}

void write_in_step_timer(const char* text, std::size_t size) noexcept { write(text, size); }

}  // namespace uasync::port

extern "C" {
[[gnu::used]] void uasync_step_timer_fired(const void* address) noexcept {
    systick().control = 0;
    uasync::detail::step_timer_fired(address);
}

// The exception has put eight words onto the main stack, which is the only one; the return address is the seventh.
[[gnu::naked]] void uasync_irq_systick() noexcept {
    asm volatile(
        "mrs r0, msp\n\t"
        "ldr r0, [r0, #24]\n\t"
        "ldr r1, 1f\n\t"
        "bx r1\n\t"
        ".align 2\n"
        "1: .word uasync_step_timer_fired");
}
}

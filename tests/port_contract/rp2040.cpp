// The RP2040 without an SDK, on the emulated Pico. The timer of core 0's processor, SysTick (ARMv6-M B3.3), plays the interrupts: the port leaves it
// alone.

#include <cstdint>

#include "platform.hpp"

namespace {

/// The registers of SysTick, from 0xe000e010.
struct SysTick {
    volatile std::uint32_t control, reload, value;
    enum : std::uint32_t { enable = 1u << 0, interrupt = 1u << 1, processor_clock = 1u << 2 };
};
SysTick& systick() noexcept { return *reinterpret_cast<SysTick*>(0xe000e010); }

void (*pending)() = nullptr;

}  // namespace

extern "C" void uasync_irq_systick() noexcept {
    systick().control = 0;
    pending();
}

namespace contract {

// Without optimisation, everything between an alarm and the task that it wakes takes some four times as long.
#ifdef __OPTIMIZE__
constexpr unsigned late_us = 20;
#else
constexpr unsigned late_us = 80;
#endif

const Platform platform{.masks = true, .clock_moves = true, .long_sleeps = true, .rounds = 1000, .late_us = late_us, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    systick().control = 0;
    systick().reload = us * 125;  // 24 bits: up to 134 ms
    systick().value = 0;
    systick().control = SysTick::enable | SysTick::interrupt | SysTick::processor_clock;
}

void finish(int) noexcept {}  // the board stops when main returns, and the test reads the console

}  // namespace contract

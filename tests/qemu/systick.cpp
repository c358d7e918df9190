// The MPS2 with SysTick as its clock, for the contract test: timer 1 of the board is the other interrupt.

#include <uasync/kernel/port.hpp>

#include <cmsdk.hpp>
#include <semihosting.hpp>

#include <port_contract/platform.hpp>

namespace {
using Timer = uasync::cmsdk::OneShot<0x40001000>;
void (*pending)() = nullptr;
}  // namespace

extern "C" void uasync_irq_9() noexcept {
    Timer::stop();
    pending();
}

namespace contract {

// Late by the shortest period of SysTick, 64 ticks.
const Platform platform{.masks = true, .clock_moves = true, .long_sleeps = true, .rounds = 1000, .late_us = 5, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    uasync::cortex_m::enable_line(9, UASYNC_CORTEX_M_PRIORITY);
    Timer::start(us * 25);
}
void finish(int status) noexcept { uasync::semihosting::exit(static_cast<std::uint32_t>(status)); }

}  // namespace contract

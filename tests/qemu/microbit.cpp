// The micro:bit under QEMU, for the contract test: TIMER1 is the other interrupt.

#include <cortex_m.hpp>
#include <semihosting.hpp>

#include <port_contract/platform.hpp>

namespace {
void (*pending)() = nullptr;
uasync::cortex_m::Word& timer(unsigned offset) { return uasync::cortex_m::at(0x40009000 + offset); }
}  // namespace

extern "C" void uasync_irq_9() noexcept {
    timer(0x140) = 0;  // COMPARE0
    timer(0x004) = 1;  // STOP
    pending();
}

namespace contract {

const Platform platform{.masks = true, .clock_moves = true, .long_sleeps = true, .rounds = 1000, .late_us = 2, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    timer(0x004) = 1;        // STOP
    timer(0x508) = 0;        // BITMODE: 16 bits
    timer(0x510) = 4;        // PRESCALER: microseconds
    timer(0x00c) = 1;        // CLEAR
    timer(0x540) = us;       // CC0
    timer(0x304) = 1 << 16;  // INTENSET
    uasync::cortex_m::enable_line(9, 0);
    timer(0x000) = 1;  // START
}
void finish(int status) noexcept { uasync::semihosting::exit(static_cast<std::uint32_t>(status)); }

}  // namespace contract

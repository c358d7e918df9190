// A Cortex-M under QEMU, for the contract test: SysTick, which the port leaves alone there, is the other interrupt.

#include <uasync/kernel/port.hpp>

#include <cortex_m.hpp>
#include <semihosting.hpp>

#include <port_contract/platform.hpp>

namespace {
void (*pending)() = nullptr;
using uasync::cortex_m::Word;
Word& control() { return uasync::cortex_m::at(0xe000e010); }
}  // namespace

extern "C" void uasync_systick() noexcept {
    control() = 0;
    pending();
}

namespace contract {

const Platform platform{.masks = true, .clock_moves = true, .long_sleeps = true, .rounds = 1000, .late_us = 2, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    Word& priorities = uasync::cortex_m::at(uasync::cortex_m::shpr3);
    priorities = (priorities & 0x00ffffff) | std::uint32_t{UASYNC_CORTEX_M_PRIORITY}
                                                 << 24;  // with BASEPRI, what is more urgent must not call uasync
    control() = 0;
    uasync::cortex_m::at(0xe000e014) = us * (UASYNC_TEST_HERTZ / 1'000'000) - 1;
    uasync::cortex_m::at(0xe000e018) = 0;
    control() = 7;
}
void finish(int status) noexcept { uasync::semihosting::exit(static_cast<std::uint32_t>(status)); }

}  // namespace contract

// QEMU's RISC-V `virt`, for the contract test: the real-time clock (goldfish), through the interrupt controller (PLIC), is the other interrupt.

#include "../../ports/riscv32/boards/virt.hpp"

#include <port_contract/platform.hpp>

namespace {

using uasync::board::word;

constexpr std::uintptr_t clock = 0x101000;
constexpr std::uintptr_t plic = 0x0c000000;
constexpr unsigned line = 11;  // the clock's

void (*pending)() = nullptr;

}  // namespace

extern "C" void uasync_interrupt(std::uint32_t) noexcept {
    const std::uint32_t claimed = word(plic + 0x200004);
    word(clock + 0x1c) = 1;  // CLEAR_INTERRUPT
    word(plic + 0x200004) = claimed;
    if (claimed == line) pending();
}

namespace contract {

const Platform platform{.masks = true, .clock_moves = true, .long_sleeps = true, .rounds = 1000, .late_us = 2, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    word(plic + 4 * line) = 1;         // its priority
    word(plic + 0x2000) = 1U << line;  // enabled
    word(plic + 0x200000) = 0;         // threshold
    asm volatile("csrs mie, %0" ::"r"(1U << 11U));
    word(clock + 0x10) = 1;                 // IRQ_ENABLED
    const std::uint32_t low = word(clock);  // latches the upper half
    const std::uint64_t target = (std::uint64_t{word(clock + 4)} << 32U | low) + std::uint64_t{us} * 1000;
    word(clock + 0x0c) = static_cast<std::uint32_t>(target >> 32U);
    word(clock + 0x08) = static_cast<std::uint32_t>(target);  // arms it
}
void finish(int status) noexcept { uasync::board::exit(static_cast<std::uint32_t>(status)); }

}  // namespace contract

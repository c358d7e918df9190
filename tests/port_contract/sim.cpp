// The simulation: interrupts strike at moments of virtual time. While tasks are ready, each step takes a microsecond, so a wake-up is that late.

#include <chrono>
#include <cstdlib>

#include <uasync/sim.hpp>

#include "platform.hpp"

namespace contract {

const Platform platform{.masks = false, .clock_moves = false, .long_sleeps = true, .rounds = 1000, .late_us = 2, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    uasync::sim::at(uasync::sim::now() + std::chrono::microseconds{us}, handler);
}
void finish(int status) noexcept { std::exit(status); }

}  // namespace contract

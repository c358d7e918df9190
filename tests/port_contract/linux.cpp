// Linux: what other platforms do in interrupts, here another thread does. It keeps real time, so there are fewer rounds, and a machine that is busy
// with other things may be late.

#include <chrono>
#include <cstdlib>
#include <thread>

#include "platform.hpp"

namespace contract {

const Platform platform{
    .masks = false, .clock_moves = true, .long_sleeps = false, .rounds = 200, .late_us = 1'000'000, .step_us = 0};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    std::thread{[us, handler] {
        std::this_thread::sleep_for(std::chrono::microseconds{us});
        handler();
    }}.detach();
}
void finish(int status) noexcept { std::exit(status); }

}  // namespace contract

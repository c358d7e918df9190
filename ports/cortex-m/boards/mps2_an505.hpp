#pragma once
// Arm's MPS2+ with the Cortex-M33 image AN505, in the secure state: as QEMU's mps2-an505.

#include <cmsdk.hpp>
#include <semihosting.hpp>

#define UASYNC_CLOCK_INTERRUPT uasync_irq_3

namespace uasync::board {

using Uart = cmsdk::Uart<0x50200000>;

using Timer = cmsdk::Counter<20'000'000, 0x50002000, 0x50000000, 3, UASYNC_CORTEX_M_PRIORITY>;
struct Counter : Timer {
    static void start() noexcept {
        Uart::start();
        Timer::start();
    }
};

inline void put(char c) noexcept { Uart::put(c); }
[[noreturn]] inline void stop() noexcept { semihosting::exit(1); }

}  // namespace uasync::board

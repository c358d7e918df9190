#pragma once
// Arm's MPS2 with the Cortex-M3 image AN385, and AN386 with a Cortex-M4: as QEMU's mps2-an385 and mps2-an386.

#include <cmsdk.hpp>
#include <semihosting.hpp>

#define UASYNC_CLOCK_INTERRUPT uasync_irq_8

namespace uasync::board {

using Uart = cmsdk::Uart<0x40004000>;

using Timer = cmsdk::Counter<25'000'000, 0x40002000, 0x40000000, 8, UASYNC_CORTEX_M_PRIORITY>;
struct Counter : Timer {
    static void start() noexcept {
        Uart::start();
        Timer::start();
    }
};

inline void put(char c) noexcept { Uart::put(c); }
[[noreturn]] inline void stop() noexcept { semihosting::exit(1); }

}  // namespace uasync::board

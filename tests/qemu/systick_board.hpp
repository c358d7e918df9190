#pragma once
// The MPS2 with SysTick as its clock, as on a chip whose timers are all in use.

#include <cmsdk.hpp>
#include <semihosting.hpp>
#include <systick.hpp>

#define UASYNC_CLOCK_INTERRUPT uasync_systick

namespace uasync::board {

using Uart = cmsdk::Uart<0x40004000>;

struct Counter : cortex_m::SysTick<25'000'000> {
    static void start() noexcept {
        Uart::start();
        cortex_m::SysTick<25'000'000>::start();
    }
};

inline void put(char c) noexcept { Uart::put(c); }
[[noreturn]] inline void stop() noexcept { semihosting::exit(1); }

}  // namespace uasync::board

#pragma once
// Timers and UART of Arm's Cortex-M System Design Kit, as on the MPS2 and MPS3 boards (Arm DDI 0479, 4.1 to 4.3).

#include "cortex_m.hpp"

namespace uasync::cmsdk {

/// An APB timer, which interrupts once.
template <std::uintptr_t Address>
struct OneShot {
    static void start(std::uint32_t ticks) noexcept {
        cortex_m::at(Address) = 0;
        cortex_m::at(Address + 8) = 0xffffffff;  // RELOAD, which sets VALUE too: no other interrupt soon after the one
        cortex_m::at(Address + 4) = ticks;       // VALUE
        cortex_m::at(Address) = 1 | 1 << 3;      // CTRL: enabled, interrupts
    }
    static void acknowledge() noexcept { cortex_m::at(Address + 12) = 1; }  // INTCLEAR
    static void stop() noexcept {
        cortex_m::at(Address) = 0;
        acknowledge();
    }
};

/// One half of the dual timer counts time, freely and downwards. An APB timer is the alarm.
template <std::uint32_t Hertz, std::uintptr_t DualTimer, std::uintptr_t AlarmTimer, unsigned AlarmLine, std::uint8_t Priority>
struct Counter {
    static constexpr std::uint32_t hertz = Hertz;
    static constexpr unsigned bits = 32;

    static void start() noexcept {
        cortex_m::at(DualTimer) = 0xffffffff;           // TIMER1LOAD
        cortex_m::at(DualTimer + 8) = 1 << 7 | 1 << 1;  // TIMER1CONTROL: enabled, free-running, 32 bits
        cortex_m::enable_line(AlarmLine, Priority);
    }
    static std::uint32_t read() noexcept { return ~cortex_m::at(DualTimer + 4); }  // TIMER1VALUE
    static void arm(std::uint32_t ticks) noexcept { OneShot<AlarmTimer>::start(ticks); }
    static void acknowledge() noexcept { OneShot<AlarmTimer>::acknowledge(); }
};

template <std::uintptr_t Address>
struct Uart {
    static void start() noexcept {
        cortex_m::at(Address + 16) = 16;  // BAUDDIV: as fast as it goes
        cortex_m::at(Address + 8) = 1;    // CTRL: transmitter
    }
    static void put(char c) noexcept {
        while ((cortex_m::at(Address + 4) & 1) != 0) {  // STATE: full
        }
        cortex_m::at(Address) = static_cast<unsigned char>(c);
    }
};

}  // namespace uasync::cmsdk

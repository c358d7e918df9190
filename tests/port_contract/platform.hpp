#pragma once
// What the contract test needs of the platform besides the port. Define it for yours; sim.cpp, linux.cpp and those of tests/qemu are examples.

#include <cstdint>

namespace contract {

struct Platform {
    bool masks;        ///< critical sections hold interrupt_in()'s interrupt up: true on every board
    bool clock_moves;  ///< the clock goes on while a task computes: false only on virtual time
    bool long_sleeps;  ///< hours asleep take no real time, as on an emulator: then the wraps of the counter are tried
    unsigned rounds;   ///< how often sleeps and interrupts are tried
    unsigned late_us;  ///< how late a wake-up may come; one on a busy or shared machine may come at any time
    unsigned step_us;  ///< the resolution of the alarm: 0, or the length of a tick
};
extern const Platform platform;

/// Calls `handler` once, so many microseconds from now, in an interrupt (or thread) that is not the port's alarm.
void interrupt_in(std::uint32_t us, void (*handler)()) noexcept;

/// The test is over. An emulator ends with this status, a board may just stop. @param status 0 if all is well, otherwise 1
void finish(int status) noexcept;

}  // namespace contract

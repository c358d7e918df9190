#pragma once
// Semihosting: a breakpoint that a debugger or an emulator takes as a request (Arm, "Semihosting for AArch32 and AArch64"). Without either it
// is a fault.

#include <cstdint>

namespace uasync::semihosting {

inline std::uint32_t request(std::uint32_t operation, const volatile void* argument) noexcept {
    register std::uint32_t r0 asm("r0") = operation;
    register const volatile void* r1 asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/// Ends the emulator. @param status its exit status
[[noreturn]] inline void exit(std::uint32_t status) noexcept {
    const volatile std::uint32_t block[2] = {0x20026, status};  // ADP_Stopped_ApplicationExit
    while (true) request(0x20, block);                          // SYS_EXIT_EXTENDED
}

}  // namespace uasync::semihosting

#pragma once
// QEMU's machine `virt`: a CLINT as most RISC-V chips have, a 16550 as UART, and a register that ends the emulator.

#include <cstdint>

namespace uasync::board {

inline volatile std::uint32_t& word(std::uintptr_t address) noexcept { return *reinterpret_cast<volatile std::uint32_t*>(address); }
inline volatile std::uint8_t& byte(std::uintptr_t address) noexcept { return *reinterpret_cast<volatile std::uint8_t*>(address); }

/// The CLINT's mtime, of whose 64 bits the lower 32 will do, and mtimecmp.
struct Counter {
    static constexpr std::uint32_t hertz = 10'000'000;
    static constexpr unsigned bits = 32;

    static void start() noexcept {}
    static std::uint32_t read() noexcept { return word(0x0200bff8); }
    static void arm(std::uint32_t ticks) noexcept {
        std::uint32_t high;
        std::uint32_t low;
        do {
            high = word(0x0200bffc);
            low = word(0x0200bff8);
        } while (word(0x0200bffc) != high);
        const std::uint64_t target = (std::uint64_t{high} << 32U | low) + ticks;
        word(0x02004004) = 0xffffffff;  // not in the past while only half of it is written
        word(0x02004000) = static_cast<std::uint32_t>(target);
        word(0x02004004) = static_cast<std::uint32_t>(target >> 32U);
    }
};

inline void put(char c) noexcept {
    while ((byte(0x10000005) & 0x20) == 0) {  // LSR: the transmitter holds one
    }
    byte(0x10000000) = static_cast<std::uint8_t>(c);
}

/// Ends QEMU. @param status its exit status
[[noreturn]] inline void exit(std::uint32_t status) noexcept {
    while (true) word(0x00100000) = status == 0 ? 0x5555 : status << 16U | 0x3333;
}
[[noreturn]] inline void stop() noexcept { exit(1); }

}  // namespace uasync::board

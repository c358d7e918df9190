#pragma once
// What all Cortex-M processors have in common (ARMv6-M B3, ARMv7-M B3, ARMv8-M D1): interrupt lines, and the register that enables the FPU.

#include <cstdint>

namespace uasync::cortex_m {

using Word = volatile std::uint32_t;

inline Word& at(std::uintptr_t address) noexcept { return *reinterpret_cast<Word*>(address); }

/// System control block.
inline constexpr std::uintptr_t icsr = 0xe000ed04;   ///< interrupt control and state
inline constexpr std::uintptr_t shpr3 = 0xe000ed20;  ///< priorities of PendSV and SysTick
inline constexpr std::uintptr_t cpacr = 0xe000ed88;  ///< access to coprocessors, the FPU among them

/// Lets interrupts of a line through, at a priority from 0, the most urgent, to 255; the processor looks at as many of the upper bits as it
/// has. @param line the chip's number of the line @param priority of its interrupts
inline void enable_line(unsigned line, std::uint8_t priority) noexcept {
    Word& priorities = at(0xe000e400 + line / 4 * 4);  // whole words: ARMv6-M has no others
    const unsigned shift = line % 4 * 8;
    priorities = (priorities & ~(0xffU << shift)) | static_cast<std::uint32_t>(priority) << shift;
    at(0xe000e280 + line / 32 * 4) = 1U << line % 32;  // forgets one that is pending
    at(0xe000e100 + line / 32 * 4) = 1U << line % 32;
}

/// Makes the interrupt of a line pending, as its device would. @param line the chip's number of the line
inline void pend_line(unsigned line) noexcept { at(0xe000e200 + line / 32 * 4) = 1U << line % 32; }

}  // namespace uasync::cortex_m

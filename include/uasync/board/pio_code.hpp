#pragma once

#include <cstdint>

namespace uasync {

/// A program for the state machines of PIO, assembled: what asm_pio() makes of its text.
///
/// A Pio refers to it for as long as it lives, so it is `static constexpr`, or a constant of a namespace.
/// @par Cost
/// 72 bytes of flash.
struct PioProgram {
    std::uint16_t code[32];    ///< its instructions, for a place at the beginning of the instruction memory
    std::uint8_t length;       ///< how many there are
    std::uint8_t wrap_target;  ///< which one is next after `wrap`
    std::uint8_t wrap;         ///< the last one before it begins again
    std::int8_t origin = -1;   ///< where it has to be in the instruction memory, 0 to 31; -1: anywhere
    std::uint8_t side_bits;    ///< how many bits of an instruction are for the side-set, with the one that enables it
    bool side_opt;             ///< whether one of them enables it
    bool side_pindirs;         ///< whether it sets directions of pins, not levels

    /// Whether two programs are the same. @param other another one @return true if nobody could tell them apart
    constexpr bool operator==(const PioProgram& other) const noexcept = default;
};

}  // namespace uasync

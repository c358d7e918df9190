#pragma once

// The flash chip of a host, for tests of what uses Flash. In the simulation and on Linux.

#include <cstddef>
#include <cstdint>
#include <span>

namespace uasync::sim {

/// What is in the flash chip, 2 MB; all ones at first. It stays what it is over sim::reset(). @return the bytes, which a test may change
std::span<std::uint8_t> flash_contents() noexcept;

/// How many pages and sectors were programmed and erased. @return the number since the program began
unsigned flash_steps() noexcept;

/// Takes the supply away in the middle of a step: what that page or sector holds then is a mixture, different for each seed, and all steps after it do
/// nothing, until restore_flash_power().
/// @param steps how many steps are still done
/// @param seed says which bits of the next step are done
void cut_flash_power(unsigned steps, std::uint64_t seed) noexcept;
/// Gives the supply back, as before the first cut_flash_power().
void restore_flash_power() noexcept;
/// Whether the supply has gone. @return true after the step in the middle of which it went
bool is_flash_off() noexcept;

/// Has bytes be worn out: what is written there does not stay. @param offset of the first one @param size how many; 0: none
void wear_out_flash(std::uint32_t offset, std::uint32_t size) noexcept;

}  // namespace uasync::sim

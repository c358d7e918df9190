#pragma once
// The port contract of board/flash.hpp, for authors of ports

#include <array>
#include <cstdint>
#include <span>

#include <uasync/kernel/port.hpp>

namespace uasync::port {

/// What is erased together, in bytes.
inline constexpr std::uint32_t flash_sector = 4096;
/// What is programmed together, in bytes.
inline constexpr std::uint32_t flash_page = 256;

/// Where the program ends. @return offset in the flash chip of the first byte behind it
std::uint32_t flash_program_end() noexcept;
/// The size of the flash chip, as the program was linked for. @return bytes
std::uint32_t flash_size() noexcept;

/// Reads at once, also while another write is suspended. @param offset in the chip @param into where the bytes go
void flash_read(std::uint32_t offset, std::span<std::uint8_t> into) noexcept;

// Writing. One at a time: the driver sees to that. What is not done is suspended, so that the flash can be read.

/// Begins to erase a sector. @param offset of its first byte @param us how long nothing else may run @return whether it is done
bool flash_erase(std::uint32_t offset, std::uint32_t us) noexcept;
/// Begins to program.
/// @param offset of the first byte
/// @param bytes what to program, up to the end of a page; they may lie in flash
/// @param us how long nothing else may run
/// @return whether it is done
bool flash_program(std::uint32_t offset, std::span<const std::uint8_t> bytes, std::uint32_t us) noexcept;
/// Goes on with what is not done. @param us how long nothing else may run @return whether it is done
bool flash_go_on(std::uint32_t us) noexcept;
/// Goes on until it is done, without a turn for other tasks. @param us how long interrupts may wait
void flash_finish(std::uint32_t us) noexcept;
/// How long the task waits before it goes on, while others have a turn. @return microseconds
Time flash_pause() noexcept;

/// The number that the maker has given to this chip. @return eight bytes
std::array<std::uint8_t, 8> flash_unique_id() noexcept;

}  // namespace uasync::port

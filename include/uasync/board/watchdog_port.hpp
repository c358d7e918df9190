#pragma once
// The port contract of board/watchdog.hpp, for authors of ports

#include <cstdint>

namespace uasync::port {

/// The longest time that the chip's watchdog can wait, in microseconds.
inline constexpr std::uint32_t watchdog_max_us = 8'388'607;

/// Has the chip reset unless it is fed in time. It may run already. @param us how long, 1 to watchdog_max_us
void watchdog_start(std::uint32_t us) noexcept;
/// Lets it wait for the whole time again. @param us that time
void watchdog_feed(std::uint32_t us) noexcept;
/// Whether the last reset was one by the watchdog. @return false after power-on, or a reset by the RUN pin
bool watchdog_has_reset() noexcept;

}  // namespace uasync::port

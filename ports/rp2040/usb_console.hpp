#pragma once

#include <cstddef>
#include <cstdint>

/// The console over USB, in programs that are built with `UASYNC_CONSOLE` set to `usb` or `both`: what a program may know of it.
///
/// What is printed goes into 3,584 bytes of the USB controller's own memory, and from there to the host. A host that does not read never blocks a
/// task: what does not fit is dropped. Until a host opens the port, the first bytes are kept for it.
///
/// The controller's life, as the handler of its interrupt sees it:
/// @verbatim
///   attached --bus reset--> default --SET_ADDRESS--> addressed --SET_CONFIGURATION--> configured --DTR--> open
///       any of them --bus reset--> default;   open --no DTR--> configured;   1200 baud --> the boot ROM's BOOTSEL mode
/// @endverbatim
/// Text is sent while it is open. Nothing waits for a state: whatever the host does, a block of text is armed, or it stays.
namespace uasync::rp2040 {

/// How many bytes of the console were dropped, as there was no room for them. From an interrupt too.
/// @return bytes since the program started
std::uint32_t console_dropped() noexcept;

}  // namespace uasync::rp2040

/// A program that wants what the host sends defines this function. It is called by the interrupt, with up to 64 bytes.
/// @param bytes valid until it returns
/// @param size how many
extern "C" void uasync_console_received(const char* bytes, std::size_t size) noexcept;

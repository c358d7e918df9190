#pragma once
// Implementation detail of Core1 and InterruptLoop, and what they need from a board's port, if it is built with UASYNC_LOOPS.

#include <cstddef>
#include <cstdint>

#include <uasync/kernel/port.hpp>

namespace uasync::port {

/// What core 1 runs. It returns when the loop there has ended.
using Core1Entry = void() noexcept;

/// Starts core 1, which waits in the boot ROM.
/// @param stack its stack
/// @param words the size of the stack in words
/// @param entry what it runs
/// @return false if it does not answer, because it runs something already
bool start_core1(std::uint32_t* stack, std::size_t words, Core1Entry* entry) noexcept;

/// Switches core 1 off, so that it waits in the boot ROM again. Its `entry` has returned.
void stop_core1() noexcept;

/// Whether the other core goes on when one stops at a fault. @param goes_on false: it is switched off
void other_core_goes_on(bool goes_on) noexcept;

/// The lowest priority of an interrupt; 0 is the highest.
inline constexpr unsigned lowest_priority = 3;

/// Takes a spare interrupt line of this core for a loop. From then on, `wake` and the loop's alarm raise it.
/// @param loop the loop
/// @param priority from 0 to `lowest_priority`
/// @param run the interrupt calls it with the loop
/// @return why there is none, or null
const char* take_line(PortLoop& loop, unsigned priority, void (*run)(PortLoop&) noexcept) noexcept;

/// What UASYNC_PORT_CONTEXT gives in the interrupt of a loop's line. @param loop the loop @return the context
std::uintptr_t context_of_line(const PortLoop& loop) noexcept;

/// Gives the line back, and cancels the alarm. @param loop the loop, on the core that took the line
void give_line(PortLoop& loop) noexcept;

}  // namespace uasync::port

#pragma once
// The port contract of board/pin.hpp, for authors of ports

#include <cstdint>

namespace uasync::port {

/// The resistor that holds an input's level while nothing drives it.
enum class Pull : std::uint8_t {
    none,  ///< the level floats
    up,    ///< high
    down   ///< low
};

/// The edges of a pin, as bits, so that both can be asked for.
enum Edge : std::uint8_t {
    falling = 1,  ///< from 1 to 0
    rising = 2    ///< from 0 to 1
};

/// Makes a pin a GPIO.
/// @param pin the chip's number
/// @param output true: an output, low at first; false: an input
/// @param pull the resistor of an input
void gpio_init(unsigned pin, bool output, Pull pull) noexcept;
/// Reads a pin.
/// @param pin the chip's number
/// @return true for a high level
bool gpio_get(unsigned pin) noexcept;
/// Drives an output.
/// @param pin the chip's number
/// @param level true for high
void gpio_put(unsigned pin, bool level) noexcept;
/// Inverts an output. @param pin the chip's number
void gpio_toggle(unsigned pin) noexcept;

/// Edges that a task waits for, in the port's own terms: two words, so that the interrupt need not compute them
/// from a pin's number.
struct ArmedEdge {
    std::uintptr_t where;  ///< such as the address of a register
    std::uint32_t what;    ///< such as bits in it
};

/// Forgets edges of the pin that have been seen, then arranges that an interrupt calls
/// `uasync::detail::gpio_interrupt()` at the next of `edges`.
/// @param pin the chip's number
/// @param edges bits of Edge
/// @return what gpio_take_edge() and gpio_disarm() get
ArmedEdge gpio_arm(unsigned pin, std::uint8_t edges) noexcept;

/// Called in the interrupt: whether the edge has come. If so, disarms it, so that a storm of edges costs one
/// interrupt each time it is armed.
/// @param edge what gpio_arm() returned
/// @return true if it has come
bool gpio_take_edge(const ArmedEdge& edge) noexcept;

/// Disarms an edge that no task waits for any more. @param edge what gpio_arm() returned
void gpio_disarm(const ArmedEdge& edge) noexcept;

/// Called in the interrupt, after gpio_take_edge(), for an EdgeCounter: forgets the edges that have been seen, and arms the same ones again. One
/// that comes meanwhile is either among those that it returns, or interrupts again.
/// @param pin the chip's number
/// @param edge what gpio_arm() returned
/// @return bits of Edge: those that have come, of those that are armed
std::uint8_t gpio_rearm(unsigned pin, const ArmedEdge& edge) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of armed edges. Defined with `Pin`.
void gpio_interrupt() noexcept;
}  // namespace uasync::detail

// A port may define some of these inline instead.
#ifdef UASYNC_GPIO_PORT_HEADER
#include UASYNC_GPIO_PORT_HEADER
#endif

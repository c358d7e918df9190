#pragma once
// The part of the port contract behind `Pin`: what a board's general-purpose pins can do. For authors of ports.

#include <cstdint>

namespace uasync::port {

enum class Pull : std::uint8_t { none, up, down };

/// A pin's edges as bits, so that both can be asked for at once.
enum Edge : std::uint8_t { falling = 1, rising = 2 };

/// Makes the pin a GPIO: an output (driven low at first) or an input with a pull.
void gpio_init(unsigned pin, bool output, Pull pull) noexcept;
bool gpio_get(unsigned pin) noexcept;
void gpio_put(unsigned pin, bool level) noexcept;
void gpio_toggle(unsigned pin) noexcept;

/// Edges that a task waits for, in the port's own terms: two words, so that the interrupt need not work them out of a pin's number.
struct ArmedEdge {
    std::uintptr_t where;
    std::uint32_t what;
};

/// Forgets edges of the pin seen so far, then has `uasync::detail::gpio_interrupt()` called, in an interrupt, at the next of
/// `edges`.
ArmedEdge gpio_arm(unsigned pin, std::uint8_t edges) noexcept;

/// In the interrupt: whether the edge has come. If so it is disarmed, so that a storm of edges costs one interrupt each time it is
/// armed.
bool gpio_take_edge(const ArmedEdge& edge) noexcept;

/// Nobody waits any more.
void gpio_disarm(const ArmedEdge& edge) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt of armed edges. Defined with `Pin`.
void gpio_interrupt() noexcept;
}  // namespace uasync::detail

// What a port defines inline instead.
#ifdef UASYNC_GPIO_PORT_HEADER
#include UASYNC_GPIO_PORT_HEADER
#endif

// Pins that lead nowhere, for a program with an LED that nobody looks at.

#include <uasync/board/gpio_port.hpp>

namespace uasync::port {

void gpio_init(unsigned, bool, Pull) noexcept {}
bool gpio_get(unsigned) noexcept { return false; }
void gpio_put(unsigned, bool) noexcept {}
void gpio_toggle(unsigned) noexcept {}
ArmedEdge gpio_arm(unsigned, std::uint8_t) noexcept { return {}; }
bool gpio_take_edge(const ArmedEdge&) noexcept { return false; }
void gpio_disarm(const ArmedEdge&) noexcept {}

}  // namespace uasync::port

#pragma once
// Pin functions that cost less than a call. uasync/board/gpio_port.hpp includes this if UASYNC_GPIO_PORT_HEADER names it.

#include <cstddef>

#include <hardware/gpio.h>
#include <hardware/structs/io_bank0.h>

namespace uasync::port {

inline bool gpio_get(unsigned pin) noexcept { return ::gpio_get(pin); }
inline void gpio_put(unsigned pin, bool level) noexcept { ::gpio_put(pin, level); }
inline void gpio_toggle(unsigned pin) noexcept {
#if NUM_BANK0_GPIOS > 32
    ::gpio_xor_mask64(1ULL << pin);
#else
    ::gpio_xor_mask(1U << pin);
#endif
}

// `where` is the pin's word of interrupt status on the core that has armed it, `what` its edge bits there.

inline void gpio_disarm(const ArmedEdge& edge) noexcept {
    constexpr std::uintptr_t enable = offsetof(io_bank0_irq_ctrl_hw_t, ints) - offsetof(io_bank0_irq_ctrl_hw_t, inte);
    ::hw_clear_bits(reinterpret_cast<io_rw_32*>(edge.where - enable), edge.what);
}
inline bool gpio_take_edge(const ArmedEdge& edge) noexcept {
    if ((*reinterpret_cast<io_ro_32*>(edge.where) & edge.what) == 0) return false;
    gpio_disarm(edge);  // the latched edge may stay: arming clears it
    return true;
}
inline std::uint8_t gpio_rearm(unsigned pin, const ArmedEdge& edge) noexcept {
    constexpr std::uintptr_t enable = offsetof(io_bank0_irq_ctrl_hw_t, ints) - offsetof(io_bank0_irq_ctrl_hw_t, inte);
    io_rw_32& latched = io_bank0_hw->intr[pin / 8];
    const std::uint32_t come = latched & edge.what;
    latched = come;  // and no other ones
    ::hw_set_bits(reinterpret_cast<io_rw_32*>(edge.where - enable), edge.what);
    return static_cast<std::uint8_t>(come >> (pin % 8 * 4 + 2));
}

}  // namespace uasync::port

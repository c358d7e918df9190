#pragma once
// Pin functions that cost less than a call: levels through SIO (datasheet 2.3.1.2), which every access reaches in one cycle,
// and those that the interrupt of an armed edge uses. uasync/board/gpio_port.hpp includes this if UASYNC_GPIO_PORT_HEADER names
// it.

#include "rp2040.hpp"

namespace uasync::port {

inline bool gpio_get(unsigned pin) noexcept { return (rp2040::sio().gpio_in >> pin & 1U) != 0; }
inline void gpio_put(unsigned pin, bool level) noexcept {
    (level ? rp2040::sio().gpio_out_set : rp2040::sio().gpio_out_clr) = 1U << pin;
}
inline void gpio_toggle(unsigned pin) noexcept { rp2040::sio().gpio_out_xor = 1U << pin; }

// `where` is the pin's word of interrupt status, `what` its two edge bits there. The enable word has an alias, at a constant
// distance, where writing clears bits, so no other interrupt can come in between.

inline void gpio_disarm(const ArmedEdge& edge) noexcept {
    constexpr std::uintptr_t enable_clear =
        rp2040::clear_bits - (offsetof(rp2040::IoBank0, proc0_ints) - offsetof(rp2040::IoBank0, proc0_inte));
    *reinterpret_cast<rp2040::Word*>(edge.where + enable_clear) = edge.what;
}
inline bool gpio_take_edge(const ArmedEdge& edge) noexcept {
    if ((*reinterpret_cast<rp2040::Word*>(edge.where) & edge.what) == 0) return false;
    gpio_disarm(edge);  // the latched edge may stay: arming clears it
    return true;
}
inline std::uint8_t gpio_rearm(unsigned pin, const ArmedEdge& edge) noexcept {
    constexpr std::uintptr_t enable_set =
        rp2040::set_bits - (offsetof(rp2040::IoBank0, proc0_ints) - offsetof(rp2040::IoBank0, proc0_inte));
    rp2040::Word& latched = rp2040::io_bank0().intr[pin / 8];
    const std::uint32_t come = latched & edge.what;
    latched = come;  // and no other ones
    *reinterpret_cast<rp2040::Word*>(edge.where + enable_set) = edge.what;
    return static_cast<std::uint8_t>(come >> (pin % 8 * 4 + 2));
}

}  // namespace uasync::port

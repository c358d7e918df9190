#pragma once

#include <uasync/board/pin.hpp>

namespace uasync::detail {

/// Makes a pin an input with a resistor, if there is such a pin. @return its number
[[gnu::always_inline]] inline unsigned pulled(unsigned pin, Pin::Pull pull) noexcept {
    if (pin < 30) (void)Pin{pin, Pin::in, pull};
    return pin;
}

}  // namespace uasync::detail

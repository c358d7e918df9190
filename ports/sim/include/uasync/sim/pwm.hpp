#pragma once

#include <cstdint>

// The pulses at the pins, for tests and examples of what uses Pwm. In the simulation and on Linux.

namespace uasync::sim {

/// The pulses at a pin.
struct Pulses {
    double freq = 0;           ///< in hertz; 0: there are none
    double high_us = 0;        ///< how long the pin is high in each period, in microseconds, if it is not inverted
    bool is_inverted = false;  ///< whether high and low have changed places
};

/// What a program has set. @param pin 0 to 29 @return the pulses
Pulses pwm(unsigned pin) noexcept;

}  // namespace uasync::sim

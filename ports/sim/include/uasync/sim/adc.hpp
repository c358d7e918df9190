#pragma once

// What is at the inputs of the converter, for tests and examples of what uses Adc. In the simulation and on Linux.

namespace uasync::sim {

/// Puts a voltage at an input. Before the first call there are 0 V.
/// @param number the input's pin, 26 to 29, or its number, 0 to 3
/// @param volts 0 to 3.3 are different numbers; what is beyond counts as the nearest
void set_voltage(unsigned number, double volts);

/// Sets the temperature of the chip. Before the first call it is 27. @param celsius the temperature
void set_temperature(double celsius);

}  // namespace uasync::sim

#pragma once

#include <string>
#include <string_view>

// The other end of a serial line, for tests and examples of what uses Uart. In the simulation and on Linux.

namespace uasync::sim {

/// Sends bytes to the program, at the line's baud rate. They are lost while the program has no Uart of this number. Tasks, the loop's functions
/// and sim::at() may call it.
/// @param number which UART: 0 or 1
/// @param bytes what to send, behind what is being sent already
void uart_input(unsigned number, std::string_view bytes);

/// What the program has sent since the last call. @param number which UART: 0 or 1 @return the bytes
std::string uart_output(unsigned number);

}  // namespace uasync::sim

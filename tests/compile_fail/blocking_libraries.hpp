#pragma once
// What POSIX, the Pico SDK and Arduino declare that blocks.

#include <cstdint>

#include <unistd.h>

extern "C" {
void sleep_ms(std::uint32_t ms);
void sleep_us(std::uint64_t us);
void yield(void);
void delay(unsigned long ms);
}

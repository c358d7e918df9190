#pragma once
// The counter of the freertos port's tests that do without ticks.

#include <FreeRTOS.h>

#include <cmsdk.hpp>

#define UASYNC_CLOCK_INTERRUPT uasync_irq_8

namespace uasync::board {
using Counter = cmsdk::Counter<25'000'000, 0x40002000, 0x40000000, 8, configMAX_SYSCALL_INTERRUPT_PRIORITY>;
}

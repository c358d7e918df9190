#pragma once
/// @file
/// The board parts of uasync: Pin, Adc, Dma, Flash, I2c, Pio, Pwm, Spi, Uart, Watchdog, and Core1 and InterruptLoop in a build with UASYNC_LOOPS. What runs anywhere is in <uasync/uasync.hpp>.

#include <uasync/task/core1.hpp>
#include <uasync/task/interrupt_loop.hpp>
#include <uasync/board/adc.hpp>
#include <uasync/board/dma.hpp>
#include <uasync/board/flash.hpp>
#include <uasync/board/i2c.hpp>
#include <uasync/board/pin.hpp>
#include <uasync/board/pio.hpp>
#include <uasync/board/pwm.hpp>
#include <uasync/board/spi.hpp>
#include <uasync/board/uart.hpp>
#include <uasync/board/watchdog.hpp>

#pragma once
/// @file
/// What one wires to a board: Switch, Pushbutton and Encoder, which need only pins; Bme280 and Ssd1306, which need an I2c, and the FrameBuffer to draw on;
/// NeoPixel, which needs a Pio and a Dma.

#include <uasync/device/bme280.hpp>
#include <uasync/device/encoder.hpp>
#include <uasync/device/frame_buffer.hpp>
#include <uasync/device/neopixel.hpp>
#include <uasync/device/pushbutton.hpp>
#include <uasync/device/ssd1306.hpp>
#include <uasync/device/switch.hpp>

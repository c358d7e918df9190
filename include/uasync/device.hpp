#pragma once
/// @file
/// What one wires to a board: Switch, Pushbutton, Encoder, Keypad and EdgeCounter, which need only pins; Bme280 and Ssd1306, which need an I2c, and the FrameBuffer to draw on;
/// St7735 and Ili9341, which need an Spi, and the ColorFrame to draw on;
/// KeyValueStore, which needs a Flash; NeoPixel, which needs a Pio and a Dma; OneWire, which needs a Pio, and Ds18b20 on it;
/// Dht22, Ultrasonic, IrReceiver and IrSender, which need a Pio; Led, RgbLed, Servo and Buzzer, which need the pulses of a Pwm.

#include <uasync/device/bme280.hpp>
#include <uasync/device/buzzer.hpp>
#include <uasync/device/color.hpp>
#include <uasync/device/color_buffer.hpp>
#include <uasync/device/dht22.hpp>
#include <uasync/device/ds18b20.hpp>
#include <uasync/device/edge_counter.hpp>
#include <uasync/device/encoder.hpp>
#include <uasync/device/frame_buffer.hpp>
#include <uasync/device/ili9341.hpp>
#include <uasync/device/ir.hpp>
#include <uasync/device/key_value_store.hpp>
#include <uasync/device/keypad.hpp>
#include <uasync/device/led.hpp>
#include <uasync/device/melody.hpp>
#include <uasync/device/mipi_display.hpp>
#include <uasync/device/neopixel.hpp>
#include <uasync/device/onewire.hpp>
#include <uasync/device/pushbutton.hpp>
#include <uasync/device/rgb_led.hpp>
#include <uasync/device/servo.hpp>
#include <uasync/device/ssd1306.hpp>
#include <uasync/device/st7735.hpp>
#include <uasync/device/switch.hpp>
#include <uasync/device/ultrasonic.hpp>

#pragma once
/// @file
/// What one wires to a board's pins: Switch, Pushbutton, Encoder, which need no other peripheral than Pin; NeoPixel.

#include <uasync/device/encoder.hpp>
#include <uasync/device/neopixel.hpp>
#include <uasync/device/pushbutton.hpp>
#include <uasync/device/switch.hpp>

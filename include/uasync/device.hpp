#pragma once
/// @file
/// What one wires to a board's pins: Switch, Pushbutton, Encoder. They need no other peripheral than Pin.

#include <uasync/device/encoder.hpp>
#include <uasync/device/pushbutton.hpp>
#include <uasync/device/switch.hpp>

#pragma once
/// @file
/// What one wires to a board's pins: Switch. It needs no other peripheral than Pin.

#include <uasync/device/switch.hpp>

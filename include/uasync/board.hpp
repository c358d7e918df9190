#pragma once
/// @file
/// The board parts of uasync: Pin. What runs anywhere is in <uasync/uasync.hpp>.

#include <uasync/board/pin.hpp>

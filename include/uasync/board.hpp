#pragma once
/// @file All of uasync's board parts: pins and their edges. What runs anywhere: <uasync/uasync.hpp>.

#include <uasync/board/pin.hpp>

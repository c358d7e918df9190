#pragma once
// All of uasync's board parts.

#include <uasync/board/pin.hpp>

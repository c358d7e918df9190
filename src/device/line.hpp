#pragma once

#include <cstdlib>

namespace uasync::detail {

/// Calls a function with each pixel of a line, both ends included (Bresenham).
template <class Draw>
void draw_line(int x1, int y1, int x2, int y2, Draw draw) noexcept {
    // `error` says how far the pixel is from the line, twice.
    const int dx = std::abs(x2 - x1), dy = std::abs(y2 - y1);
    const int right = x1 < x2 ? 1 : -1, down = y1 < y2 ? 1 : -1;
    int error = dx - dy;
    while (true) {
        draw(x1, y1);
        if (x1 == x2 && y1 == y2) return;
        const int twice = 2 * error;
        if (twice > -dy) {
            error -= dy;
            x1 += right;
        }
        if (twice < dx) {
            error += dx;
            y1 += down;
        }
    }
}

}  // namespace uasync::detail

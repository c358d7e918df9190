#include <uasync/device/color_buffer.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <uasync/device/font.hpp>
#include <uasync/kernel/port.hpp>

#include "line.hpp"

namespace uasync {

using detail::PixelArea;

PixelArea PixelArea::operator&(const PixelArea& other) const noexcept {
    return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right), std::min(bottom, other.bottom)};
}

PixelArea PixelArea::operator|(const PixelArea& other) const noexcept {
    if (empty()) return other;
    if (other.empty()) return *this;
    return {std::min(left, other.left), std::min(top, other.top), std::max(right, other.right), std::max(bottom, other.bottom)};
}

ColorBuffer::ColorBuffer(std::uint16_t* pixels, Size size) noexcept
    : pixels_{pixels}, width_{size.width}, height_{size.height}, changed_{all()} {
    std::fill_n(pixels, width_ * height_, std::uint16_t{0});
}

ColorBuffer::ColorBuffer(std::span<std::uint16_t> pixels, int width, int height) noexcept
    : ColorBuffer{pixels.data(),
                  width < 1 || height < 1 || pixels.size() / static_cast<unsigned>(width) < static_cast<unsigned>(height)
                      ? Size{0, 0}
                      : Size{width, height}} {
    if (width_ == 0) port::fatal("a ColorBuffer has a width and a height, and needs width * height pixels of memory");
}

/// Has an area count as changed. @return what of it lies inside
PixelArea ColorBuffer::mark(int x, int y, int w, int h) noexcept {
    const PixelArea inside = all() & PixelArea{x, y, x + w, y + h};
    if (!inside.empty()) changed_ = changed_ | inside;
    return inside;
}

std::uint16_t ColorBuffer::pixel(int x, int y) const noexcept {
    return x < 0 || x >= width_ || y < 0 || y >= height_ ? std::uint16_t{0} : at(x, y);
}

void ColorBuffer::rect(int x, int y, int w, int h, std::uint16_t color, bool filled) noexcept {
    if (w < 1 || h < 1) return;
    if (filled) return fill_rect(x, y, w, h, color);
    hline(x, y, w, color);
    hline(x, y + h - 1, w, color);
    vline(x, y, h, color);
    vline(x + w - 1, y, h, color);
}

void ColorBuffer::fill_rect(int x, int y, int w, int h, std::uint16_t color) noexcept {
    const PixelArea area = mark(x, y, w, h);
    if (area.empty()) return;
    for (int row = area.top; row < area.bottom; ++row) std::fill_n(&at(area.left, row), area.width(), color);
}

void ColorBuffer::line(int x1, int y1, int x2, int y2, std::uint16_t color) noexcept {
    detail::draw_line(x1, y1, x2, y2, [this, color](int x, int y) { pixel(x, y, color); });
}

void ColorBuffer::text(std::string_view text, int x, int y, std::uint16_t color) noexcept {
    const PixelArea area = mark(x, y, 8 * static_cast<int>(text.size()), 8);
    for (const char character : text) {
        if (x >= area.right) return;
        for (const std::uint8_t column : detail::glyph(character)) {
            for (int row = std::max(y, area.top); x >= area.left && x < area.right && row < area.bottom; ++row)
                if ((column >> (row - y) & 1) != 0) at(x, row) = color;
            ++x;
        }
    }
}

void ColorBuffer::blit(const ColorBuffer& source, int x, int y, int key) noexcept {
    const PixelArea area = mark(x, y, source.width_, source.height_);
    for (int row = area.top; row < area.bottom; ++row) {
        for (int column = area.left; column < area.right; ++column) {
            const std::uint16_t color = source.at(column - x, row - y);
            if (color != key) at(column, row) = color;
        }
    }
}

void ColorBuffer::scroll(int x, int y) noexcept {
    if (std::abs(x) >= width_ || std::abs(y) >= height_) return;
    invalidate();
    const std::size_t bytes = sizeof(std::uint16_t) * static_cast<unsigned>(width_ - std::abs(x));
    for (int i = 0; i < height_ - std::abs(y); ++i) {
        const int to = y > 0 ? height_ - 1 - i : i;  // in the order in which none is overwritten before it has moved
        std::memmove(&at(std::max(x, 0), to), &at(std::max(-x, 0), to - y), bytes);
    }
}

}  // namespace uasync

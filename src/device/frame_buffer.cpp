#include <uasync/device/frame_buffer.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <uasync/device/font.hpp>
#include <uasync/kernel/port.hpp>

#include "line.hpp"

namespace uasync {

FrameBuffer::FrameBuffer(std::span<std::uint8_t> bytes, Size size) noexcept
    : bytes_{bytes.data()}, width_{size.width}, pages_{size.pages} {
    std::ranges::fill(bytes, std::uint8_t{0});
    std::ranges::fill(changed_, nothing);
}

FrameBuffer::FrameBuffer(std::span<std::uint8_t> bytes, int width, int height) noexcept
    : FrameBuffer{bytes, Size{static_cast<std::uint8_t>(width), static_cast<std::uint8_t>(height / 8)}} {
    if (width < 1 || width > 255 || height < 8 || height > 64 || height % 8 != 0) {
        port::fatal("a FrameBuffer's width is 1 to 255, and its height 8, 16, 24 ... or 64");
    }
    if (bytes.size() < static_cast<std::size_t>(width * height / 8)) {
        port::fatal("a FrameBuffer needs width * height / 8 bytes of memory");
    }
}

std::span<const std::uint8_t> FrameBuffer::page_bytes(int page) const noexcept {
    return {&bytes_[static_cast<std::size_t>(page) * width_], static_cast<std::size_t>(width_)};
}

FrameBuffer::Columns FrameBuffer::take_changed(int page) noexcept { return std::exchange(changed_[page], nothing); }

void FrameBuffer::mark(int page, Columns columns) noexcept {
    Columns& changed = changed_[page];
    changed.first = std::min(changed.first, columns.first);
    changed.last = std::max(changed.last, columns.last);
}

void FrameBuffer::put(int page, int x, unsigned byte) noexcept {
    std::uint8_t& place = bytes_[page * width_ + x];
    if (place == byte) return;
    place = static_cast<std::uint8_t>(byte);
    const auto column = static_cast<std::uint8_t>(x);
    mark(page, {column, column});
}

/// Gives the pixels of a byte that are in the mask a color.
void FrameBuffer::draw(int page, int x, unsigned mask, int color) noexcept {
    const unsigned before = bytes_[page * width_ + x];
    put(page, x, color != 0 ? before | mask : before & ~mask);
}

/// The same for the columns from one up to another, which is what most of the time goes into.
void FrameBuffer::draw_row(int page, Stretch columns, unsigned mask, int color) noexcept {
    std::uint8_t* const bytes = &bytes_[static_cast<std::size_t>(page) * width_];
    const unsigned lit = color != 0 ? mask : 0;
    int first = -1, last = -1;
    for (int x = columns.begin; x < columns.end; ++x) {
        const unsigned before = bytes[x], after = (before & ~mask) | lit;
        if (before == after) continue;
        bytes[x] = static_cast<std::uint8_t>(after);
        if (first < 0) first = x;
        last = x;
    }
    if (first >= 0) mark(page, {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last)});
}

bool FrameBuffer::pixel(int x, int y) const noexcept {
    if (x < 0 || x >= width() || y < 0 || y >= height()) return false;
    return (bytes_[y / 8 * width_ + x] >> (y % 8) & 1) != 0;
}

void FrameBuffer::pixel(int x, int y, int color) noexcept {
    if (x < 0 || x >= width() || y < 0 || y >= height()) return;
    draw(y / 8, x, 1U << (y % 8), color);
}

void FrameBuffer::rect(int x, int y, int w, int h, int color, bool filled) noexcept {
    if (w < 1 || h < 1) return;
    if (!filled) {
        hline(x, y, w, color);
        hline(x, y + h - 1, w, color);
        vline(x, y, h, color);
        vline(x + w - 1, y, h, color);
        return;
    }
    const int left = std::max(x, 0), right = std::min(x + w, width());
    const int top = std::max(y, 0), bottom = std::min(y + h, height());
    for (int row = top; row < bottom; row = (row / 8 + 1) * 8) {
        const int rows = std::min(bottom - row, 8 - row % 8);
        const unsigned mask = ((1U << rows) - 1U) << (row % 8);
        draw_row(row / 8, {left, right}, mask, color);
    }
}

void FrameBuffer::line(int x1, int y1, int x2, int y2, int color) noexcept {
    detail::draw_line(x1, y1, x2, y2, [this, color](int x, int y) { pixel(x, y, color); });
}

void FrameBuffer::text(std::string_view text, int x, int y, int color) noexcept {
    const int page = (y + 8 * 8192) / 8 - 8192;  // rounded down, also above the top
    const int down = y - page * 8;
    for (const char character : text) {
        for (const std::uint8_t column : detail::glyph(character)) {
            const unsigned pixels = static_cast<unsigned>(column) << down;
            const bool is_inside = x >= 0 && x < width();
            if (is_inside && page >= 0 && page < pages_) draw(page, x, pixels & 0xffU, color);
            if (is_inside && page >= -1 && page + 1 < pages_) draw(page + 1, x, pixels >> 8U, color);
            ++x;
        }
    }
}

void FrameBuffer::scroll(int x, int y) noexcept {
    if (std::abs(x) >= width() || std::abs(y) >= height()) return;
    const std::uint64_t all = height() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << height()) - 1U;
    const std::uint64_t moved = y >= 0 ? all << y & all : all >> -y;  // the rows that get others
    for (int i = 0; i < width() - std::abs(x); ++i) {
        const int to = x > 0 ? width() - 1 - i : i;  // in the order in which none is overwritten before it has moved
        std::uint64_t column = 0, before = 0;
        for (int page = pages_ - 1; page >= 0; --page) {
            column = column << 8U | bytes_[page * width_ + to - x];
            before = before << 8U | bytes_[page * width_ + to];
        }
        column = y >= 0 ? column << y : column >> -y;
        column = (column & moved) | (before & ~moved);
        for (int page = 0; page < pages_; ++page) put(page, to, static_cast<unsigned>(column >> (8 * page) & 0xffU));
    }
}

}  // namespace uasync

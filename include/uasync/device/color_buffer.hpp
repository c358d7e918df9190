#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uasync/device/color.hpp>

namespace uasync {

class MipiDisplay;

namespace detail {
/// Pixels of some columns and rows.
struct PixelArea {
    int left = 0, top = 0;      ///< the first column and row
    int right = 0, bottom = 0;  ///< behind the last ones
    bool empty() const noexcept { return left >= right || top >= bottom; }
    int width() const noexcept { return right - left; }
    int height() const noexcept { return bottom - top; }
    /// What two areas share.
    PixelArea operator&(const PixelArea& other) const noexcept;
    /// The smallest area around both.
    PixelArea operator|(const PixelArea& other) const noexcept;
    bool operator==(const PixelArea&) const noexcept = default;
};
}  // namespace detail

/// Pixels of 16 bits, in memory that the program gives, with shapes and text to draw there: what a colour display is sent.
///
/// The upper left pixel is (0, 0); x grows to the right, y downwards. What lies outside is not drawn. A colour is RGB565: color565() makes one. It
/// remembers one rectangle, around all that was drawn since it was last sent.
///
/// @par Use it for
/// Functions that draw in a ColorFrame of any size.
/// @par Instead use
/// A ColorFrame, which has its memory; FrameBuffer for pixels that are lit or dark.
/// @par Cost
/// 44 bytes on a board, and two for a pixel. The font takes 768 bytes of flash, if text() is called.
/// @par From an interrupt
/// Not allowed if a task draws, too.
/// @par Errors
/// A buffer without a size, or with too little memory, ends the program with a message. Nothing else is an error. Coordinates and lengths are from
/// -32768 to 32767.
/// @par Source
/// MicroPython's `framebuf.FrameBuffer`, with the format RGB565
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/color_buffer.hpp>
///
/// using namespace uasync;
///
/// void draw_lamp(ColorBuffer& to, bool on) {
///     to.fill_rect(0, 0, 4, 3, color565(255, 0, 0));
///     to.pixel(1, 1, on ? color565(255, 255, 0) : 0);
/// }
///
/// int main() {
///     static std::uint16_t pixels[4 * 3];
///     ColorBuffer lamp{pixels, 4, 3};
///     draw_lamp(lamp, true);
///     print("{:x} {:x}\n", lamp.pixel(0, 1), lamp.pixel(1, 1));
/// }
/// @endcode
/// @code{.unparsed}
/// f800 ffe0
/// @endcode
class ColorBuffer {
public:
    /// A buffer, all black.
    /// @param pixels its memory, at least width * height of them, row by row; it must outlive the buffer
    /// @param width in pixels, at least 1
    /// @param height in pixels, at least 1
    ColorBuffer(std::span<std::uint16_t> pixels, int width, int height) noexcept;
    ColorBuffer(const ColorBuffer&) = delete;
    ColorBuffer& operator=(const ColorBuffer&) = delete;

    /// How wide it is. @return in pixels
    int width() const noexcept { return width_; }
    /// How high it is. @return in pixels
    int height() const noexcept { return height_; }

    /// Gives all pixels a colour. @param color RGB565
    void fill(std::uint16_t color) noexcept { fill_rect(0, 0, width_, height_, color); }
    /// Looks at a pixel. @param x from the left @param y from the top @return RGB565; 0 outside
    std::uint16_t pixel(int x, int y) const noexcept;
    /// Gives a pixel a colour. @param x from the left @param y from the top @param color RGB565
    void pixel(int x, int y, std::uint16_t color) noexcept { fill_rect(x, y, 1, 1, color); }
    /// Draws a horizontal line. @param x its left end @param y of the line @param w its length @param color RGB565
    void hline(int x, int y, int w, std::uint16_t color) noexcept { fill_rect(x, y, w, 1, color); }
    /// Draws a vertical line. @param x of the line @param y its upper end @param h its length @param color RGB565
    void vline(int x, int y, int h, std::uint16_t color) noexcept { fill_rect(x, y, 1, h, color); }
    /// Draws a rectangle; nothing if it has no width or no height.
    /// @param x of its left column
    /// @param y of its upper row
    /// @param w its width
    /// @param h its height
    /// @param color RGB565
    /// @param filled its inside, too
    void rect(int x, int y, int w, int h, std::uint16_t color, bool filled = false) noexcept;
    /// Fills a rectangle. @param x of its left column @param y of its upper row @param w its width @param h its height @param color RGB565
    void fill_rect(int x, int y, int w, int h, std::uint16_t color) noexcept;
    /// Draws a line with both of its ends. What lies outside takes time, too.
    /// @param x1 where it begins
    /// @param y1 where it begins
    /// @param x2 where it ends
    /// @param y2 where it ends
    /// @param color RGB565
    void line(int x1, int y1, int x2, int y2, std::uint16_t color) noexcept;
    /// Writes text in the font of FrameBuffer: 8 by 8 pixels, from space to `~`; 0x7f is a degree sign, and any other one a box. The background stays.
    /// @param text what to write, in one line
    /// @param x the left of the first character
    /// @param y its top
    /// @param color RGB565
    void text(std::string_view text, int x, int y, std::uint16_t color) noexcept;
    /// Draws another buffer, such as a picture that moves.
    /// @param source the other buffer
    /// @param x where its left column goes
    /// @param y where its upper row goes
    /// @param key the colour of its pixels that are not drawn; -1 for none
    void blit(const ColorBuffer& source, int x, int y, int key = -1) noexcept;
    /// Moves the picture. What it leaves behind keeps its colour, as in MicroPython: draw there.
    /// @param x how far to the right; negative to the left
    /// @param y how far down; negative up
    void scroll(int x, int y) noexcept;

    /// Has the next show() send all of it, for a place of the display that something else was drawn on.
    void invalidate() noexcept { changed_ = all(); }

protected:
    /// A size that is possible.
    struct Size {
        int width;   ///< in pixels, at least 1
        int height;  ///< in pixels, at least 1
    };
    /// A buffer, all black. It checks nothing. @param pixels width * height of them @param size its size
    ColorBuffer(std::uint16_t* pixels, Size size) noexcept;

private:
    friend class MipiDisplay;

    /// Where it was shown last.
    struct Place {
        const void* display = nullptr;
        std::uint32_t picture = 0;
        int x = 0, y = 0;
        bool operator==(const Place&) const noexcept = default;
    };

    detail::PixelArea all() const noexcept { return {0, 0, width_, height_}; }
    detail::PixelArea mark(int x, int y, int w, int h) noexcept;
    std::uint16_t& at(int x, int y) const noexcept { return pixels_[y * width_ + x]; }

    std::uint16_t* pixels_;
    int width_;
    int height_;
    detail::PixelArea changed_;
    Place place_;
};

namespace detail {
template <std::size_t count>
struct ColorPixels {
    std::array<std::uint16_t, count> memory_;
};
}  // namespace detail

/// A ColorBuffer with its memory: all of a small display, or the part of a larger one that changes.
///
/// @par Use it for
/// Drawing: MipiDisplay::show() sends it.
/// @par Cost
/// Two bytes for a pixel, 40 KB for 128 by 160, and 44. Make it static.
/// @tparam w width in pixels
/// @tparam h height in pixels
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/color_buffer.hpp>
///
/// using namespace uasync;
///
/// static ColorFrame<24, 8> picture;
///
/// int main() {
///     picture.text("Hi", 0, 0, 0xffff);
///     picture.rect(17, 1, 6, 6, 0xffff);
///     for (int y = 0; y < picture.height(); ++y) {
///         for (int x = 0; x < picture.width(); ++x) print("{}", picture.pixel(x, y) ? '#' : '.');
///         print("\n");
///     }
/// }
/// @endcode
/// @code{.unparsed}
/// .#...#.....#............
/// .#...#...........######.
/// .#...#....##.....#....#.
/// .#####.....#.....#....#.
/// .#...#.....#.....#....#.
/// .#...#.....#.....#....#.
/// .#...#....###....######.
/// ........................
/// @endcode
template <int w, int h>
class ColorFrame : detail::ColorPixels<static_cast<std::size_t>(w) * h>, public ColorBuffer {
    static_assert(w > 0 && h > 0 && w <= 4096 && h <= 4096,
                  "uasync: a ColorFrame has a width and a height: static ColorFrame<128, 160> frame;");

public:
    /// A buffer, all black.
    ColorFrame() noexcept : ColorBuffer{this->memory_.data(), Size{w, h}} {}
};

}  // namespace uasync

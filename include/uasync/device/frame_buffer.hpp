#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace uasync {

/// Pixels that are lit or dark, in memory, with shapes and text to draw there: what a display is sent.
///
/// The upper left pixel is (0, 0); x grows to the right, y downwards. What lies outside is not drawn. A color is 0 for dark, and anything else for lit.
///
/// @par Use it for
/// Drawing. Ssd1306 is one, so programs draw on the display.
/// @par Cost
/// 24 bytes on a board, and a byte for 8 pixels. The font takes 768 bytes of flash, if text() is called.
/// @par From an interrupt
/// Not allowed if a task draws, too.
/// @par Errors
/// A buffer of a size that it cannot have, or with too little memory, ends the program with a message. Nothing else is an error. Coordinates and
/// lengths are from -32768 to 32767.
/// @par Source
/// MicroPython's `framebuf.FrameBuffer`, with the format MONO_VLSB: a byte is 8 pixels of a column, and its lowest bit is the uppermost one.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/frame_buffer.hpp>
///
/// using namespace uasync;
///
/// int main() {
///     std::uint8_t bytes[24 * 8 / 8];
///     FrameBuffer picture{bytes, 24, 8};
///     picture.text("Hi", 0, 0);
///     picture.rect(17, 1, 6, 6);
///     picture.pixel(19, 3, 1);
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
/// .#####.....#.....#.#..#.
/// .#...#.....#.....#....#.
/// .#...#.....#.....#....#.
/// .#...#....###....######.
/// ........................
/// @endcode
class FrameBuffer {
public:
    /// A buffer, all dark.
    /// @param bytes its memory, at least width * height / 8 bytes; it must outlive the buffer
    /// @param width in pixels, 1 to 255
    /// @param height in pixels, a multiple of 8, 8 to 64
    FrameBuffer(std::span<std::uint8_t> bytes, int width, int height) noexcept;
    FrameBuffer(const FrameBuffer&) = delete;
    FrameBuffer& operator=(const FrameBuffer&) = delete;

    /// How wide it is. @return in pixels
    int width() const noexcept { return width_; }
    /// How high it is. @return in pixels
    int height() const noexcept { return pages_ * 8; }

    /// Gives all pixels a color. @param color 0 or 1
    void fill(int color) noexcept { rect(0, 0, width(), height(), color, true); }
    /// Looks at a pixel. @param x from the left @param y from the top @return whether it is lit; outside none is
    bool pixel(int x, int y) const noexcept;
    /// Gives a pixel a color. @param x from the left @param y from the top @param color 0 or 1
    void pixel(int x, int y, int color) noexcept;
    /// Draws a horizontal line. @param x its left end @param y of the line @param w its length @param color 0 or 1
    void hline(int x, int y, int w, int color = 1) noexcept { rect(x, y, w, 1, color, true); }
    /// Draws a vertical line. @param x of the line @param y its upper end @param h its length @param color 0 or 1
    void vline(int x, int y, int h, int color = 1) noexcept { rect(x, y, 1, h, color, true); }
    /// Draws a rectangle; nothing if it has no width or no height.
    /// @param x of its left column
    /// @param y of its upper row
    /// @param w its width
    /// @param h its height
    /// @param color 0 or 1
    /// @param filled its inside, too
    void rect(int x, int y, int w, int h, int color = 1, bool filled = false) noexcept;
    /// Draws a line with both of its ends. What lies outside takes time, too.
    /// @param x1 where it begins
    /// @param y1 where it begins
    /// @param x2 where it ends
    /// @param y2 where it ends
    /// @param color 0 or 1
    void line(int x1, int y1, int x2, int y2, int color = 1) noexcept;
    /// Writes text in a font of 8 by 8 pixels, from space to `~`; 0x7f is a degree sign, and any other one a box. The background stays.
    /// @param text what to write, in one line
    /// @param x the left of the first character
    /// @param y its top
    /// @param color 0 or 1
    void text(std::string_view text, int x, int y, int color = 1) noexcept;
    /// Moves the picture. What it leaves behind keeps its color, as in MicroPython: draw there.
    /// @param x how far to the right; negative to the left
    /// @param y how far down; negative up
    void scroll(int x, int y) noexcept;

protected:  // for the driver of a display
    /// Columns of a page, which is 8 rows.
    struct Columns {
        std::uint8_t first;  ///< the left one
        std::uint8_t last;   ///< the right one, inclusive
        /// Whether there are none. @return true if the first comes after the last
        bool empty() const noexcept { return first > last; }
    };
    /// No columns.
    static constexpr Columns nothing{255, 0};

    /// A size that is possible, as the driver knows.
    struct Size {
        std::uint8_t width;  ///< in pixels, at least 1
        std::uint8_t pages;  ///< 1 to 8
    };
    /// A buffer, all dark. It checks nothing, so a driver has no flash for the messages.
    /// @param bytes its memory, width * pages bytes
    /// @param size its size
    FrameBuffer(std::span<std::uint8_t> bytes, Size size) noexcept;

    /// How many pages there are. @return an eighth of the height
    int pages() const noexcept { return pages_; }
    /// The bytes of a page, a column each. @param page from the top @return the buffer's memory
    std::span<const std::uint8_t> page_bytes(int page) const noexcept;
    /// Takes the columns that have changed since the last time, with those between them that have not. @param page from the top @return none if
    /// nothing has changed
    Columns take_changed(int page) noexcept;
    /// Has columns count as changed, too. @param page from the top @param columns which
    void mark(int page, Columns columns) noexcept;

private:
    void put(int page, int x, unsigned byte) noexcept;
    void draw(int page, int x, unsigned mask, int color) noexcept;
    struct Stretch {
        int begin, end;
    };
    void draw_row(int page, Stretch columns, unsigned mask, int color) noexcept;

    std::uint8_t* bytes_;
    std::uint8_t width_;
    std::uint8_t pages_;
    Columns changed_[8];
};

}  // namespace uasync

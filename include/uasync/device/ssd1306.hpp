#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <uasync/board/i2c.hpp>
#include <uasync/device/frame_buffer.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// Where a display is.
struct Ssd1306Options {
    std::uint8_t address = 0x3c;  ///< 0x3c, or 0x3d if its SA0 pin is high
    bool upside_down = false;     ///< whether it is mounted upside down
};

/// What displays with an SSD1306 have in common, whatever their height: the picture and show(). Programs make an Ssd1306.
///
///                 show(): set up, and the whole picture             contrast(), a shape ...
///     [unknown] ------------------------------------------> [shown] ----------------------> [changed]
///         ^                                                    ^                                |
///         |                                                    +--- show(): what has changed ---+
///         +------- an error, a cancelled setting, init_display() from anywhere -----------------+
///
/// @par Use it for
/// A function that draws on displays of both heights and shows what it has drawn; one that only draws takes a FrameBuffer.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ssd1306.hpp>
///
/// using namespace uasync;
///
/// Coro<> tell(Ssd1306Display& display, std::string_view words) {
///     display.fill(0);
///     display.text(words, 0, display.height() - 8);
///     const auto shown = co_await display.show();
///     print("shown: {}\n", shown ? "yes" : to_string(shown.error()));
/// }
///
/// Coro<> async_main() {
///     I2c bus{0, {.scl = 5, .sda = 4}};
///     Ssd1306 display{bus};
///     co_await tell(display, "Hello");
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// shown: no acknowledgement
/// @endcode
class Ssd1306Display : public FrameBuffer {
public:
    /// Sets the brightness, from the next show() on. @param level 0 is dim, not dark
    void contrast(std::uint8_t level) noexcept {
        contrast_ = level;
        is_set_ = false;
    }
    /// Has dark and lit pixels change places, from the next show() on. @param on whether they do
    void invert(bool on) noexcept {
        inverted_ = on;
        is_set_ = false;
    }
    /// Switches the pixels on, from the next show() on, as they are at first.
    void poweron() noexcept {
        on_ = true;
        is_set_ = false;
    }
    /// Switches the pixels off, from the next show() on. The picture stays, and can be changed.
    void poweroff() noexcept {
        on_ = false;
        is_set_ = false;
    }
    /// Has the next show() set the display up and send the whole picture: for one that was unplugged while nothing was sent.
    void init_display() noexcept { is_known_ = false; }

    /// Sends what has changed since the last time: of each page, which is 8 rows, the columns from the first to the last that have.
    ///
    /// Other tasks may draw meanwhile. What they draw is sent now or by the next show().
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> show();

protected:
    /// A display that nothing was sent to yet.
    /// @param bus its bus
    /// @param bytes memory of the picture
    /// @param height rows
    /// @param options where it is
    UASYNC_DRIVER Ssd1306Display(I2c& bus, std::span<std::uint8_t> bytes, int height, Ssd1306Options options) noexcept;

private:
    class Transfer;

    I2c* bus_;
    Lock lock_;
    Ssd1306Options options_;
    std::uint8_t contrast_ = 0xff;
    bool inverted_ = false;
    bool on_ = true;
    bool is_known_ = false;  ///< it is set up, and what it shows is the picture but for what has changed
    bool is_set_ = false;    ///< contrast, inversion and power are as they should be
};

namespace detail {
template <int height>
struct Ssd1306Bytes {
    std::array<std::uint8_t, 128 * height / 8> picture_;
};
}  // namespace detail

/// A display of 128 by 64 or 32 pixels, with an SSD1306 on an I2C bus: a FrameBuffer to draw on, and show(), which sends it.
///
/// @par Use it for
/// Small OLED displays.
/// @par Cost
/// 1,072 bytes of RAM on a board, 560 for 32 rows: make it static, and its bus, too, as a frame pool may have 2,048. To send
/// all 64 rows takes 25 ms at 400 kHz, in which the processor sleeps or runs other tasks; a character takes 0.4 ms. If nothing has changed, nothing
/// is sent. A pixel that changes and changes back counts as changed. The first show() takes 1 ms more. There is an interrupt for each 8 to 12
/// bytes.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The next show() sends the page that was cut off again, and what was to come after it.
/// @par Fairness
/// Tasks have their turns first in, first out. Each sends what has changed by then.
/// @par Errors
/// show(): Error::no_acknowledgement if no display answers; Error::bus_stuck and Error::misuse as I2c. The next show() then sets the display up and
/// sends all of it, so one that was unplugged may come back at any time. Nobody notices that a display is unplugged while nothing is sent.
/// @par Source
/// MicroPython's `ssd1306`; Solomon Systech's datasheet, sections 9 and 10.
/// @tparam panel_height rows of the display, 64 or 32
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ssd1306.hpp>
/// #include <uasync/sim/ssd1306_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main(sim::Ssd1306Device& panel) {
///     I2c bus{0, {.scl = 5, .sda = 4}};
///     Ssd1306 display{bus};
///     display.text("21.5 C", 0, 0);
///     display.hline(0, 8, 40);
///     co_await display.show();
///     print("{}", panel.picture(0, 0, 48, 9));
///     auto before = ticks_us();
///     display.pixel(100, 20, 1);
///     co_await display.show();
///     print("a pixel takes {} us\n", ticks_diff(ticks_us(), before));
/// }
///
/// int main() {
///     sim::Ssd1306Device panel{0};  // on a board, a display
///     run(async_main(panel));
/// }
/// @endcode
/// @code{.unparsed}
/// ..###......#.............#####............####..
/// .#...#....##.............#...............#......
/// .....#...#.#.............#...............#......
/// ....#......#.............####............#......
/// ...#.......#.................#...........#......
/// ..#........#.......##........#...........#......
/// .#####...#####.....##....####.............####..
/// ................................................
/// ########################################........
/// a pixel takes 213 us
/// @endcode
template <int panel_height = 64>
class Ssd1306 : detail::Ssd1306Bytes<panel_height>, public Ssd1306Display {
    static_assert(panel_height == 64 || panel_height == 32, "uasync: an Ssd1306 has 64 or 32 rows: Ssd1306<32> display{bus};");

public:
    /// A display that nothing was sent to yet: all is dark.
    /// @param bus its bus, which must outlive it
    /// @param options where it is
    explicit Ssd1306(I2c& bus, Ssd1306Options options = {}) noexcept : Ssd1306Display{bus, this->picture_, panel_height, options} {}
};

}  // namespace uasync

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

#include <uasync/board/pin.hpp>
#include <uasync/board/spi.hpp>
#include <uasync/device/color_buffer.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

namespace detail {
/// What differs from one controller to the other.
struct MipiPanel {
    std::uint16_t width, height;  ///< in pixels, upright
    std::uint8_t upright;         ///< the value of MADCTL with which a module shows its picture upright, in the right colours
    std::uint32_t freq;           ///< the highest of the datasheet, in hertz
};
}  // namespace detail

/// What colour displays on SPI have in common, which take the MIPI Display Command Set: show(), which sends a ColorBuffer, and shapes without one.
/// Programs make an St7735 or an Ili9341.
///
///                 show(), fill_rect(): reset, woken, all black, on                rotation(), invert()
///     [unknown] ---------------------------------------------------> [set up] --------------------> [settings to send]
///         ^                                                             ^                                    |
///         |                                                             +--- show(), fill_rect(): sent ------+
///         +------- an error or a cancellation before it is on, init_display() from anywhere -----------------+
///
/// A window is set for each rectangle, right before its pixels. So what a cancellation has cut off is over with the next command, and the display
/// needs no other one for that.
///
/// @par Use it for
/// A function that draws on displays of both kinds.
/// @par Cost
/// 72 bytes on a board. A rectangle that is as wide as its buffer is one transfer by DMA, with one interrupt; of others each row is one. The
/// processor sleeps meanwhile, or runs other tasks. fill_rect() sends one colour by DMA, without a buffer. To show a pixel takes 0.1 ms.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The display is deselected at once. What show() has not sent still counts as changed: whole rows, or all of a rectangle that is as wide as its
/// buffer. A cancelled fill_rect() has filled some rows. If the display was being set up, the next call begins that anew, once the display may be
/// spoken to again.
/// @par Fairness
/// Tasks have their turns first in, first out. The bus is the display's from a window to its last pixel.
/// @par Errors
/// Error::misuse, Error::no_channel and Error::destroyed as Spi. SPI has no acknowledgement, so nobody notices that there is no display, or that it was
/// unplugged or has lost its supply: call init_display() for one that may have. Coordinates and lengths are from -32768 to 32767.
/// @par Source
/// MIPI Alliance's Display Command Set; the shapes have the names of MicroPython's `framebuf`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/st7735.hpp>
///
/// using namespace uasync;
///
/// static ColorFrame<64, 8> line;
///
/// Coro<> tell(MipiDisplay& display, std::string_view words) {
///     line.fill(0);
///     line.text(words, 0, 0, color565(255, 255, 0));
///     co_await display.show(line, 0, display.height() - line.height());
///     print("of {} by {}\n", display.width(), display.height());
/// }
///
/// Coro<> async_main() {
///     Spi bus{0, {.sck = 2, .mosi = 3}};
///     St7735 display{bus, {.cs = 5, .dc = 6, .rotation = 1}};
///     co_await tell(display, "Hello");
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// of 160 by 128
/// @endcode
class MipiDisplay {
public:
    /// What stands for no pin.
    static constexpr unsigned no_pin = Spi::no_pin;

    /// How a display is wired and mounted.
    struct Options {
        unsigned cs;              ///< its select pin, also CS: any pin
        unsigned dc;              ///< its pin for data or command, also A0 or RS: any pin
        unsigned reset = no_pin;  ///< its reset pin: any pin; without one it is reset by a command
        std::uint32_t freq = 0;   ///< in hertz; 0 for the highest of its datasheet
        int rotation = 0;         ///< how many quarter turns clockwise the picture is turned, 0 to 3
        bool bgr = false;         ///< whether the module has red and blue exchanged
    };

    MipiDisplay(const MipiDisplay&) = delete;
    MipiDisplay& operator=(const MipiDisplay&) = delete;

    /// How wide it is, with its rotation. @return in pixels
    int width() const noexcept { return is_on_its_side() ? panel_.height : panel_.width; }
    /// How high it is, with its rotation. @return in pixels
    int height() const noexcept { return is_on_its_side() ? panel_.width : panel_.height; }

    /// Turns the picture, from the next show() or fill_rect() on. What is on the display stays as it is, so each buffer is sent whole.
    /// @param quarter_turns how many, clockwise; 4 is 0 again
    void rotation(int quarter_turns) noexcept;
    /// Has each colour become its opposite, from the next show() or fill_rect() on. Some modules need it for right colours.
    /// @param on whether they do
    void invert(bool on) noexcept;
    /// Has the next show() or fill_rect() set the display up, all black, and each buffer sent whole: for one that was unplugged.
    void init_display() noexcept {
        is_set_up_ = false;
        is_forgotten_ = true;
    }

    /// Sends what has changed in a buffer since the last time: the rectangle around it. All of it counts as changed if it was shown elsewhere last.
    ///
    /// What lies outside of the display is not sent. Other tasks may draw meanwhile. What they draw is sent now or by the next show().
    /// @param buffer what to show; it must live until then
    /// @param x where its left column goes
    /// @param y where its upper row goes
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> show(ColorBuffer& buffer, int x = 0, int y = 0);
    /// Fills a rectangle of the display, without a buffer. A buffer that was shown there does not know: see ColorBuffer::invalidate().
    /// @param x of its left column
    /// @param y of its upper row
    /// @param w its width
    /// @param h its height
    /// @param color RGB565
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> fill_rect(int x, int y, int w, int h, std::uint16_t color);
    /// Fills all of the display, without a buffer. @param color RGB565 @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> fill(std::uint16_t color);

protected:
    /// A display that nothing was sent to yet. @param bus its bus @param options how it is wired and mounted @param panel what it is
    UASYNC_DRIVER MipiDisplay(Spi& bus, const Options& options, const detail::MipiPanel& panel) noexcept;
    ~MipiDisplay() = default;

private:
    class Part;
    class Rest;

    bool is_on_its_side() const noexcept { return (settings_ & exchanged) != 0; }
    bool is_ready() const noexcept { return is_set_up_ && sent_settings_ == settings_; }
    detail::PixelArea all() const noexcept { return {0, 0, width(), height()}; }
    std::span<const std::uint8_t> say(std::initializer_list<std::uint8_t> commands) noexcept;
    std::span<const std::uint8_t> say_window(const detail::PixelArea& area) noexcept;
    Coro<Result<void>> send(std::span<const std::uint8_t> commands);
    Coro<Result<void>> wake();
    Coro<Result<void>> prepare();
    Coro<Result<void>> fill_area(detail::PixelArea area, std::uint16_t color);

    static constexpr std::uint16_t exchanged = 1U << 5;  ///< in MADCTL: columns and rows
    static constexpr std::uint16_t inverted = 1U << 8, unknown = 1U << 15;

    SpiDevice device_;
    Lock lock_;
    Pin dc_;
    std::uint8_t reset_;
    bool is_set_up_ = false;
    std::uint8_t colors_;  ///< the bit of MADCTL that exchanges red and blue
    detail::MipiPanel panel_;
    std::uint16_t settings_ = 0;               ///< MADCTL, and whether it is inverted
    std::uint16_t sent_settings_ = unknown;    ///< those that the display has
    std::uint32_t picture_ = 0;                ///< another one when what buffers have sent is gone
    Time ready_at_;                            ///< when the next command may come
    std::array<std::uint8_t, 14> commands_{};  ///< what is sent: for each command how many bytes it has, and these
    bool is_forgotten_ = false;                ///< init_display() has come since the last set-up began
};

}  // namespace uasync

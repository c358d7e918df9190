#pragma once

#include <uasync/device/mipi_display.hpp>

namespace uasync {

/// A colour display of 128 by 160 pixels with an ST7735 on an SPI bus: show() sends what was drawn in a ColorFrame.
///
/// @par Use it for
/// Small colour displays, of 1.8 inches.
/// @par Instead use
/// Ili9341 for larger ones; Ssd1306 for one colour, on two wires.
/// @par Cost
/// As MipiDisplay. A ColorFrame for all of it takes 40 KB, and 27 ms to send at 12.5 MHz, the highest speed up to its datasheet's 15 MHz; a character
/// takes 0.2 ms. The first show() or fill_rect() takes 0.3 s more.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As MipiDisplay: what was not sent counts as changed.
/// @par Fairness
/// As MipiDisplay.
/// @par Errors
/// As MipiDisplay: nobody notices that there is no display.
/// @par Source
/// Sitronix' datasheet of the ST7735. Voltages and curves stay as the maker of the module has stored them in it.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/st7735.hpp>
/// #include <uasync/sim/st7735_device.hpp>
///
/// using namespace uasync;
///
/// static ColorFrame<128, 160> frame;
///
/// Coro<> async_main(const sim::St7735Device& panel) {
///     Spi bus{0, {.sck = 2, .mosi = 3}};
///     St7735 display{bus, {.cs = 5, .dc = 6}};
///     frame.fill(color565(0, 0, 255));
///     frame.text("21.5 C", 0, 0, 0xffff);
///     co_await display.show(frame);
///     print("{:x}\n", panel.pixel(127, 159));
///
///     frame.text("!", 56, 0, color565(Color::hue(30)));
///     const auto before = ticks_us();
///     co_await display.show(frame);
///     print("a character takes {} us\n", ticks_diff(ticks_us(), before));
/// }
///
/// int main() {
///     sim::St7735Device panel{0, 5, 6};  // on a board, a display
///     run(async_main(panel));
/// }
/// @endcode
/// @code{.unparsed}
/// 1f
/// a character takes 97 us
/// @endcode
class St7735 : public MipiDisplay {
public:
    /// A display that nothing was sent to yet. @param bus its bus, which must outlive it @param options how it is wired and mounted
    UASYNC_DRIVER St7735(Spi& bus, const Options& options) noexcept
        : MipiDisplay{bus, options, {.width = 128, .height = 160, .upright = 0xc0, .freq = 15'151'000}} {}
};

}  // namespace uasync

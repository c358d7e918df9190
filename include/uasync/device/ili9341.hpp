#pragma once

#include <uasync/device/mipi_display.hpp>

namespace uasync {

/// A colour display of 240 by 320 pixels with an ILI9341 on an SPI bus: show() sends what was drawn in a ColorFrame.
///
/// @par Use it for
/// Colour displays of 2.2 to 3.2 inches.
/// @par Instead use
/// St7735 for smaller ones; Ssd1306 for one colour, on two wires.
/// @par Cost
/// As MipiDisplay. A ColorFrame for all of it takes 150 KB of a Pico's 264 KB: better have one for each part that changes, and draw the rest with
/// fill_rect(). To fill all of it takes 138 ms at 8.9 MHz, the highest speed up to its datasheet's 10 MHz. The first show() or fill_rect() takes
/// 0.4 s more.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As MipiDisplay: what was not sent counts as changed.
/// @par Fairness
/// As MipiDisplay.
/// @par Errors
/// As MipiDisplay: nobody notices that there is no display.
/// @par Source
/// ILI Technology's datasheet of the ILI9341. Voltages and curves stay as the maker of the module has stored them in it.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ili9341.hpp>
///
/// using namespace uasync;
///
/// static ColorFrame<80, 16> number;  // as large as what changes
///
/// Coro<> async_main() {
///     Spi bus{0, {.sck = 2, .mosi = 3}};
///     Ili9341 display{bus, {.cs = 5, .dc = 6, .reset = 7, .rotation = 1}};
///     co_await display.fill(color565(0, 0, 64));
///     co_await display.fill_rect(0, 0, display.width(), 20, color565(0, 128, 0));
///     for (int i = 0; i < 3; ++i) {
///         number.fill(0);
///         number.text(i == 2 ? "two" : i == 1 ? "one" : "zero", 0, 4, 0xffff);
///         const auto before = ticks_us();
///         co_await display.show(number, 120, 100);
///         print("{} us\n", ticks_diff(ticks_us(), before));
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 2305 us
/// 2305 us
/// 2305 us
/// @endcode
class Ili9341 : public MipiDisplay {
public:
    /// A display that nothing was sent to yet. @param bus its bus, which must outlive it @param options how it is wired and mounted
    UASYNC_DRIVER Ili9341(Spi& bus, const Options& options) noexcept
        : MipiDisplay{bus, options, {.width = 240, .height = 320, .upright = 0x48, .freq = 10'000'000}} {}
};

}  // namespace uasync

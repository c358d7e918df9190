#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <uasync/sim.hpp>
#include <uasync/sim/spi_device.hpp>

namespace uasync::sim {

/// A display with an ST7735 on a simulated SPI bus, from its construction to its destruction, whose pixels can be read. It knows what a
/// `uasync::St7735` sends, and notes what its datasheet does not allow.
///
/// @par Use it for
/// Tests of programs that draw.
/// @par Instead use
/// The emulator's, which has a reset pin and the speed of each byte, for a firmware image.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/st7735.hpp>
/// #include <uasync/sim/st7735_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Spi bus{0, {.sck = 2, .mosi = 3}};
///     St7735 display{bus, {.cs = 5, .dc = 6}};
///     co_await display.fill_rect(10, 0, 2, 1, color565(0, 255, 0));
/// }
///
/// int main() {
///     sim::St7735Device panel{0, 5, 6};
///     run(async_main());
///     print("{:x} {:x} {:x}\n", panel.pixel(9, 0), panel.pixel(10, 0), panel.pixel(11, 0));
/// }
/// @endcode
/// @code{.unparsed}
/// 0 7e0 7e0
/// @endcode
class St7735Device : public SpiDevice {
public:
    /// Connects it. @param bus 0 or 1 @param cs its select pin @param dc its pin for data or command
    St7735Device(unsigned bus, unsigned cs, unsigned dc) : SpiDevice{bus, cs}, dc_{dc} {
        for (std::size_t i = 0; i < memory_.size(); ++i)
            memory_[i] = static_cast<std::uint16_t>(40503 * i);  // as after power-on: anything
    }

    static constexpr int width = 128;   ///< pixels of a row
    static constexpr int height = 160;  ///< rows
    bool on = false;                    ///< whether its pixels are switched on
    bool inverted = false;              ///< whether each colour is its opposite
    std::size_t pixels_sent = 0;        ///< how many pixels it was sent
    std::vector<std::string> faults;    ///< what was sent that its datasheet does not allow

    /// What can be seen. @param x from the left @param y from the top @return RGB565; 0 while it is not on, not awake or has no format of 16 bits
    std::uint16_t pixel(int x, int y) const {
        if (!on || !is_awake_ || bits_ != 5) return 0;
        const unsigned seen = memory_[static_cast<std::size_t>(y * width + x)] ^ (inverted ? 0xffffU : 0U);
        return static_cast<std::uint16_t>((madctl_ & 8U) != 0 ? seen << 11U | (seen & 0x7e0U) | seen >> 11U : seen);
    }

    /// Takes a command, an argument or pixels. @param frame what is sent @param bits 8 or 16 @return 0
    std::uint16_t transfer(std::uint16_t frame, unsigned bits) override {
        if (bits == 16) take(static_cast<std::uint8_t>(frame >> 8U));
        take(static_cast<std::uint8_t>(frame));
        return 0;
    }

private:
    struct Span {
        int first, last;
    };

    void take(std::uint8_t byte) {
        if (!level(dc_)) return command(byte);
        arguments_.push_back(byte);
        if (command_ == 0x2c) {
            if (arguments_.size() < 2) return;
            store(static_cast<std::uint16_t>(arguments_[0] << 8U | arguments_[1]));
            arguments_.clear();
        } else {
            argument(byte);
        }
    }

    void command(std::uint8_t code) {
        if (now() < ready_at_) faults.push_back("command " + std::to_string(code) + " too early");
        command_ = code;
        arguments_.clear();
        if (code == 0x01) {
            on = inverted = is_awake_ = false;
            madctl_ = 0;
            bits_ = 6;
        }
        if (code == 0x11) is_awake_ = true;
        if (code == 0x01 || code == 0x11) ready_at_ = now() + std::chrono::milliseconds{120};
        if (code == 0x20 || code == 0x21) inverted = code == 0x21;
        if (code == 0x28 || code == 0x29) on = code == 0x29;
        if (code == 0x2c) {
            column_ = columns_.first;
            row_ = rows_.first;
        }
    }

    void argument(std::uint8_t byte) {
        if (command_ == 0x36) madctl_ = byte;
        if (command_ == 0x3a) bits_ = byte & 7U;
        if ((command_ != 0x2a && command_ != 0x2b) || arguments_.size() != 4) return;
        const Span span{arguments_[0] << 8 | arguments_[1], arguments_[2] << 8 | arguments_[3]};
        const bool is_turned = (madctl_ & 0x20U) != 0;
        const int limit = (command_ == 0x2a) == is_turned ? height : width;
        if (span.first > span.last || span.last >= limit)
            faults.push_back("window " + std::to_string(span.first) + " to " + std::to_string(span.last));
        (command_ == 0x2a ? columns_ : rows_) = span;
    }

    void store(std::uint16_t color) {
        ++pixels_sent;
        const bool is_turned = (madctl_ & 0x20U) != 0;
        int x = is_turned ? row_ : column_, y = is_turned ? column_ : row_;
        if ((madctl_ & 0x40U) == 0) x = width - 1 - x;
        if ((madctl_ & 0x80U) == 0) y = height - 1 - y;
        if (x >= 0 && x < width && y >= 0 && y < height) memory_[static_cast<std::size_t>(y * width + x)] = color;
        if (++column_ <= columns_.last) return;
        column_ = columns_.first;
        row_ = row_ < rows_.last ? row_ + 1 : rows_.first;
    }

    std::array<std::uint16_t, std::size_t{width} * height> memory_{};
    std::vector<std::uint8_t> arguments_;
    unsigned dc_;
    Duration ready_at_{};
    Span columns_{0, width - 1}, rows_{0, height - 1};
    int column_ = 0, row_ = 0;
    std::uint8_t command_ = 0;
    std::uint8_t madctl_ = 0;
    unsigned bits_ = 6;
    bool is_awake_ = false;
};

}  // namespace uasync::sim

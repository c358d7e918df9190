#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <uasync/sim/i2c_device.hpp>

namespace uasync::sim {

/// A display with an SSD1306 on a simulated I2C bus, from its construction to its destruction, which tells its picture in text. It knows what
/// Ssd1306 sends: addressing by pages, and the commands up to those of its supply.
///
/// @par Use it for
/// Tests of programs that draw.
/// @par Instead use
/// The emulator's, which has all commands, for a firmware image.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ssd1306.hpp>
/// #include <uasync/sim/ssd1306_device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     I2c bus{0, {.scl = 5, .sda = 4}};
///     Ssd1306<32> display{bus};
///     display.line(0, 0, 5, 2);
///     co_await display.show();
/// }
///
/// int main() {
///     sim::Ssd1306Device panel{0, 32};
///     run(async_main());
///     print("{}", panel.picture(0, 0, 8, 3));
/// }
/// @endcode
/// @code{.unparsed}
/// ##......
/// ..##....
/// ....##..
/// @endcode
class Ssd1306Device : public I2cDevice {
public:
    /// Connects it.
    /// @param bus 0 or 1
    /// @param rows of the panel, 64 or 32
    /// @param address 0x3c or 0x3d
    explicit Ssd1306Device(unsigned bus, int rows = 64, std::uint8_t address = 0x3c) : I2cDevice{bus, address}, rows_{rows} {}

    bool on = false;              ///< whether its pixels are switched on
    bool inverted = false;        ///< whether dark and lit have changed places
    bool pumping = false;         ///< whether it makes the voltage that the pixels need
    std::uint8_t contrast = 127;  ///< brightness
    std::size_t data_bytes = 0;   ///< how many bytes of a picture it was sent

    /// What can be seen: a line for each row, in which a lit pixel is a number sign and a dark one a full stop; all is dark if it is not on, or not set up for its number of rows.
    /// @param x of the left column
    /// @param y of the upper row
    /// @param w how many columns
    /// @param h how many rows
    /// @return h lines
    std::string picture(int x, int y, int w, int h) const {
        std::string text;
        for (int row = y; row < y + h; ++row) {
            for (int column = x; column < x + w; ++column) text += is_lit(column, row) ? '#' : '.';
            text += '\n';
        }
        return text;
    }
    /// Looks at a pixel. @param x from the left @param y from the top @return whether it can be seen
    bool is_lit(int x, int y) const {
        const bool fits = rows_set_ == rows_ && outputs_ == (rows_ == 64 ? 0x12 : 0x02) && remapped_ == flipped_;
        if (!on || !pumping || !fits) return false;
        const int across = remapped_ ? x : 127 - x, down = flipped_ ? y : rows_ - 1 - y;
        const unsigned byte = memory_[static_cast<std::size_t>(down / 8 * 128 + across)];
        return (byte >> (down % 8) & 1U) != static_cast<unsigned>(inverted);
    }

    /// Takes commands or the bytes of a picture. @param bytes what is written @return true
    bool write(std::span<const std::uint8_t> bytes) override {
        const bool is_data = !bytes.empty() && bytes[0] == 0x40;
        for (const std::uint8_t byte : bytes.subspan(bytes.empty() ? 0 : 1)) {
            if (is_data) {
                memory_[page_ * 128U + column_] = byte;
                column_ = (column_ + 1U) % 128U;
                ++data_bytes;
            } else if (command_ != 0) {
                argument(command_, byte);
                command_ = 0;
            } else {
                command(byte);
            }
        }
        return true;
    }

private:
    void command(std::uint8_t code) {
        if (code <= 0x0f) column_ = (column_ & 0x70U) | code;
        if (code >= 0x10 && code <= 0x1f) column_ = (column_ & 0x0fU) | (code & 7U) << 4U;
        if ((code & 0xf8U) == 0xb0) page_ = code & 7U;
        if ((code & 0xfeU) == 0xa0) remapped_ = (code & 1U) != 0;
        if ((code & 0xfeU) == 0xa6) inverted = (code & 1U) != 0;
        if ((code & 0xfeU) == 0xae) on = (code & 1U) != 0;
        if ((code & 0xf7U) == 0xc0) flipped_ = (code & 8U) != 0;
        for (const int with_argument : {0x20, 0x81, 0x8d, 0xa8, 0xd3, 0xd5, 0xd9, 0xda, 0xdb})
            if (code == with_argument) command_ = code;
    }
    void argument(std::uint8_t code, std::uint8_t value) {
        if (code == 0x81) contrast = value;
        if (code == 0x8d) pumping = (value & 4U) != 0;
        if (code == 0xa8) rows_set_ = value + 1;
        if (code == 0xda) outputs_ = value;
    }

    std::array<std::uint8_t, 1024> memory_{};
    int rows_;
    int rows_set_ = 64;
    unsigned column_ = 0;
    unsigned page_ = 0;
    std::uint8_t outputs_ = 0x12;
    std::uint8_t command_ = 0;  ///< that waits for its argument
    bool remapped_ = false;
    bool flipped_ = false;
};

}  // namespace uasync::sim

#pragma once
// The port contract of board/spi.hpp, for authors of ports

#include <cstddef>
#include <cstdint>

#include <uasync/board/dma_port.hpp>
#include <uasync/error.hpp>

namespace uasync::port {

/// What stands for no pin.
inline constexpr unsigned no_spi_pin = 0xff;

/// Whether pins can be those of a bus (RP2040 datasheet 1.4.3): of each four pins the first is MISO, the third SCK, the fourth MOSI; eight belong to
/// SPI 0, eight to SPI 1, eight to SPI 0 ...
/// @param bus 0 or 1 @param sck the clock @param mosi what is sent, or no_spi_pin @param miso what is received, or no_spi_pin
/// @return true if they can
[[gnu::always_inline]] constexpr bool spi_pins_fit(unsigned bus, unsigned sck, unsigned mosi, unsigned miso) noexcept {
    // Without branches: Spi asks the compiler whether the answer is constant, and on a path on which a pin is wrong it would be.
    const std::uint32_t of_bus = (0x00ff'00ffu << (bus % 2 * 8)) & ((1u << 30) - 1);
    const std::uint32_t of_sck = of_bus & 0x4444'4444, of_mosi = of_bus & 0x8888'8888, of_miso = of_bus & 0x1111'1111;
    const std::uint32_t is_sck = (of_sck >> sck % 32) & static_cast<std::uint32_t>(sck < 32);
    const std::uint32_t is_mosi = (of_mosi >> mosi % 32) & static_cast<std::uint32_t>(mosi < 32);
    const std::uint32_t is_miso = (of_miso >> miso % 32) & static_cast<std::uint32_t>(miso < 32);
    const std::uint32_t mosi_fits = is_mosi | static_cast<std::uint32_t>(mosi == no_spi_pin);
    const std::uint32_t miso_fits = is_miso | static_cast<std::uint32_t>(miso == no_spi_pin);
    return (static_cast<std::uint32_t>(bus < 2) & is_sck & mosi_fits & miso_fits & 1u) != 0;
}

/// A bus with its pins and DMA channels. The driver keeps it.
struct SpiLines {
    std::uint8_t bus;        ///< which controller: 0 or 1
    std::uint8_t sck;        ///< pin of the clock
    std::uint8_t mosi;       ///< pin of what is sent, or no_spi_pin
    std::uint8_t miso;       ///< pin of what is received, or no_spi_pin
    std::uint8_t sending;    ///< DMA channel of what is sent; the port takes it
    std::uint8_t receiving;  ///< DMA channel of what is received; the port takes it
};

/// Speed and mode, in the port's own terms.
struct SpiFormat {
    std::uint32_t settings;  ///< such as the values of registers
};

/// How the controller divides its clock (RP2040 datasheet 4.4.3.4): by an even number up to 254, and that by 1 to 256.
struct SpiDivider {
    std::uint32_t prescale;  ///< the even number
    std::uint32_t rate;      ///< 1 to 256
};
/// The divider for the highest speed that is not above one.
/// @param clock of the controller, in hertz @param freq the highest speed, in hertz @return the divider
constexpr SpiDivider spi_divider(std::uint32_t clock, std::uint32_t freq) noexcept {
    if (freq < 2000) freq = 2000;
    const std::uint32_t wanted = ((clock - 1) / freq + 2) / 2 * 2;  // no other is even
    SpiDivider best{254, 256};
    for (std::uint32_t prescale = (wanted + 511) / 512 * 2; prescale <= 254; prescale += 2) {
        const std::uint32_t rate = (wanted + prescale - 1) / prescale;
        if (prescale * rate < best.prescale * best.rate) best = {prescale, rate};
        if (prescale * rate == wanted) break;
    }
    return best;
}

/// Frames out and in at the same time.
struct SpiTransfer {
    const void* out;    ///< what is sent
    void* in;           ///< where goes what is received; null: nowhere
    std::size_t count;  ///< how many frames, at least one
    std::uint8_t size;  ///< bytes of a frame: 1 or 2
    bool out_moves;     ///< whether the next frame is behind the one before; else it is the same
};

/// Sets up the controller, its pins and its DMA channels, whose end calls `uasync::detail::spi_interrupt()` on this core.
/// @param lines the bus; it gets its channels here
/// @return Error::none, Error::misuse if it cannot have these pins, or Error::no_channel
Error spi_open(SpiLines& lines) noexcept;
/// Stops the controller, and gives the channels back. @param lines the bus
void spi_close(const SpiLines& lines) noexcept;

/// Speed and mode for a bus. @param freq the highest that is allowed, in hertz @param mode 0 to 3 @return the next lower one that there is
SpiFormat spi_format(std::uint32_t freq, unsigned mode) noexcept;
/// What a format's speed is. @param format what spi_format() gave @return hertz
std::uint32_t spi_freq(SpiFormat format) noexcept;

/// Makes a pin a select pin, high. @param pin any pin
void spi_open_select(unsigned pin) noexcept;
/// Selects a device, or not. Any context. @param pin its select pin, or no_spi_pin @param is_selected low if true
void spi_select(unsigned pin, bool is_selected) noexcept;

/// Sets speed and mode. No device is selected and the controller is idle. Any context, interrupts masked.
/// @param lines the bus @param format speed and mode
void spi_prepare(const SpiLines& lines, SpiFormat format) noexcept;
/// Starts a transfer. The controller is idle. Any context, interrupts masked.
/// @param lines the bus @param format the one that was set @param transfer what to do
void spi_start(const SpiLines& lines, SpiFormat format, const SpiTransfer& transfer) noexcept;
/// Stops a transfer at once, in the middle of a bit, and sets the controller up again. Nothing is read or written any more, no interrupt comes.
/// Interrupts masked.
/// @param lines the bus @param format the one that was set
void spi_abort(const SpiLines& lines, SpiFormat format) noexcept;

}  // namespace uasync::port

namespace uasync::detail {
/// Called by the port in the interrupt when all frames have been received, or the memory refused an address; then it is stopped. Defined with
/// `Spi`.
/// @param bus 0 or 1 @param failed whether the memory refused an address
void spi_interrupt(unsigned bus, bool failed) noexcept;
}  // namespace uasync::detail

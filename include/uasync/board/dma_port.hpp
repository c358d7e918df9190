#pragma once
// The port contract of board/dma.hpp, for authors of ports

#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync {

/// Which peripheral paces a DMA transfer: it asks for each word, when it has one or has room for one (RP2040 datasheet 2.5.3.1). Of a
/// series, as the state machines of PIO, only the first is named: `DmaRequest{static_cast<int>(DmaRequest::pio0_tx) + 2}`.
enum class DmaRequest : std::uint8_t {
    pio0_tx = 0,    ///< state machine 0 of PIO 0 has room; 1 to 3 follow
    pio0_rx = 4,    ///< state machine 0 of PIO 0 has a word; 1 to 3 follow
    pio1_tx = 8,    ///< the same of PIO 1
    pio1_rx = 12,   ///< the same of PIO 1
    spi0_tx = 16,   ///< SPI 0 has room
    spi0_rx,        ///< SPI 0 has a frame
    spi1_tx,        ///< SPI 1 has room
    spi1_rx,        ///< SPI 1 has a frame
    uart0_tx = 20,  ///< UART 0 has room
    uart0_rx,       ///< UART 0 has a byte
    uart1_tx,       ///< UART 1 has room
    uart1_rx,       ///< UART 1 has a byte
    pwm_wrap = 24,  ///< a period of modulator 0 ends; 1 to 7 follow
    i2c0_tx = 32,   ///< I2C 0 has room
    i2c0_rx,        ///< I2C 0 has a byte
    i2c1_tx,        ///< I2C 1 has room
    i2c1_rx,        ///< I2C 1 has a byte
    adc = 36,       ///< the converter has a sample
    always = 63     ///< nobody: as fast as the memory allows
};

namespace port {

/// How many channels there are.
inline constexpr unsigned dma_channels = 12;

/// What a channel does.
struct DmaTransfer {
    const volatile void* from;  ///< where the first word is
    volatile void* to;          ///< where the first word goes
    std::uint32_t count;        ///< how many words, at least one
    std::uint8_t size;          ///< bytes of a word: 1, 2 or 4
    bool from_moves;            ///< whether the next word is behind the one before
    bool to_moves;              ///< whether the next word goes behind the one before
    std::uint8_t ring_bits;     ///< one end begins anew after two to the power of so many bytes, up to 15; 0: none does
    bool ring_is_to;            ///< which end that is
    bool is_urgent;             ///< served before others, but for other urgent ones
    bool is_quiet;              ///< no interrupt at the end, only if the bus refuses an address
    DmaRequest request;         ///< who paces it
};

/// Sets up the controller if that has not been done, and its interrupt, which calls `uasync::detail::dma_interrupt()` on this core.
void dma_open() noexcept;
/// Starts a channel that is idle. Any context, interrupts masked.
/// @param channel its number @param transfer what it is to do
void dma_start(unsigned channel, const DmaTransfer& transfer) noexcept;
/// Stops a channel, if it is not idle, and waits until the word that is on its way has arrived, some ten cycles. No interrupt of it comes any
/// more. Interrupts masked.
/// @param channel its number
void dma_stop(unsigned channel) noexcept;
/// How many words are still to come. @param channel its number @return 0 if it is done
std::uint32_t dma_left(unsigned channel) noexcept;
/// Called when an interrupt has come for a channel: whether the bus refused an address. @param channel its number @return true if it did
bool dma_failed(unsigned channel) noexcept;

}  // namespace port

namespace detail {
/// Called by the port in the interrupt of the controller. Defined with `Dma`. @param ended a bit for each channel that is done or has failed
void dma_interrupt(std::uint32_t ended) noexcept;

/// Who uses a channel, for drivers. It is called in the interrupt.
struct DmaUser {
    void (*ended)(DmaUser& user, bool failed) noexcept;
};
/// No channel.
inline constexpr unsigned no_dma_channel = 0xff;

/// Takes a channel that is free. @return its number, or no_dma_channel
UASYNC_DRIVER unsigned claim_dma() noexcept;
/// Takes one channel. @param channel its number @return its number, or no_dma_channel if it is not free or there is none
UASYNC_DRIVER unsigned claim_dma(unsigned channel) noexcept;
/// Gives it back. It is stopped. @param channel its number; nothing happens if it is no_dma_channel
void release_dma(unsigned channel) noexcept;
/// Starts it. Interrupts masked. @param channel its number @param transfer what it is to do @param user who is told of the end
void start_dma(unsigned channel, const port::DmaTransfer& transfer, DmaUser& user) noexcept;
/// Stops it. Its user is not told. Interrupts masked. @param channel its number
void stop_dma(unsigned channel) noexcept;
}  // namespace detail

}  // namespace uasync

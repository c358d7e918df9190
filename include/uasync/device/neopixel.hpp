#pragma once

#include <cstddef>
#include <cstdint>

#include <uasync/board/dma.hpp>
#include <uasync/board/pio.hpp>
#include <uasync/device/color.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync {

/// In which order the pixels of a strip take their lamps.
enum class NeoPixelOrder : std::uint8_t {
    grb,  ///< green, red, blue: WS2812, and most others
    rgb,  ///< red, green, blue: some WS2811 with lamps of their own
    grbw  ///< green, red, blue, white: SK6812 RGBW
};

/// How a strip of pixels is wired, and what it is.
struct NeoPixelOptions {
    NeoPixelOrder order = NeoPixelOrder::grb;  ///< what its pixels take first
    /// How long the wire stays low, after which the pixels show what they got: the first WS2812 needs 50, later ones 280.
    std::uint32_t reset_us = 300;
};

/// What NeoPixel can do, whatever the number of its pixels.
///
/// A colour is set by `strip[i] = {255, 0, 0}`; write() shows what was set.
class NeoPixelStrip {
public:
    /// A pixel of a strip, to be read and set.
    class Pixel {
    public:
        /// Refers to one. @param word what is sent of it @param order of its lamps
        Pixel(std::uint32_t& word, NeoPixelOrder order) noexcept : word_{&word}, order_{order} {}
        Pixel(const Pixel&) noexcept = default;
        ~Pixel() = default;
        /// Sets its colour, for the next write(). @param color the colour @return this one
        Pixel& operator=(Color color) noexcept;
        /// Sets its colour to that of another pixel. @param other the other one @return this one
        Pixel& operator=(const Pixel& other) noexcept {
            if (this != &other) *this = static_cast<Color>(other);
            return *this;
        }
        /// Its colour. @return what was set
        operator Color() const noexcept;  // NOLINT(google-explicit-constructor)

    private:
        std::uint32_t* word_;
        NeoPixelOrder order_;
    };

    NeoPixelStrip(const NeoPixelStrip&) = delete;
    NeoPixelStrip& operator=(const NeoPixelStrip&) = delete;

    /// How many pixels it has. @return the number
    std::size_t size() const noexcept { return size_; }
    /// A pixel. @param index 0 is the one next to the chip. One that there is not stops the program with a message
    /// @return a reference to it
    Pixel operator[](std::size_t index) noexcept;
    /// Sets all pixels, for the next write(). @param color the colour
    void fill(Color color) noexcept;

    /// Shows what was set: sends it by DMA, and waits until the pixels have taken it, 30 us a pixel (40 with white) and the time of the reset. What
    /// is set meanwhile may be seen by half.
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> write();

protected:
    /// For NeoPixel. @param pin the wire @param words what is sent, one of each pixel @param size how many @param options what it is
    UASYNC_DRIVER NeoPixelStrip(unsigned pin, std::uint32_t* words, std::size_t size, const NeoPixelOptions& options) noexcept;
    ~NeoPixelStrip() = default;

private:
    // [shown] -- write(): waits until `ready_at_` --> [sending] -- the DMA channel is done --> [latching] -- until `ready_at_` --> [shown]
    //                                                 +--------- cancelled: the channel is stopped; `ready_at_` stays ---------> [shown]

    Pio machine_;
    Dma dma_;
    std::uint32_t* words_;
    std::size_t size_;
    Time ready_at_ = 0;  ///< when the pixels are ready for the next colours
    std::uint32_t reset_us_;
    NeoPixelOrder order_;
};

/// A strip, ring or matrix of addressable LEDs on one wire (WS2812, SK6812).
///
/// A state machine of the PIO makes the pulses, 0.375 us for a 0 and 0.75 us for a 1, and a DMA channel gives it the colours, so nothing that other
/// tasks do is seen on the wire.
/// @par Use it for
/// Pixels whose wire is called DIN. At full brightness each takes 60 mA.
/// @par Instead use
/// Pwm for single LEDs.
/// @par Cost
/// 48 bytes and four for each pixel, a state machine of the PIO and a DMA channel. write() takes a frame of the pool, 144 bytes with GCC -Os and names.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A write() that is cancelled stops the DMA channel before its frame goes. The pixels before some place have the new colours, up to eight more take theirs,
/// and the others keep what they had. The next write() waits until these are ready.
/// @par Fairness
/// Tasks that write at the same time do so one after the other, in no certain order.
/// @par Errors
/// write() gives the errors of Pio and Dma: Error::unavailable or Error::no_memory if there was no free state machine or no room for its program,
/// Error::no_channel if there was no DMA channel, Error::misuse for a pin that there is not.
/// @par Source
/// MicroPython's `neopixel`; data sheet of the WS2812B: 0.4 us and 0.8 us, each +-150 ns, of 1.25 us
/// @tparam N how many pixels there are
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device.hpp>
/// #include <uasync/sim/state_machine.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     NeoPixel<8> strip{16};
///     strip.fill({0, 0, 20});
///     strip[0] = {255, 0, 0};
///     co_await strip.write();
///     print("{} us\n", ticks_us());
/// }
///
/// int main() {
///     sim::StateMachine wire{16};  // on a board, the pixels
///     run(async_main());
///     print("{} {}\n", wire.received[0] >> 8, wire.received[1] >> 8);
/// }
/// @endcode
/// @code{.unparsed}
/// 541 us
/// 65280 20
/// @endcode
template <std::size_t N>
class NeoPixel : public NeoPixelStrip {
public:
    /// Sets up a strip, whose pixels stay as they are until the first write(). @param pin the wire to DIN of the first one
    /// @param options what it is
    explicit NeoPixel(unsigned pin, const NeoPixelOptions& options = {}) noexcept : NeoPixelStrip{pin, buffer_, N, options} {}

private:
    std::uint32_t buffer_[N] = {};
};

}  // namespace uasync

// Pins that a bus cannot have, where they are constants and the compiler optimises.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

#if CASE == 1
// error: call to 'uasync::detail::spi_has_other_pins
// error: uasync: these cannot be the pins of this SPI. SPI 0 has sck at GP2, 6, 18 or 22, mosi at GP3, 7, 19 or 23, miso at GP0, 4, 16 or 20
Coro<> read(std::span<std::uint8_t> into) {
    Spi bus{0, {.sck = 3, .mosi = 2, .miso = 4}};
    co_await bus.read(into);
}
#elif CASE == 2
// error: SPI 1 has sck at GP10, 14 or 26, mosi at GP11, 15 or 27, miso at GP8, 12, 24 or 28
Spi bus{1, {.sck = 10, .mosi = 11, .miso = 4}};
#else
Coro<> read(std::span<std::uint8_t> into, unsigned sck) {
    Spi first{0, {.sck = 18, .mosi = 19, .miso = 16}};
    co_await first.read(into);
    Spi second{1, {.sck = 26}};
    co_await second.read(into);
    Spi chosen{1, {.sck = sck}};  // nothing is known of this one
    co_await chosen.read(into);
}
#endif

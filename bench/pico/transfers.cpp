// What transfers by DMA cost: a hundred of one word, and of a thousand more; the same with the bytes of a fast SPI, and with the pixels of a display
// on it. bench/ledger/pico.py reckons it

#include <array>

#include <uasync/board.hpp>
#include <uasync/device/st7735.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

constexpr int rounds = 100;
std::array<std::uint32_t, 1001> from, to;
std::array<std::uint8_t, 1001> bytes;

Coro<> move(Dma& dma, std::size_t count) {
    const auto start = ticks_us();
    for (int i = 0; i < rounds; ++i) (void)co_await dma.transfer(to, std::span{from}.first(count));
    print("dma_{}_us {}\n", count, ticks_diff(ticks_us(), start));
}

Coro<> exchange(Spi& bus, std::size_t count) {
    const auto start = ticks_us();
    for (int i = 0; i < rounds; ++i) (void)co_await bus.transfer(std::span{bytes}.first(count), std::span{bytes}.first(count));
    print("spi_{}_us {}\n", count, ticks_diff(ticks_us(), start));
}

ColorFrame<101, 1> row;

Coro<> show(MipiDisplay& display, int count) {
    std::uint32_t took = 0;
    for (int i = 0; i < rounds; ++i) {
        row.hline(0, 0, count, 0);
        const auto start = ticks_us();
        (void)co_await display.show(row);
        took += static_cast<std::uint32_t>(ticks_diff(ticks_us(), start));
    }
    print("display_{}_us {}\n", count, took);
}

Coro<> async_main() {
    {
        Dma dma;
        co_await move(dma, 1);
        co_await move(dma, 1001);
    }
    Spi bus{0, {.sck = 2, .mosi = 3, .miso = 4, .freq = 62'500'000}};
    co_await exchange(bus, 1);
    co_await exchange(bus, 1001);
    St7735 display{bus, {.cs = 5, .dc = 6, .freq = 62'500'000}};
    (void)co_await display.show(row);
    co_await show(display, 1);
    co_await show(display, 101);
}

}  // namespace

int main() { run(async_main()); }

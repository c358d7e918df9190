// Strips of pixels, which neopixel.mjs connects: five at GP16, three with white at GP17. Prints what happens, in order.

#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

const char* words(const Result<void>& result) { return result ? "ok" : to_string(result.error()); }

Coro<> show(NeoPixelStrip& strip, int id) {
    const Result<void> result = co_await strip.write();
    print(" {} {}", id, words(result));
}

/// Keeps the core busy, with interrupts, while pixels are sent.
Coro<> disturb() {
    static std::uint32_t from[100], to[100];
    Dma dma;
    for (int i = 0; i < 200; ++i) {
        co_await yield();
        (void)co_await dma.transfer(to, from);
    }
}

Coro<> async_main() {
    NeoPixel<5> strip{16};
    NeoPixel<3> white{17, {.order = NeoPixelOrder::grbw, .reset_us = 80}};
    for (std::uint8_t i = 0; i < 5; ++i) strip[i] = {static_cast<std::uint8_t>(i * 50), 0x55, static_cast<std::uint8_t>(255 - i)};
    auto start = ticks_us();
    Result<void> result = co_await strip.write();
    print("strip: {}, {} us\n", words(result), ticks_diff(ticks_us(), start));

    white.fill({1, 2, 3, 4});
    white[1] = {0xff, 0, 0x80, 0xaa};
    strip.fill({7, 8, 9});
    strip[4] = strip[0];
    start = ticks_us();
    auto busy = create_task(disturb());
    print("both:");
    co_await gather(show(strip, 1), show(white, 2));
    co_await busy;
    print("\n");

    // Two tasks, and one that is cancelled at each moment: the times of the wire stay as they should be, and the last colours are shown.
    for (int us = 0; us < 520; us += 13) {
        strip.fill({static_cast<std::uint8_t>(us), 0, 0xff});
        auto cancelled = create_task(strip.write());
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        strip.fill({1, static_cast<std::uint8_t>(us), 2});
        result = co_await strip.write();
        if (!result) print("{}\n", words(result));
    }
    print("cancelled\n");

    std::array<std::optional<Dma>, 11> channels;
    for (auto& channel : channels) channel.emplace();
    NeoPixel<1> none{18};
    result = co_await none.write();
    print("none: {}\n", words(result));
    start = ticks_us();
    for (int i = 0; i < 10; ++i) (void)co_await strip.write();
    print("ten times: {} us\n", ticks_diff(ticks_us(), start));
}

}  // namespace

int main() { run(async_main()); }

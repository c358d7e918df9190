// A BME280 and an SSD1306, which weather.mjs connects. Prints what happens, in order.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/device/bme280.hpp>
#include <uasync/device/ssd1306.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

/// The pins that tell weather.mjs to plug something in or out.
void plug(unsigned pin, bool in) { Pin{pin, Pin::out}.value(in ? 1 : 0); }
constexpr unsigned sensor_plug = 16, display_plug = 17, warmer = 18;

Coro<> read(Bme280& sensor) {
    const auto air = co_await sensor.read();
    if (air) {
        print("{} C/100, {} Pa, {} %/100\n", air->temperature, air->pressure, air->humidity);
    } else {
        print("{}\n", air.error());
    }
}

Coro<> measure(I2c& bus) {
    Bme280 sensor{bus};
    co_await read(sensor);  // not there
    plug(sensor_plug, true);
    co_await sleep_ms(2);
    auto before = ticks_us();
    co_await read(sensor);
    print("first: {} us\n", ticks_diff(ticks_us(), before));
    plug(warmer, true);
    co_await sleep_ms(1);
    before = ticks_us();
    co_await read(sensor);
    print("then: {} us\n", ticks_diff(ticks_us(), before));
    plug(sensor_plug, false);
    co_await sleep_ms(1);
    co_await read(sensor);
    plug(sensor_plug, true);
    co_await sleep_ms(1);
    co_await read(sensor);
    Bme280 slow{bus, {.temperature = Bme280::Oversampling::x16, .pressure = Bme280::Oversampling::off}};
    co_await read(slow);
    // At each moment of a reading.
    unsigned cancelled = 0, wrong = 0;
    for (unsigned us = 100; us < 12'000; us += 397) {
        const auto result = co_await wait_for(sensor.read(), std::chrono::microseconds{us});
        if (!result) ++cancelled;
        const auto air = co_await sensor.read();
        if (!air || air->temperature != 2500) ++wrong;
    }
    print("cancelled {}, {} wrong\n", cancelled, wrong);
}

Coro<> draw(I2c& bus) {
    static Ssd1306 display{bus};
    display.text("uasync", 3, 5);
    display.rect(0, 0, 128, 64);
    display.line(0, 63, 127, 0);
    Result<void> shown = co_await display.show();
    print("no display: {}\n", words(shown));
    plug(display_plug, true);
    co_await sleep_ms(1);
    auto before = ticks_us();
    shown = co_await display.show();
    print("shown: {}, {} us\n", words(shown), ticks_diff(ticks_us(), before));
    print("look\n");
    before = ticks_us();
    display.text("8", 60, 16);
    shown = co_await display.show();
    print("a character: {}, {} us\n", words(shown), ticks_diff(ticks_us(), before));
    display.contrast(7);
    display.invert(true);
    display.scroll(5, -3);
    shown = co_await display.show();
    print("look\n");
    unsigned cancelled = 0;
    for (unsigned us = 100; us < 30'000; us += 1'993) {
        display.fill(us % 2 == 0 ? 1 : 0);
        display.invert(us % 4 == 0);
        const auto result = co_await wait_for(display.show(), std::chrono::microseconds{us});
        if (!result) ++cancelled;
        shown = co_await display.show();
        if (!shown) print("? {}\n", words(shown));
    }
    // At each moment of the settings: what comes after them is not taken for the argument that was cut off.
    display.fill(0);
    for (unsigned us = 10; us < 200; us += 7) {
        display.contrast(static_cast<std::uint8_t>(us));
        const auto result = co_await wait_for(display.show(), std::chrono::microseconds{us});
        if (!result) ++cancelled;
        if (us % 2 == 0) display.pixel(static_cast<int>(us) / 2, static_cast<int>(us) % 64, 1);
        shown = co_await display.show();
    }
    display.invert(false);
    display.contrast(9);
    display.text("end", 50, 50);
    shown = co_await display.show();
    print("cancelled {}\n", cancelled);
    print("look\n");
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 128; x += 32) {
            std::uint32_t pixels = 0;
            for (int i = 0; i < 32; ++i) pixels = pixels << 1 | (display.pixel(x + i, y) ? 1 : 0);
            print("{:x}{}", pixels, x == 96 ? '\n' : ' ');
        }
    }
}

Coro<> async_main() {
    static I2c bus{0, {.scl = 5, .sda = 4}};  // as draw()'s display uses it for ever
    co_await measure(bus);
    co_await draw(bus);
    print("sizes: {} {} {}\n", sizeof(Bme280), sizeof(Ssd1306<64>), sizeof(Ssd1306<32>));
    const FramePoolUse use = frame_pool_use();
    print("pool: {}\n", use.peak);
}

}  // namespace

int main() { run(async_main()); }

// An ST7735 on bus 0 and an ILI9341 on bus 1, which mipi_display.mjs connects. It looks at the pixels with each line, and at each edge of GP16; it measures while
// GP17 is high.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

ColorFrame<128, 160> whole;
ColorFrame<60, 20> part;  // at (20, 30)
constexpr int part_x = 20, part_y = 30;

std::uint16_t color_of(int x, int y, int number) { return static_cast<std::uint16_t>(x * 2113 + y * 31 + number * 4099); }

void draw(ColorBuffer& to, int number) {
    for (int y = 0; y < to.height(); ++y)
        for (int x = 0; x < to.width(); ++x) to.pixel(x, y, color_of(x, y, number));
}

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

/// How long it takes to show what has changed, and how many pixels these are.
Coro<> measure(MipiDisplay& display, ColorBuffer& buffer, const char* what) {
    Pin measuring{17, Pin::out};
    measuring.on();
    const Result<void> shown = co_await display.show(buffer, part_x * (buffer.width() != 128), part_y * (buffer.width() != 128));
    measuring.off();
    print("{}: {}\n", what, words(shown));
}

/// Takes so many cycles, and some that are always the same.
void spin(unsigned cycles) {
    for (unsigned left = cycles / 4; left != 0; --left) asm volatile("nop");
}

/// Cancelled after each number of cycles; the next show() makes it whole.
Coro<> cancel(MipiDisplay& display) {
    Pin look{16, Pin::out};
    unsigned cancelled = 0, wrong = 0;
    int number = 0;
    for (unsigned cycles = 0; cycles < 225'000; cycles += cycles < 12'000 ? 233 : 8'999) {
        draw(part, ++number);
        auto task = create_task(display.show(part, part_x, part_y));
        co_await yield();
        spin(cycles);
        task.cancel();
        const auto ended = co_await catch_cancelled(task);
        if (!ended) ++cancelled;
        if (!port::gpio_get(5)) ++wrong;  // selected
        const Result<void> shown = co_await display.show(part, part_x, part_y);
        if (!shown) ++wrong;
        look.toggle();
    }
    print("cancelled {}, {} wrong\n", cancelled, wrong);
}

/// The same in the middle of what sets it up.
Coro<> cancel_set_up(MipiDisplay& display) {
    unsigned cancelled = 0;
    for (const auto limit : {1us, 119'999us, 120'001us, 130'000us, 240'010us, 250'000us, 252'000us}) {
        display.init_display();
        const auto ended = co_await wait_for(display.show(part, part_x, part_y), limit);
        if (!ended) ++cancelled;
    }
    const Result<void> shown = co_await display.show(part, part_x, part_y);
    print("set up after {}: {}\n", cancelled, words(shown));
}

Coro<> small() {
    Spi bus{0, {.sck = 2, .mosi = 3}};
    St7735 display{bus, {.cs = 5, .dc = 6}};
    draw(whole, 1);
    Result<void> shown = co_await display.show(whole);
    print("whole: {}\n", words(shown));
    whole.invalidate();
    co_await measure(display, whole, "again");
    whole.pixel(100, 100, 0);
    co_await measure(display, whole, "pixel");
    co_await measure(display, part, "part");
    part.fill_rect(3, 0, 20, 20, 0xffff);
    co_await measure(display, part, "rows");
    co_await cancel(display);
    shown = co_await display.fill_rect(0, 0, 128, 30, 0xf81f);
    print("fill_rect: {}\n", words(shown));
    co_await cancel_set_up(display);
    draw(whole, 2);
    display.rotation(3);
    display.invert(true);
    shown = co_await display.show(whole);
    print("turned: {}\n", words(shown));
}

Coro<> large() {
    Spi bus{1, {.sck = 10, .mosi = 11}};
    Ili9341 display{bus, {.cs = 13, .dc = 14, .reset = 15, .rotation = 1}};
    Pin measuring{17, Pin::out};
    Result<void> done = co_await display.fill_rect(0, 0, 1, 1, 0);
    measuring.on();
    done = co_await display.fill(color565(0, 0, 255));
    measuring.off();
    print("fill: {}\n", words(done));
    draw(part, 3);
    done = co_await display.show(part, 300, 200);
    print("corner: {}\n", words(done));
}

Coro<> async_main() {
    co_await small();
    co_await large();
}

}  // namespace

int main() { run(async_main()); }

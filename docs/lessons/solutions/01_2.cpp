// Lesson 1, exercise 2: two LEDs, each with a rhythm of its own, from one coroutine function.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> flash(Pin led, int on_ms, int off_ms) {
    while (true) {
        led.on();
        co_await sleep_ms(on_ms);
        led.off();
        co_await sleep_ms(off_ms);
    }
}

Coro<> async_main() {
    Pin green{25, Pin::out};
    Pin red{16, Pin::out};
    auto first = create_task(flash(green, 100, 400));
    auto second = create_task(flash(red, 300, 300));
    co_await sleep_ms(1100);
}

int main() { run(async_main()); }

// $ UASYNC_EDGES=1 01_2
// 0 us GP25 1
// 0 us GP16 1
// 100000 us GP25 0
// 300000 us GP16 0
// 500000 us GP25 1
// 600000 us GP16 1
// 600000 us GP25 0
// 900000 us GP16 0
// 1000000 us GP25 1

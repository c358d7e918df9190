// Lesson 1, exercise 1: 100 ms on, 900 ms off.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> flash(Pin led) {
    while (true) {
        led.on();
        co_await sleep_ms(100);
        led.off();
        co_await sleep_ms(900);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    auto flashing = create_task(flash(led));
    co_await sleep_ms(2500);
}

int main() { run(async_main()); }

// $ UASYNC_EDGES=1 01_1
// 0 us GP25 1
// 100000 us GP25 0
// 1000000 us GP25 1
// 1100000 us GP25 0
// 2000000 us GP25 1
// 2100000 us GP25 0

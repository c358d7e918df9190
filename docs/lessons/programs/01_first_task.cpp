// Lesson 1: an LED blinks while the main task counts seconds.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(500);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    auto blinking = create_task(blink(led));
    for (int second = 1; second <= 3; ++second) {
        co_await sleep_ms(1000);
        print("{} s\n", second);
    }
}

int main() { run(async_main()); }

// $ UASYNC_EDGES=1 01_first_task
// 1 s
// 2 s
// 3 s
// 0 us GP25 1
// 500000 us GP25 0
// 1000000 us GP25 1
// 1500000 us GP25 0
// 2000000 us GP25 1
// 2500000 us GP25 0

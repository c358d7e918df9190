// Lesson 3, exercise 4: a game. Press the button as soon as the LED lights; after a second it is too late.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> play(Pin led, Pin button) {
    co_await sleep_ms(2000);
    led.on();
    auto start = ticks_us();
    auto pressed = co_await wait_for_ms(button.wait_for_falling_edge(), 1000);
    auto reaction_us = ticks_diff(ticks_us(), start);
    led.off();
    if (pressed) {
        print("{} us\n", reaction_us);
    } else {
        print("too late\n");
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    for (int round = 0; round < 3; ++round) co_await play(led, button);
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@2.25s+100ms GP15@6s+100ms GP15@7.43s+50ms" 03_4
// 250000 us
// too late
// 180000 us

// Lesson 3, exercise 3: the light of a staircase stays on for five seconds after the last press.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> async_main() {
    Pin light{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    while (true) {
        co_await button.wait_for_falling_edge();
        light.on();
        bool pressed = true;
        while (pressed) {  // each press in time begins a new wait of five seconds
            auto again = co_await wait_for_ms(button.wait_for_falling_edge(), 5000);
            pressed = again.has_value();
        }
        light.off();
    }
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@1s+100ms GP15@4s+100ms GP15@20s+100ms" UASYNC_UNTIL=30s UASYNC_EDGES=1 03_3
// 0 us GP15 1
// 1000000 us GP15 0
// 1000000 us GP25 1
// 1100000 us GP15 1
// 4000000 us GP15 0
// 4100000 us GP15 1
// 9000000 us GP25 0
// 20000000 us GP15 0
// 20000000 us GP25 1
// 20100000 us GP15 1
// 25000000 us GP25 0

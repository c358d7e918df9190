// Lesson 5, exercise 1: contacts bounce. After the first edge, others are ignored until the pin has been high for 20 ms.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> wait_released(Pin button) {
    int high_ms = 0;
    while (high_ms < 20) {
        co_await sleep_ms(5);
        high_ms = button.value() == 1 ? high_ms + 5 : 0;
    }
}

Coro<> async_main() {
    Pin button{15, Pin::in, Pin::pull_up};
    while (true) {
        co_await button.wait_for_falling_edge();
        print("{} ms: pressed\n", ticks_ms());
        co_await wait_released(button);
    }
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@100ms+1ms GP15@102ms+1ms GP15@104ms+80ms GP15@186ms+1ms GP15@400ms+50ms" UASYNC_UNTIL=1s 05_1
// 100 ms: pressed
// 400 ms: pressed

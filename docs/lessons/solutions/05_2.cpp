// Lesson 5, exercise 2: how long was the button held? The two edges say so to the microsecond.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> async_main() {
    Pin button{15, Pin::in, Pin::pull_up};
    while (true) {
        co_await button.wait_for_falling_edge();
        auto start = ticks_us();
        co_await button.wait_for_rising_edge();
        print("held for {} us\n", ticks_diff(ticks_us(), start));
    }
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@100ms+12345us GP15@200ms+1s" UASYNC_UNTIL=2s 05_2
// held for 12345 us
// held for 1000000 us

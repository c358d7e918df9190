// Lesson 6, exercise 3: the motor slows down in steps, which takes time. A destructor cannot wait; defer can.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> full_speed() {
    print("{} ms: 100 %\n", ticks_ms());
    co_await sleep_ms(60'000);
}

Coro<> slow_down() {
    for (int percent = 75; percent >= 0; percent -= 25) {
        co_await sleep_ms(20);
        print("{} ms: {} %\n", ticks_ms(), percent);
    }
}

Coro<> async_main() {
    auto driving = create_task(defer(full_speed(), slow_down));
    co_await sleep_ms(500);
    driving.cancel();
    auto result = co_await catch_cancelled(driving);
    print("{} ms: {}\n", ticks_ms(), result.error());
}

int main() { run(async_main()); }

// $ 06_3
// 0 ms: 100 %
// 520 ms: 75 %
// 540 ms: 50 %
// 560 ms: 25 %
// 580 ms: 0 %
// 580 ms: cancelled

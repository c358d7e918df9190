// Lesson 3, exercise 2: a Ticker keeps the period and says how many readings were missed.

#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

Coro<int> read_sensor(int number) {
    co_await sleep_ms(number == 3 ? 250 : 7);  // the third reading is slow
    co_return 21;
}

Coro<> async_main() {
    Ticker every{100ms};
    for (int number = 1; number <= 5; ++number) {
        auto missed = co_await every.tick();
        print("{} ms: reading {} starts, {} missed\n", ticks_ms(), number, missed);
        int celsius = co_await read_sensor(number);
        print("{} ms: {} degrees\n", ticks_ms(), celsius);
    }
}

int main() { run(async_main()); }

// $ 03_2
// 100 ms: reading 1 starts, 0 missed
// 107 ms: 21 degrees
// 200 ms: reading 2 starts, 0 missed
// 207 ms: 21 degrees
// 300 ms: reading 3 starts, 0 missed
// 550 ms: 21 degrees
// 550 ms: reading 4 starts, 1 missed
// 557 ms: 21 degrees
// 600 ms: reading 5 starts, 0 missed
// 607 ms: 21 degrees

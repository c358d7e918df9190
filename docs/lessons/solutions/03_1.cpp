// Lesson 3, exercise 1: each deadline is 100 ms after the one before, whatever the work in between takes.

#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

Coro<int> read_sensor() {
    co_await sleep_ms(7);
    co_return 21;
}

Coro<> async_main() {
    auto next = Clock::now();
    for (int i = 0; i < 5; ++i) {
        next += 100ms;
        co_await sleep_until(next);
        print("{} ms: reading starts\n", ticks_ms());
        int celsius = co_await read_sensor();
        print("{} ms: {} degrees\n", ticks_ms(), celsius);
    }
}

int main() { run(async_main()); }

// $ 03_1
// 100 ms: reading starts
// 107 ms: 21 degrees
// 200 ms: reading starts
// 207 ms: 21 degrees
// 300 ms: reading starts
// 307 ms: 21 degrees
// 400 ms: reading starts
// 407 ms: 21 degrees
// 500 ms: reading starts
// 507 ms: 21 degrees

// Lesson 3: a sensor is read every 100 ms. Or is it?

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<int> read_sensor() {
    co_await sleep_ms(7);  // the converter needs this time
    co_return 21;
}

Coro<> async_main() {
    for (int i = 0; i < 5; ++i) {
        co_await sleep_ms(100);
        print("{} ms: reading starts\n", ticks_ms());
        int celsius = co_await read_sensor();
        print("{} ms: {} degrees\n", ticks_ms(), celsius);
    }
}

int main() { run(async_main()); }

// $ 03_sampling
// 100 ms: reading starts
// 107 ms: 21 degrees
// 207 ms: reading starts
// 214 ms: 21 degrees
// 314 ms: reading starts
// 321 ms: 21 degrees
// 421 ms: reading starts
// 428 ms: 21 degrees
// 528 ms: reading starts
// 535 ms: 21 degrees

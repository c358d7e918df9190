// Lesson 2, exercise 4: three measurements one after the other take the sum of their times, and together the longest.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<int> measure(int value, int ms) {
    co_await sleep_ms(ms);
    co_return value;
}

Coro<> async_main() {
    auto start = ticks_ms();
    int a = co_await measure(21, 100);
    int b = co_await measure(45, 200);
    int c = co_await measure(1013, 300);
    print("{}, {}, {}: {} ms\n", a, b, c, ticks_diff(ticks_ms(), start));

    start = ticks_ms();
    auto [d, e, f] = co_await gather(measure(21, 100), measure(45, 200), measure(1013, 300));
    print("{}, {}, {}: {} ms\n", d, e, f, ticks_diff(ticks_ms(), start));
}

int main() { run(async_main()); }

// $ 02_4
// 21, 45, 1013: 600 ms
// 21, 45, 1013: 300 ms

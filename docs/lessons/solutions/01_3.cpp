// Lesson 1, exercise 3: a coroutine with a result, first awaited, then as a task beside other work.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<int> blink(Pin led, int times) {
    auto start = ticks_ms();
    for (int i = 0; i < times; ++i) {
        led.on();
        co_await sleep_ms(50);
        led.off();
        co_await sleep_ms(50);
    }
    co_return ticks_diff(ticks_ms(), start);
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    int took = co_await blink(led, 3);
    print("{} ms: awaited, it took {} ms\n", ticks_ms(), took);

    auto blinking = create_task(blink(led, 3));
    co_await sleep_ms(200);
    print("{} ms: the main task has done its own work\n", ticks_ms());
    took = co_await blinking;
    print("{} ms: the task took {} ms\n", ticks_ms(), took);
}

int main() { run(async_main()); }

// $ 01_3
// 300 ms: awaited, it took 300 ms
// 500 ms: the main task has done its own work
// 600 ms: the task took 300 ms

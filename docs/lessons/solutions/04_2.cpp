// Lesson 4, exercise 2: the display only needs the newest sample. Latest keeps that one, and put never waits.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> produce(Latest<int>& sample) {
    for (int i = 1; i <= 9; ++i) {
        co_await sleep_ms(100);
        sample.put(i);
    }
}

Coro<> display(Latest<int>& sample) {
    while (true) {
        int newest = co_await sample.get();
        print("{} ms: {}\n", ticks_ms(), newest);
        co_await sleep_ms(250);
    }
}

Coro<> async_main() {
    Latest<int> sample;
    auto displaying = create_task(display(sample));
    co_await produce(sample);
    co_await sleep_ms(300);
}

int main() { run(async_main()); }

// $ 04_2
// 100 ms: 1
// 350 ms: 3
// 600 ms: 5
// 850 ms: 8
// 1100 ms: 9

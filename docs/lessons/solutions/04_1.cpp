// Lesson 4, exercise 1: how long does each put wait? Nothing in a queue of four, until it is full.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> produce(Queue<int, 4>& samples) {
    for (int i = 1; i <= 9; ++i) {
        co_await sleep_ms(100);
        auto start = ticks_ms();
        co_await samples.put(i);
        print("{} ms: put {}, waited {} ms, {} in the queue\n", ticks_ms(), i, ticks_diff(ticks_ms(), start), samples.qsize());
    }
}

Coro<> consume(Queue<int, 4>& samples) {
    for (int i = 1; i <= 9; ++i) {
        co_await samples.get();
        co_await sleep_ms(250);
    }
}

Coro<> async_main() {
    Queue<int, 4> samples;
    co_await gather(produce(samples), consume(samples));
}

int main() { run(async_main()); }

// $ 04_1
// 100 ms: put 1, waited 0 ms, 0 in the queue
// 200 ms: put 2, waited 0 ms, 1 in the queue
// 300 ms: put 3, waited 0 ms, 2 in the queue
// 400 ms: put 4, waited 0 ms, 2 in the queue
// 500 ms: put 5, waited 0 ms, 3 in the queue
// 600 ms: put 6, waited 0 ms, 3 in the queue
// 700 ms: put 7, waited 0 ms, 4 in the queue
// 850 ms: put 8, waited 50 ms, 4 in the queue
// 1100 ms: put 9, waited 150 ms, 4 in the queue

// Lesson 4: a fast producer and a slow consumer, with a queue of two between them.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> produce(Queue<int, 2>& samples) {
    for (int i = 1; i <= 6; ++i) {
        co_await sleep_ms(100);
        co_await samples.put(i);  // waits while the queue is full
        print("{} ms: put {}\n", ticks_ms(), i);
    }
}

Coro<> consume(Queue<int, 2>& samples) {
    for (int i = 1; i <= 6; ++i) {
        int sample = co_await samples.get();  // waits while the queue is empty
        print("{} ms:       got {}\n", ticks_ms(), sample);
        co_await sleep_ms(250);
    }
}

Coro<> async_main() {
    Queue<int, 2> samples;
    co_await gather(produce(samples), consume(samples));
}

int main() { run(async_main()); }

// $ 04_queue
// 100 ms: put 1
// 100 ms:       got 1
// 200 ms: put 2
// 300 ms: put 3
// 350 ms:       got 2
// 400 ms: put 4
// 600 ms:       got 3
// 600 ms: put 5
// 850 ms:       got 4
// 850 ms: put 6
// 1100 ms:       got 5
// 1350 ms:       got 6

// Lesson 5, exercise 3: a ThreadSafeFlag wakes the task as soon as the interrupt has the sample, and nobody asks in vain.

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

ThreadSafeFlag has_sample;
int sample = 0;

void converter_interrupt() {
    sample += 10;
    has_sample.set();
}

Coro<> read_samples() {
    while (true) {
        co_await has_sample.wait();
        print("{} us: {}\n", ticks_us(), sample);
    }
}

Coro<> async_main() {
    for (auto time : {10'200us, 20'400us, 30'600us}) sim::at(time, converter_interrupt);
    auto reading = create_task(read_samples());
    co_await sleep_ms(40);
}

int main() { run(async_main()); }

// $ 05_3
// 10200 us: 10
// 20400 us: 20
// 30600 us: 30

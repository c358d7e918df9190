// Lesson 5, exercise 3: a converter says by interrupt that it has a sample. The simulation plays the converter.

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

bool has_sample = false;
int sample = 0;

void converter_interrupt() {
    sample += 10;
    has_sample = true;
}

Coro<> read_samples() {
    while (true) {
        while (!has_sample) co_await sleep_ms(1);  // asks a thousand times a second
        has_sample = false;
        print("{} ms: {}\n", ticks_ms(), sample);
    }
}

Coro<> async_main() {
    for (auto time : {10'200us, 20'400us, 30'600us}) sim::at(time, converter_interrupt);
    auto reading = create_task(read_samples());
    co_await sleep_ms(40);
}

int main() { run(async_main()); }

// $ 05_converter
// 11 ms: 10
// 21 ms: 20
// 31 ms: 30

// Lesson 5, exercise 4: five bytes arrive in a burst, and a flag and a variable keep only the last one.

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

ThreadSafeFlag received;
char last = 0;

void uart_interrupt(char byte) {
    last = byte;
    received.set();
}

Coro<> read_bytes() {
    while (true) {
        co_await received.wait();
        print("{} ms: {}\n", ticks_ms(), last);
    }
}

Coro<> async_main() {
    sim::at(10ms, [] {
        for (char byte : {'h', 'e', 'l', 'l', 'o'}) uart_interrupt(byte);
    });
    auto reading = create_task(read_bytes());
    co_await sleep_ms(20);
}

int main() { run(async_main()); }

// $ 05_burst
// 10 ms: o
// 10 ms: o

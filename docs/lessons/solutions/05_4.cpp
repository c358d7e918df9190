// Lesson 5, exercise 4: a RingQueue keeps the bytes until the task comes. Of ten bytes in a ring of eight, it counts two as dropped.

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

RingQueue<char, 8> received;

void uart_interrupt(char byte) { received.put_from_isr(byte); }

Coro<> read_bytes() {
    while (true) {
        char byte = co_await received.get();
        print("{} ms: {}\n", ticks_ms(), byte);
    }
}

Coro<> async_main() {
    sim::at(10ms, [] {
        for (char byte : {'h', 'e', 'l', 'l', 'o'}) uart_interrupt(byte);
    });
    sim::at(20ms, [] {
        for (char byte : {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}) uart_interrupt(byte);
    });
    auto reading = create_task(read_bytes());
    co_await sleep_ms(30);
    print("{} dropped\n", received.dropped());
}

int main() { run(async_main()); }

// $ 05_4
// 10 ms: h
// 10 ms: e
// 10 ms: l
// 10 ms: l
// 10 ms: o
// 20 ms: 0
// 20 ms: 1
// 20 ms: 2
// 20 ms: 3
// 20 ms: 4
// 20 ms: 5
// 20 ms: 6
// 20 ms: 7
// 2 dropped

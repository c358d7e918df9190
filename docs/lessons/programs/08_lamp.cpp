// Lesson 8, exercise 1: a lamp that a button switches on and off, and a test that tests nothing yet.

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> lamp(Pin led, Pin button) {
    while (true) {
        co_await button.wait_for_falling_edge();
        led.toggle();
        co_await sleep_ms(20);  // the contacts bounce
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    co_await lamp(led, button);
}

int main() {
    sim::press(15, 1s, 100ms);
    sim::stop_at(5s);
    (void)run(async_main());
    print("edges: {}\n", sim::edges().size());
}

// $ 08_lamp
// edges: 4

// The program of docs/how_it_works.md: a press of the button at GP15 travels through an interrupt, two tasks and a queue to the LED.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Coro<> light(Queue<int, 4>& presses, Pin led) {
    while (true) {
        co_await presses.get();
        led.toggle();
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    Queue<int, 4> presses;
    auto lighting = create_task(light(presses, led));
    for (int press = 1;; ++press) {
        co_await button.wait_for_falling_edge();
        co_await presses.put(press);
    }
}

}  // namespace

int main() { run(async_main()); }

// Step 5: a queue. It carries each interval between presses to the blink task, which takes one message a round and blinks at that pace.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Queue<int, 8>& queue, Pin led) {
    int delay_ms = 0;
    while (true) {
        if (!queue.empty()) delay_ms = co_await queue.get();
        led.toggle();
        co_await sleep_ms(delay_ms);
    }
}

Coro<> wait_button(Pin button) {          // resolves on a press: a 1 -> 0 edge, sampled every 40 ms
    int previous = button.value();
    while (button.value() == 1 || button.value() == previous) {
        previous = button.value();
        co_await sleep_ms(40);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    Queue<int, 8> queue;
    auto blinking = create_task(blink(queue, led));

    auto last = ticks_ms();
    while (true) {
        co_await wait_button(button);
        auto now = ticks_ms();
        int delay_ms = std::min<int>(ticks_diff(now, last), 2000);
        last = now;
        print("{}\n", delay_ms);
        co_await queue.put(delay_ms);
    }
}

int main() { run(async_main()); }

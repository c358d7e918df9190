// Step 4: time. Each press prints the milliseconds since the previous press, the first press those since the start.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(500);
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
    auto blinking = create_task(blink(led));

    auto last = ticks_ms();
    while (true) {
        co_await wait_button(button);
        auto now = ticks_ms();
        print("{}\n", ticks_diff(now, last));
        last = now;
    }
}

int main() { run(async_main()); }

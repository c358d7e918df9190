// Step 7: an interrupt, and the latest value. As step 5, but an interrupt reports a press at once, and a mailbox for the latest value
// replaces the queue: after a burst of presses the LED goes straight to the last interval.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Latest<int>& latest, Pin led) {
    int delay_ms = co_await latest.get();  // dark until the first press
    while (true) {
        if (!latest.empty()) delay_ms = co_await latest.get();
        led.toggle();
        co_await sleep_ms(delay_ms);
    }
}

// Contacts bounce: for some milliseconds after a press, and again after a release, the pin changes many times. The first edge of a
// press counts; this ignores all others until the pin has been high for 20 ms. No task waits for edges meanwhile, so they cause no
// interrupts.
Coro<> wait_released(Pin button) {
    int high_ms = 0;
    while (high_ms < 20) {
        co_await sleep_ms(5);
        high_ms = button.value() == 1 ? high_ms + 5 : 0;
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    Latest<int> latest;
    auto blinking = create_task(blink(latest, led));

    auto last = ticks_ms();
    while (true) {
        co_await button.wait_for_falling_edge();
        auto now = ticks_ms();
        int delay_ms = std::min<int>(ticks_diff(now, last), 2000);
        last = now;
        print("{}\n", delay_ms);
        latest.put(delay_ms);
        co_await wait_released(button);
    }
}

int main() { run(async_main()); }

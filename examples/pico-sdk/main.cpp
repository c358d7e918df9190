// The LED blinks at the pace at which the button is pressed. The button is between GP15 and ground; the LED of a Pico W is not on a pin of the
// chip, so wire one to GP16 there.

#include <pico/stdlib.h>

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

#ifdef PICO_DEFAULT_LED_PIN
constexpr unsigned led_pin = PICO_DEFAULT_LED_PIN;
#else
constexpr unsigned led_pin = 16;
#endif

Coro<> blink(Latest<int>& pace, Pin led) {
    int delay_ms = co_await pace.get();
    while (true) {
        if (!pace.empty()) delay_ms = co_await pace.get();
        led.toggle();
        co_await sleep_ms(delay_ms);
    }
}

Coro<> async_main() {
    Pin button{15, Pin::in, Pin::pull_up};
    Latest<int> pace;
    auto blinking = create_task(blink(pace, Pin{led_pin, Pin::out}));

    auto last = ticks_ms();
    while (true) {
        co_await button.wait_for_falling_edge();  // by interrupt: the chip sleeps meanwhile
        auto now = ticks_ms();
        int delay_ms = std::min<int>(ticks_diff(now, last), 2000);
        last = now;
        print("{} ms since the last press\n", delay_ms);
        pace.put(delay_ms);
        co_await sleep_ms(20);  // while it bounces
    }
}

int main() { run(async_main()); }

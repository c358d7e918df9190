#pragma once
// The program, without its main(): the board runs it, and the test too, on virtual time.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

inline uasync::Coro<> blink(uasync::Pin led) {
    while (true) {
        led.toggle();
        co_await uasync::sleep_ms(500);
    }
}

/// Blinks the LED on GP25, and prints when a button between GP15 and ground is pressed.
inline uasync::Coro<> async_main() {
    uasync::Pin led{25, uasync::Pin::out};
    uasync::Pin button{15, uasync::Pin::in, uasync::Pin::pull_up};
    auto blinking = uasync::create_task(blink(led));
    uasync::print("hello\n");
    while (true) {
        co_await button.wait_for_falling_edge();
        uasync::print("pressed at {} ms\n", uasync::ticks_ms());
    }
}

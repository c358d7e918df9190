// Step 2b: the same main loop without its yield. It never waits, so no other task ever runs: the LED stays dark.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(500);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    auto blinking = create_task(blink(led));

    unsigned rounds = 0;
    while (true) {
        ++rounds;
        if (rounds % 500'000 == 0) print("{} rounds\n", rounds);
    }
    co_return;                            // never reached, but without any co_ word this would be no coroutine
}

int main() { run(async_main()); }

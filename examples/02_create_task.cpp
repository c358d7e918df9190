// Step 2: a task. The LED blinks while the main loop does work of its own and yields to the other task once a round.

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
        co_await yield();                 // every task that is ready runs here
    }
}

int main() { run(async_main()); }

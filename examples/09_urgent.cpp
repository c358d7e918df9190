// Step 9: an urgent task. The main loop of step 2b never awaits. The LED blinks on time all the same, as an interrupt runs its task.

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
    InterruptLoop urgent;
    auto blinking = urgent.create_task(blink(led));

    unsigned rounds = 0;
    while (true) {
        ++rounds;
        if (rounds % 500'000 == 0) print("{} rounds\n", rounds);
    }
    co_return;                            // never reached, but without a co_ keyword this would not be a coroutine
}

int main() { run(async_main()); }

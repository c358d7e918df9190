// Step 1: a coroutine. Calling blink() only makes one; awaiting it runs it. It never ends, so neither does the program.

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
    co_await blink(led);                  // without co_await nothing would happen, and the compiler says so
}

int main() { run(async_main()); }

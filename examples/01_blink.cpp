// Step 1: a coroutine. Calling blink() only creates it; awaiting it runs it. It never ends, so the program never ends.

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

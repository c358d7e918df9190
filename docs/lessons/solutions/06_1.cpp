// Lesson 6, exercise 1: wait_for cancels the work at its limit. The destructor switches the heater off here, too.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

struct Heater {
    explicit Heater(Pin output) : pin{output} { pin.on(); }
    Heater(const Heater&) = delete;
    ~Heater() {
        pin.off();
        print("{} ms: heater off\n", ticks_ms());
    }
    Pin pin;
};

Coro<> heat(Pin pin, int ms) {
    Heater heater{pin};
    print("{} ms: heater on\n", ticks_ms());
    co_await sleep_ms(ms);
}

Coro<> async_main() {
    Pin pin{16, Pin::out};
    for (int ms : {100, 60'000}) {
        auto result = co_await wait_for_ms(heat(pin, ms), 200);
        if (result) {
            print("{} ms: warm\n", ticks_ms());
        } else {
            print("{} ms: {}\n", ticks_ms(), result.error());
        }
    }
}

int main() { run(async_main()); }

// $ 06_1
// 0 ms: heater on
// 100 ms: heater off
// 100 ms: warm
// 100 ms: heater on
// 300 ms: heater off
// 300 ms: timeout

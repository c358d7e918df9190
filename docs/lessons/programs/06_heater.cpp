// Lesson 6: a task heats until somebody cancels it. The heater must not stay on.

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

Coro<> heat(Pin pin) {
    Heater heater{pin};
    print("{} ms: heater on\n", ticks_ms());
    co_await sleep_ms(60'000);
    print("never printed\n");
}

Coro<> async_main() {
    Pin pin{16, Pin::out};
    auto heating = create_task(heat(pin));
    co_await sleep_ms(250);
    heating.cancel();
    auto result = co_await catch_cancelled(heating);
    print("{} ms: the task ended with: {}\n", ticks_ms(), result.error());
}

int main() { run(async_main()); }

// $ UASYNC_EDGES=1 06_heater
// 0 ms: heater on
// 250 ms: heater off
// 250 ms: the task ended with: cancelled
// 0 us GP16 1
// 250000 us GP16 0

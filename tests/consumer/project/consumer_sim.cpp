// A consumer's own test on virtual time: an hour of blinking.

#include <uasync/board.hpp>
#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(500);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    co_await blink(led);
}

int main() {
    sim::stop_at(1h);
    auto ended = run(async_main());
    const bool right = !ended && ended.error() == Error::cancelled && sim::now() == 1h && sim::edges().size() == 7200;
    return right ? 0 : 1;
}

// How exact `sleep_ms(1)` is in company: GP2 toggles once a loop, while ten other tasks blink GP3 to GP12, each at its own pace. bench/ledger.py
// measures from edge to edge.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Coro<> blink(unsigned number, int delay_ms) {
    Pin pin{number, Pin::out};
    while (true) {
        pin.toggle();
        co_await sleep_ms(delay_ms);
    }
}

Coro<> async_main() {
    constexpr int delays_ms[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 50};
    unsigned number = 3;
    for (const int delay_ms : delays_ms) create_task(blink(number++, delay_ms));
    co_await blink(2, 1);
}

}  // namespace

int main() { run(async_main()); }

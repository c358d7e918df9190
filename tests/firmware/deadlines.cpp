// A task on GP2 that sleeps 1 ms at a time, ten others that blink GP3 to GP12 at their own pace, and one that waits for edges on GP15.

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

unsigned edges = 0;
Coro<> count_edges() {
    const Pin button{15, Pin::in, Pin::pull_up};
    while (true) {
        co_await button.wait_for_falling_edge();
        ++edges;
    }
}

Coro<> async_main() {
    constexpr int delays_ms[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 50};
    unsigned number = 3;
    for (const int delay_ms : delays_ms) create_task(blink(number++, delay_ms));
    create_task(blink(2, 1));
    create_task(count_edges());
    co_await sleep_ms(1500);
    print("{} edges\n", edges);
    co_await sleep_ms(1000);
    print("{} edges\n", edges);
}

}  // namespace

int main() { run(async_main()); }

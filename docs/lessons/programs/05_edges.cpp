// Lesson 5: one task looks at the button every 40 ms, another waits for its interrupt. Who sees more presses?

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> poll(Pin button, int& presses) {
    int previous = button.value();
    while (true) {
        co_await sleep_ms(40);
        int level = button.value();
        if (previous == 1 && level == 0) ++presses;
        previous = level;
    }
}

Coro<> wait_for_edges(Pin button, int& presses) {
    while (true) {
        co_await button.wait_for_falling_edge();
        ++presses;
    }
}

Coro<> async_main() {
    Pin button{15, Pin::in, Pin::pull_up};
    int polled = 0;
    int edges = 0;
    auto first = create_task(poll(button, polled));
    auto second = create_task(wait_for_edges(button, edges));
    co_await sleep_ms(3000);
    print("polling saw {} presses, the interrupt {}\n", polled, edges);
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@500ms+100ms GP15@1210ms+10ms GP15@2s+100ms" 05_edges
// polling saw 2 presses, the interrupt 3

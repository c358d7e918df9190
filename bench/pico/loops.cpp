// What a post costs between two loops: from one core to the other, and into a loop that an interrupt runs. Edges of GP2 are the marks.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Core1<> core1;
ThreadSafeFlag to_core1, to_urgent, back;
Pin marker{2, Pin::out};
Pin button{15, Pin::in, Pin::pull_up};

Coro<> on_core1() {
    while (true) {
        co_await to_core1.wait();
        marker.toggle();
        back.set();
    }
}

Coro<> urgent_flag() {
    while (true) {
        co_await to_urgent.wait();
        marker.toggle();
    }
}

Coro<> urgent_edge() {
    while (true) {
        co_await button.wait_for_falling_edge();
        marker.toggle();
    }
}

Coro<> async_main() {
    (void)core1.start(on_core1());
    co_await sleep_ms(10);

    marker.toggle();
    marker.toggle();
    for (int i = 0; i < 20; ++i) {
        marker.toggle();
        to_core1.set();
        co_await back.wait();
        co_await sleep_ms(1);
    }
    print("core1\n");

    InterruptLoop urgent{1};
    auto flag = urgent.create_task(urgent_flag());
    auto edge = urgent.create_task(urgent_edge());
    for (int i = 0; i < 20; ++i) {
        marker.toggle();
        to_urgent.set();
    }
    print("urgent\n");
    while (true) {  // a hog, while the button is pressed
    }
}

}  // namespace

int main() { run(async_main()); }

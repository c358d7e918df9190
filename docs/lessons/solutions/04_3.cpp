// Lesson 4, exercise 3: an Event in place of the questions. The machines sleep until it is set, and start at once.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> machine(Event& supply_on, int number) {
    co_await supply_on.wait();
    print("{} ms: machine {} starts\n", ticks_ms(), number);
}

Coro<> switch_on(Event& supply_on) {
    co_await sleep_ms(205);
    supply_on.set();
}

Coro<> async_main() {
    Event supply_on;
    co_await gather(machine(supply_on, 1), machine(supply_on, 2), machine(supply_on, 3), switch_on(supply_on));
}

int main() { run(async_main()); }

// $ 04_3
// 205 ms: machine 1 starts
// 205 ms: machine 2 starts
// 205 ms: machine 3 starts

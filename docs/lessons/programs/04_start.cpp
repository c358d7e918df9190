// Lesson 4, exercise 3: the machines ask every 10 ms whether the supply is on.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> machine(const bool& supply_on, int number) {
    int questions = 0;
    while (!supply_on) {
        ++questions;
        co_await sleep_ms(10);
    }
    print("{} ms: machine {} starts, after {} questions\n", ticks_ms(), number, questions);
}

Coro<> switch_on(bool& supply_on) {
    co_await sleep_ms(205);
    supply_on = true;
}

Coro<> async_main() {
    bool supply_on = false;
    co_await gather(machine(supply_on, 1), machine(supply_on, 2), machine(supply_on, 3), switch_on(supply_on));
}

int main() { run(async_main()); }

// $ 04_start
// 210 ms: machine 1 starts, after 21 questions
// 210 ms: machine 2 starts, after 21 questions
// 210 ms: machine 3 starts, after 21 questions

// All interrupt lines that no hardware raises are taken. An InterruptLoop says so. When it has a line, it gives it back.

#include <hardware/irq.h>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

Coro<int> answer() { co_return 42; }

Coro<> async_main() {
    for (int i = 0; i < 10; ++i) {  // more than there are lines and alarms
        InterruptLoop urgent;
        const int got = co_await urgent.create_task(answer());
        if (got != 42) print("got {}\n", got);
    }
    int lines = 0;
    while (user_irq_claim_unused(false) >= 0) ++lines;
    print("{} lines\n", lines);
    const InterruptLoop urgent;
}

int main() { run(async_main()); }

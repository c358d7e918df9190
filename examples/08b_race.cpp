// Step 8b: both cores count into one variable, and counts are lost.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Core1<> core1;
volatile int total = 0;

// Reads, adds, writes: the other core may write in between, which is then lost.
void count() { total = total + 1; }

Coro<> count_at_once() {
    for (int i = 0; i < 100000; ++i) count();
    co_return;
}

Coro<> async_main() {
    auto there = core1.start(count_at_once());
    for (int i = 0; i < 1000; ++i) {
        count();
        if (i % 10 == 0) co_await yield();
    }
    co_await there;
    print("101000 counted, the total is {}\n", static_cast<int>(total));
}

int main() { run(async_main()); }

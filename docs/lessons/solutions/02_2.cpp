// Lesson 2, exercise 2: the calculation lets the other tasks run after each 1000 additions.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<long long> sum(int last) {
    long long total = 0;
    for (int i = 1; i <= last; ++i) {
        total += i;
        if (i % 1000 == 0) co_await yield();
    }
    co_return total;
}

Coro<> take_turns(int& turns) {
    while (true) {
        ++turns;
        co_await yield();
    }
}

Coro<> async_main() {
    int turns = 0;
    auto other = create_task(take_turns(turns));
    auto total = co_await sum(1'000'000);
    print("the sum is {}; the other task had {} turns\n", total, turns);
}

int main() { run(async_main()); }

// $ 02_2
// the sum is 500000500000; the other task had 1000 turns

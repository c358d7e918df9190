// The first program to run on a new port. If it counts in tenths of a second, the clock, the timers and the console work.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> count(const char* name, int delay_ms) {
    for (int i = 1; i <= 3; ++i) {
        co_await sleep_ms(delay_ms);
        print("{} {} at {} ms\n", name, i, ticks_ms());
    }
}

Coro<> async_main() { co_await gather(count("slow", 100), count("fast", 70)); }

int main() { run(async_main()); }

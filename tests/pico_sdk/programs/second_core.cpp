// Core 1 sets a flag a thousand times, and waits for the answer each time: no wake-up is lost.

#include <atomic>

#include <pico/multicore.h>
#include <pico/stdlib.h>

#include <uasync/uasync.hpp>

using namespace uasync;

static ThreadSafeFlag flag;
static std::atomic<int> seen{0};

static void core1() {
    for (int i = 1; i <= 1000; ++i) {
        busy_wait_us(static_cast<std::uint64_t>(1 + i % 37));  // later and earlier than the loop falls asleep
        flag.set();
        while (seen.load(std::memory_order_acquire) != i) tight_loop_contents();
    }
}

Coro<> async_main() {
    multicore_launch_core1(core1);
    for (int i = 1; i <= 1000; ++i) {
        co_await flag.wait();
        seen.store(i, std::memory_order_release);
    }
    print("{} of 1000\n", seen.load());
}

int main() { run(async_main()); }

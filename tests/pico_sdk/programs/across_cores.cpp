// Loops in interrupts of both cores, each woken from the other core while the main loops there never await. The FIFOs between the cores are
// the program's own meanwhile.

#include <pico/multicore.h>
#include <pico/stdlib.h>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

static constexpr int rounds = 500;
static Core1<> core1;
static ThreadSafeFlag to_core_0, to_core_1;
static volatile int seen_on_0 = 0, seen_on_1 = 0;
static volatile bool ends = false;

static Coro<> counts(ThreadSafeFlag& flag, volatile int& seen, unsigned core) {
    for (int i = 1; i <= rounds; ++i) {
        co_await flag.wait();
        if (get_core_num() == core && __get_current_exception() != 0) seen = i;
    }
}

/// Sets the flag, and waits in this step for the answer of the other core's interrupt.
static void send(ThreadSafeFlag& flag, const volatile int& seen) {
    for (int i = 1; i <= rounds; ++i) {
        busy_wait_us(static_cast<std::uint64_t>(1 + i % 13));
        flag.set();
        while (seen != i) tight_loop_contents();
    }
}

static Coro<> on_core_1() {
    InterruptLoop urgent;
    auto counting = urgent.create_task(counts(to_core_1, seen_on_1, 1));
    multicore_fifo_push_blocking(1001);
    send(to_core_0, seen_on_0);
    co_await counting;
    while (!ends) tight_loop_contents();
}

Coro<> async_main() {
    InterruptLoop urgent;
    auto counting = urgent.create_task(counts(to_core_0, seen_on_0, 0));
    auto other = core1.start(on_core_1());
    print("{} through the FIFO\n", multicore_fifo_pop_blocking());
    send(to_core_1, seen_on_1);
    co_await counting;
    ends = true;
    co_await other;
    print("{} on core 0, {} on core 1\n", int{seen_on_0}, int{seen_on_1});
}

int main() { run(async_main()); }

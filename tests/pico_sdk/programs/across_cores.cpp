// A loop in an interrupt of one core, woken from the other one while the main loop of its own core never awaits; and the other way round.
// The FIFOs between the cores are the program's own meanwhile.

#include <pico/multicore.h>
#include <pico/stdlib.h>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

static constexpr int rounds = 500;
static Core1<> core1;
static ThreadSafeFlag flag;
static volatile int seen = 0;

static Coro<> counts(unsigned core) {
    for (int i = 1; i <= rounds; ++i) {
        co_await flag.wait();
        if (get_core_num() == core && __get_current_exception() != 0) seen = i;
    }
}

/// Sets the flag, and waits in this step for the other core's interrupt to have seen it.
static Coro<> sends() {
    multicore_fifo_push_blocking(1000 + get_core_num());
    for (int i = 1; i <= rounds; ++i) {
        busy_wait_us(static_cast<std::uint64_t>(1 + i % 13));
        flag.set();
        while (seen != i) tight_loop_contents();
    }
    co_return;
}

static Coro<> counts_in_interrupt() {
    InterruptLoop urgent;
    auto counting = urgent.create_task(counts(get_core_num()));
    print("{} through the FIFO\n", multicore_fifo_pop_blocking());
    while (seen != rounds) tight_loop_contents();
    co_await counting;
    print("{} on core {}\n", int{seen}, get_core_num());
    seen = 0;
}

Coro<> async_main() {
    auto sending = core1.start(sends());
    co_await counts_in_interrupt();
    co_await sending;

    auto counting = core1.create_task(counts_in_interrupt());
    co_await sends();
    co_await counting;
}

int main() { run(async_main()); }

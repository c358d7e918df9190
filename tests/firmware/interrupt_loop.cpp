// Loops that interrupts run: their tasks interrupt a step of the main loop that never awaits, and each other.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

ThreadSafeFlag flag;
RingQueue<int, 16> log;
int urgent_steps = 0;

void hog(std::uint32_t us) {
    const auto end = port::now() + us;
    while (port::now() < end) {
    }
}

Coro<int> tick() {
    int late = 0;
    for (int i = 0; i < 5; ++i) {
        const auto due = port::now() + 1000;
        co_await sleep_ms(1);
        if (port::now() - due > 20) ++late;
        ++urgent_steps;
    }
    co_return late;
}

Coro<> long_steps() {
    while (true) {
        co_await sleep_ms(1);
        hog(300);
    }
}

Coro<> waits_for_flag() {
    while (true) {
        co_await flag.wait();
        (void)log.put_from_isr(urgent_steps);
    }
}

Coro<> async_main() {
    InterruptLoop urgent{1};
    InterruptLoop slow{2};

    auto ticks = urgent.create_task(tick());
    hog(10'000);
    print("steps during the hog's: {}\n", urgent_steps);
    print("late: {}\n", co_await ticks);

    auto background = slow.create_task(long_steps());
    auto again = urgent.create_task(tick());
    hog(10'000);
    print("late beside a slower loop: {}\n", co_await again);
    print("cancelled: {}\n", background.cancel());

    auto waiting = urgent.create_task(waits_for_flag());
    for (int i = 0; i < 3; ++i) {
        flag.set();
        print("woken before the next line: {}\n", log.get_nowait().has_value());
    }
    waiting.cancel();
    co_await sleep_ms(1);
}

}  // namespace

int main() { run(async_main()); }

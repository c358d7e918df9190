// Core 1 is switched on a thousand times, each time a cycle later in the program's rhythm, and switched off again.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

ThreadSafeFlag flag;

Coro<int> answer(int value) {
    flag.set();
    co_return value;
}

Coro<> idles() {
    while (true) co_await sleep_ms(1000);
}

[[gnu::noinline]] void wait_cycles(unsigned cycles) {
    // Each turn takes three cycles; the rest is 0 to 2 more.
    for (unsigned i = cycles / 3; i != 0; --i) asm volatile("");
    for (unsigned i = cycles % 3; i != 0; --i) asm volatile("nop");
}

Coro<> async_main() {
    int right = 0;
    Core1<1024> core1;
    for (int i = 0; i < 1000; ++i) {
        wait_cycles(static_cast<unsigned>(i));
        core1.start(idles());
        auto result = core1.create_task(answer(i));
        co_await flag.wait();
        if (co_await result == i) ++right;
        core1.stop();
    }
    print("right: {}\n", right);
}

}  // namespace

int main() {
    const auto before = frame_pool_use().in_use;
    run(async_main());
    print("left in the pool: {}\n", frame_pool_use().in_use - before);
}

// Both cores send each other numbers at the same time, 100,000 each way, through queues that are often full and often empty. A button that is
// held on GP2 at power-on makes it a million, which takes the emulator some minutes:
//
//     node emulator/dist/cli/run.js build/pico-os/tests/firmware/core1_soak.elf --press GP2@0s+1ms --until 600s

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

int rounds = 100'000;
Core1<> core1;
ThreadSafeQueue<int, 4> to_core1, to_core0;

Coro<> send(ThreadSafeQueue<int, 4>& queue) {
    for (int i = 0; i < rounds; ++i) (void)co_await queue.put(i);
}

Coro<int> receive(ThreadSafeQueue<int, 4>& queue) {
    int right = 0;
    for (int i = 0; i < rounds; ++i) {
        if (*co_await queue.get() == i) ++right;
    }
    co_return right;
}

Coro<> async_main() {
    auto received1 = core1.start(receive(to_core1));
    auto sent1 = core1.create_task(send(to_core0));
    auto received0 = create_task(receive(to_core0));
    co_await send(to_core1);
    print("core 1 got {}\n", co_await received1);
    print("core 0 got {}\n", co_await received0);
    co_await sent1;
}

}  // namespace

int main() {
    const Pin more{2, Pin::in, Pin::pull_up};
    for (const std::uint32_t start = ticks_us(); ticks_us() - start < 10;) {  // for the pull-up
    }
    if (more.value() == 0) rounds = 1'000'000;
    const auto before = frame_pool_use().in_use;
    run(async_main());
    print("left in the pool: {}\n", frame_pool_use().in_use - before);
}

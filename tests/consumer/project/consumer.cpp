// A program that uses a bit of everything that has code in the library: tasks, time, a queue, a timeout, the console.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> produce(Queue<int, 2>& queue) {
    for (int i = 1; i <= 4; ++i) {
        co_await sleep_ms(1);
        co_await queue.put(i);
    }
}

Coro<int> async_main() {
    Queue<int, 2> queue;
    auto producing = create_task(produce(queue));
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += co_await queue.get();
    auto more = co_await wait_for(queue.get(), 5ms);
#ifndef UASYNC_NO_DRIVERS  // as where CMake has been told to build them
    Pwm led{25, {.freq = 1000}};
    co_await led.wait_for_wrap();
#endif
    print("sum {}, then {}\n", sum, more ? Error::none : more.error());
    co_return more ? 0 : sum;
}

int main() { return run(async_main()) == 10 ? 0 : 1; }

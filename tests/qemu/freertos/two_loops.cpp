// Loops in two FreeRTOS tasks, of different priorities, that wake each other a thousand times, while each also sleeps.

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

#include <port_contract/platform.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr unsigned rounds = 1000;

ThreadSafeFlag to_first;
ThreadSafeFlag to_second;
ThreadSafeFlag second_is_done;
unsigned heard = 0;
unsigned slept = 0;

Coro<> naps() {
    while (true) {
        co_await sleep_ms(3);
        ++slept;
    }
}

Coro<> answer() {
    auto beside = create_task(naps());
    for (unsigned i = 0; i < rounds; ++i) {
        co_await to_second.wait();
        ++heard;
        if (i % 7 == 0) co_await sleep_ms(1);
        to_first.set();
    }
}

void second(void*) {
    run(answer());
    second_is_done.set();
    vTaskSuspend(nullptr);
}

Coro<> ask() {
    auto beside = create_task(naps());
    unsigned lost = 0;
    for (unsigned i = 0; i < rounds; ++i) {
        to_second.set();
        auto result = co_await wait_for(to_first.wait(), 1s);
        if (!result.has_value()) ++lost;
    }
    co_await second_is_done.wait();
    print("{} of {} heard, {} lost, both slept: {}\n", heard, rounds, lost, slept > 50);
}

StackType_t stack[512];
StaticTask_t memory;

}  // namespace

int main() {
    xTaskCreateStatic(second, "second", 512, nullptr, 3, stack, &memory);
    run(ask());
    contract::finish(0);
}

// FreeRTOS tasks that end: more of them than UASYNC_FREERTOS_LOOPS says, one after the other, and then one that is deleted while its loop runs.

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

ThreadSafeFlag ended;
ThreadSafeFlag never_set;
int ran = 0;

Coro<> naps() { co_await sleep_ms(3); }

void runs_once(void*) {
    run(naps());
    ++ran;
    ended.set();
    vTaskDelete(nullptr);
}

Coro<> waits() {
    (void)co_await wait_for(never_set.wait(), 50ms);
    print("a deleted task goes on\n");
}

void runs_long(void*) {
    run(waits());
    vTaskSuspend(nullptr);
}

StackType_t stacks[7][512];
StaticTask_t memory[7];

Coro<> async_main() {
    for (int i = 0; i < 6; ++i) {
        xTaskCreateStatic(runs_once, "once", 512, nullptr, 3, stacks[i], &memory[i]);
        co_await ended.wait();
    }
    print("{} ran and were deleted\n", ran);
    const TaskHandle_t task = xTaskCreateStatic(runs_long, "long", 512, nullptr, 3, stacks[6], &memory[6]);
    co_await sleep_ms(10);
    vTaskDelete(task);
    co_await sleep_ms(100);
    print("nobody has noticed\n");
}

}  // namespace

int main() { run(async_main()); }

// FreeRTOS tasks that end: more of them than UASYNC_FREERTOS_LOOPS says, one after the other, and then one that is deleted while its loop runs.

#include <pico/stdlib.h>

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

static ThreadSafeFlag ended;
static ThreadSafeFlag never_set;
static int ran = 0;

static Coro<> naps() { co_await sleep_ms(3); }

static void runs_once(void*) {
    run(naps());
    ++ran;
    ended.set();
    vTaskDelete(nullptr);
}

static Coro<> waits() {
    (void)co_await wait_for(never_set.wait(), 50ms);
    print("a deleted task goes on\n");
}

static void runs_long(void*) {
    run(waits());
    while (true) vTaskDelay(1000);
}

static Coro<> async_main() {
    for (int i = 0; i < 6; ++i) {
        xTaskCreate(runs_once, "once", 512, nullptr, 3, nullptr);
        co_await ended.wait();
        co_await sleep_ms(2);  // it is deleted by then, on whichever core
    }
    print("{} ran and were deleted\n", ran);
    TaskHandle_t task = nullptr;
    xTaskCreate(runs_long, "long", 512, nullptr, 3, &task);
    co_await sleep_ms(10);
    vTaskDelete(task);
    co_await sleep_ms(100);
    print("nobody has noticed\n");
}

static void main_task(void*) {
    run(async_main());
    while (true) vTaskDelay(1000);
}

int main() {
    xTaskCreate(main_task, "main", 1024, nullptr, 3, nullptr);
    vTaskStartScheduler();
}

// A loop in a FreeRTOS task on core 0. A task on core 1 and an alarm of the SDK wake it, and a task of a lower priority runs while it sleeps.

#include <pico/stdlib.h>

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

using namespace uasync;

static ThreadSafeFlag from_core_1;
static ThreadSafeFlag from_alarm;
static volatile int seen = 0;
static volatile int core = -1;
static volatile unsigned below = 0;

static void on_core_1(void*) {
    core = static_cast<int>(get_core_num());
    for (int i = 1; i <= 500; ++i) {
        busy_wait_us(static_cast<std::uint64_t>(20 + i % 37));
        from_core_1.set();
        while (seen != i) taskYIELD();
    }
    while (true) vTaskDelay(1000);
}

static void of_lower_priority(void*) {
    while (true) below = below + 1;
}

Coro<> counts() {
    for (int i = 1; i <= 500; ++i) {
        co_await from_core_1.wait();
        seen = i;
    }
    print("{} of 500 from core {}\n", int{seen}, int{core});
}

Coro<> async_main() {
    auto counting = create_task(counts());
    int early = 0;
    int late = 0;
    for (int i = 0; i < 20; ++i) {
        const auto begin = Clock::now();
        co_await sleep(std::chrono::microseconds{2345});
        const auto slept = Clock::now() - begin;
        if (slept < std::chrono::microseconds{2345}) ++early;
        if (slept > std::chrono::microseconds{2345 + 200}) ++late;
    }
    print("{} early, {} late\n", early, late);
    add_alarm_in_us(
        700,
        [](alarm_id_t, void*) -> std::int64_t {
            from_alarm.set();
            return 0;
        },
        nullptr, true);
    co_await from_alarm.wait();
    print("alarm\n");
    co_await counting;
    const unsigned before = below;
    co_await sleep_ms(10);
    print("the task below {}\n", below - before > 1000 ? "runs" : "does not run");
}

static void loop_task(void*) {
    run(async_main());
    print("end\n");
    __breakpoint();  // exit() stops one core only
}

int main() {
    TaskHandle_t task = nullptr;
    xTaskCreate(loop_task, "loop", 1024, nullptr, 4, &task);
    vTaskCoreAffinitySet(task, 1);
    xTaskCreate(on_core_1, "core 1", 512, nullptr, 4, &task);
    vTaskCoreAffinitySet(task, 2);
    xTaskCreate(of_lower_priority, "below", 256, nullptr, 1, &task);
    vTaskCoreAffinitySet(task, 1);
    vTaskStartScheduler();
}

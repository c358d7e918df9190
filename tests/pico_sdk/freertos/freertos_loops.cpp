// A loop in a FreeRTOS task on each core. Each counts up what the other sends, and sleeps on time meanwhile. A third task is one too many.

#include <pico/stdlib.h>

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

using namespace uasync;

static constexpr int rounds = 200;
static ThreadSafeQueue<int, 4> to_core[2];
static volatile int ended = 0;

static Coro<> sends(ThreadSafeQueue<int, 4>& queue) {
    for (int i = 0; i < rounds; ++i) {
        (void)co_await queue.put(i);
        co_await yield();  // there may always be room, as the other core takes at the same time
    }
}

static Coro<int> receives(ThreadSafeQueue<int, 4>& queue) {
    int right = 0;
    for (int i = 0; i < rounds; ++i) {
        const Result<int> got = co_await queue.get();
        if (got == i) ++right;
        co_await yield();
    }
    co_return right;
}

static Coro<> in_task(unsigned core) {
    auto sending = create_task(sends(to_core[1 - core]));
    auto receiving = create_task(receives(to_core[core]));
    int early = 0;
    int late = 0;
    for (int i = 0; i < 10; ++i) {
        const std::chrono::microseconds wanted{1234 + 100 * core};
        const auto begin = Clock::now();
        co_await sleep(wanted);
        const auto slept = Clock::now() - begin;
        if (slept < wanted) ++early;
        if (slept > wanted + std::chrono::microseconds{300}) ++late;
    }
    co_await sending;
    const int right = co_await receiving;
    print("core {}: {} right, {} early, {} late\n", get_core_num() == core ? static_cast<int>(core) : -1, right, early, late);
}

static void loop_task(void* core) {
    run(in_task(static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(core))));
    taskENTER_CRITICAL();
    ended = ended + 1;
    taskEXIT_CRITICAL();
    while (true) vTaskDelay(1000);
}

static Coro<> nothing() { co_return; }

static void third_task(void*) {
    while (ended != 2) vTaskDelay(1);
    run(nothing());
}

int main() {
    for (std::uintptr_t core = 0; core < 2; ++core) {
        TaskHandle_t task = nullptr;
        xTaskCreate(loop_task, "loop", 1024, reinterpret_cast<void*>(core), 3, &task);
        vTaskCoreAffinitySet(task, 1U << core);
    }
    xTaskCreate(third_task, "third", 512, nullptr, 2, nullptr);
    vTaskStartScheduler();
}

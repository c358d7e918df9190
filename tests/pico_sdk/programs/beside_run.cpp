// main runs a loop of its own, and an async_context drives another one in an interrupt. They share a queue and the frame pool.

#include <pico/async_context_threadsafe_background.h>
#include <pico/stdlib.h>

#include <uasync/async_context.hpp>

using namespace uasync;

static ThreadSafeQueue<int, 4> numbers;

static Coro<int> twice(int number) {
    co_await yield();
    co_return 2 * number;
}

static Coro<> putting() {
    for (int i = 0; i < 500; ++i) {
        co_await sleep(std::chrono::microseconds{130 + i % 37});
        const int number = co_await twice(i);  // a frame of the pool, each time
        co_await numbers.put(number);
    }
}

Coro<> async_main() {
    int sum = 0;
    for (int i = 0; i < 500; ++i) {
        const auto number = co_await numbers.get();
        sum += co_await twice(number.value_or(0));
    }
    print("sum {}\n", sum);  // 4 * (0 + ... + 499)
}

int main() {
    async_context_threadsafe_background_t context;
    auto config = async_context_threadsafe_background_default_config();
    if (!async_context_threadsafe_background_init(&context, &config)) return 1;
    AsyncContextLoop loop{context.core};
    auto task = loop.create_task(putting());
    run(async_main());
    loop.call([&] { task = {}; });
    static_assert(sizeof loop == 136, "its documentation says so");
}

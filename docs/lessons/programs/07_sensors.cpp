// Lesson 7, exercise 3: one sensor fails, and the other tasks never learn of it.

#include <uasync/uasync.hpp>

using namespace uasync;

using namespace std::chrono_literals;

Coro<> sample(const char* name, int period_ms) {
    while (true) {
        co_await sleep_ms(period_ms);
        print("{} ms: {}\n", ticks_ms(), name);
    }
}

Coro<> broken() {
    co_await sleep_ms(50);
    Future<> answer;
    (void)answer.set_error(Error::unavailable);
    co_await answer;  // ends this task with that error
}

Coro<> async_main() {
    auto first = create_task(sample("temperature", 20));
    auto second = create_task(sample("humidity", 30));
    auto third = create_task(broken(), "pressure");
    co_await sleep_ms(100);
    print("{} ms: the end\n", ticks_ms());
}

int main() { run(async_main()); }

// $ 07_sensors
// 20 ms: temperature
// 30 ms: humidity
// 40 ms: temperature
// uasync: task 'pressure': would have to wait
// 60 ms: humidity
// 60 ms: temperature
// 80 ms: temperature
// 90 ms: humidity
// 100 ms: the end

// Lesson 7, exercise 3: in a group, a failure ends all tasks, and whoever opened the group is told.

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
    co_await answer;
}

Coro<> async_main() {
    TaskGroup group;
    auto body = [&]() -> Coro<> {
        group.create_task(sample("temperature", 20));
        group.create_task(sample("humidity", 30));
        group.create_task(broken(), "pressure");
        co_await sleep_ms(100);
    };
    auto result = co_await group(body());
    print("{} ms: the group ended with: {}\n", ticks_ms(), result.error());
    for (const auto& failure : group.failures()) print("{} failed\n", failure.name());
}

int main() { run(async_main()); }

// $ 07_3
// 20 ms: temperature
// 30 ms: humidity
// 40 ms: temperature
// 50 ms: the group ended with: would have to wait
// pressure failed

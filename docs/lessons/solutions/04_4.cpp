// Lesson 4, exercise 4: sensor, filter, log. Each stage closes the channel behind it when it has no more to send.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> sensor(Channel<int, 2>& raw) {
    for (int value : {20, 22, 21, 40, 41, 42, 10}) {
        co_await sleep_ms(10);
        co_await raw.send(value);
    }
    raw.close();
}

Coro<> filter(Channel<int, 2>& raw, Channel<int, 2>& averages) {
    int sum = 0;
    int count = 0;
    while (auto value = co_await raw.receive()) {
        sum += *value;
        if (++count == 3) {
            co_await averages.send(sum / 3);
            sum = count = 0;
        }
    }
    if (count != 0) co_await averages.send(sum / count);
    averages.close();
}

Coro<> log(Channel<int, 2>& averages) {
    while (auto average = co_await averages.receive()) print("{} ms: {}\n", ticks_ms(), *average);
    print("{} ms: that was all\n", ticks_ms());
}

Coro<> async_main() {
    Channel<int, 2> raw;
    Channel<int, 2> averages;
    co_await gather(sensor(raw), filter(raw, averages), log(averages));
}

int main() { run(async_main()); }

// $ 04_4
// 30 ms: 21
// 60 ms: 41
// 70 ms: 10
// 70 ms: that was all

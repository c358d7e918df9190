// Lesson 6, exercise 2: three attempts of 100 ms each, with a pause that doubles.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<int> request(int attempt) {
    co_await sleep_ms(attempt < 3 ? 1'000'000 : 30);
    co_return 42;
}

Coro<Result<int>> request_patiently() {
    int pause_ms = 50;
    for (int attempt = 1; attempt <= 3; ++attempt) {
        auto answer = co_await wait_for_ms(request(attempt), 100);
        if (answer) co_return *answer;
        print("{} ms: attempt {}: {}\n", ticks_ms(), attempt, answer.error());
        co_await sleep_ms(pause_ms);
        pause_ms *= 2;
    }
    co_return std::unexpected{Error::timeout};
}

Coro<> async_main() {
    auto answer = co_await request_patiently();
    print("{} ms: {}\n", ticks_ms(), answer.value_or(-1));
}

int main() { run(async_main()); }

// $ 06_2
// 100 ms: attempt 1: timeout
// 250 ms: attempt 2: timeout
// 380 ms: 42

// Lesson 6, exercise 2: a server that answers the third request only. This program waits for the first for ever.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<int> request(int attempt) {
    co_await sleep_ms(attempt < 3 ? 1'000'000 : 30);
    co_return 42;
}

Coro<> async_main() {
    int answer = co_await request(1);
    print("{} ms: {}\n", ticks_ms(), answer);
}

int main() { run(async_main()); }

// $ 06_server
// 1000000 ms: 42

// Lesson 7, exercise 4: a supervisor that starts a group again when it fails, three times at most.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> sample(int round) {
    co_await sleep_ms(20);
    print("{} ms: a sample in round {}\n", ticks_ms(), round);
}

Coro<> transmit(int round) {
    co_await sleep_ms(50);
    if (round == 3) co_return;
    Future<> answer;
    (void)answer.set_error(Error::unavailable);
    co_await answer;
}

Coro<Result<>> work(int round) {
    TaskGroup group;
    auto body = [&]() -> Coro<> {
        group.create_task(sample(round));
        group.create_task(transmit(round));
        co_return;
    };
    co_return co_await group(body());
}

Coro<> async_main() {
    for (int round = 1; round <= 3; ++round) {
        auto result = co_await work(round);
        if (result) {
            print("{} ms: round {} succeeded\n", ticks_ms(), round);
            break;
        }
        print("{} ms: round {} failed, next attempt in 100 ms\n", ticks_ms(), round);
        co_await sleep_ms(100);
    }
}

int main() { run(async_main()); }

// $ 07_4
// 20 ms: a sample in round 1
// 50 ms: round 1 failed, next attempt in 100 ms
// 170 ms: a sample in round 2
// 200 ms: round 2 failed, next attempt in 100 ms
// 320 ms: a sample in round 3
// 350 ms: round 3 succeeded

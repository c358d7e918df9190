// Lesson 7, exercise 2: both robots take the locks in the same order, so neither can hold what the other needs first.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> load(Lock& arm, Lock& belt) {
    auto first = co_await arm.scoped_lock();
    co_await sleep_ms(10);
    auto second = co_await belt.scoped_lock();
    print("{} ms: loaded\n", ticks_ms());
}

Coro<> unload(Lock& arm, Lock& belt) {
    auto first = co_await arm.scoped_lock();
    auto second = co_await belt.scoped_lock();
    co_await sleep_ms(10);
    print("{} ms: unloaded\n", ticks_ms());
}

Coro<> async_main() {
    Lock arm;
    Lock belt;
    co_await gather(load(arm, belt), unload(arm, belt));
}

int main() { run(async_main()); }

// $ 07_2
// 10 ms: loaded
// 20 ms: unloaded

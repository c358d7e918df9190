// Lesson 7, exercise 2: two robots need both the arm and the belt, and after a while neither moves.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> load(Lock& arm, Lock& belt) {
    auto first = co_await arm.scoped_lock();
    co_await sleep_ms(10);
    auto second = co_await belt.scoped_lock();
    print("{} ms: loaded\n", ticks_ms());
}

Coro<> unload(Lock& arm, Lock& belt) {
    auto first = co_await belt.scoped_lock();
    co_await sleep_ms(10);
    auto second = co_await arm.scoped_lock();
    print("{} ms: unloaded\n", ticks_ms());
}

Coro<> async_main() {
    Lock arm;
    Lock belt;
    co_await gather(load(arm, belt), unload(arm, belt));
}

int main() { run(async_main()); }

// $ 07_robots
// uasync: deadlock: nothing is ready and no deadline is set
//   task 'async_main' waits in gather
//   task 'load' waits in Lock::acquire, held by 'unload'
//   task 'unload' waits in Lock::acquire, held by 'load'

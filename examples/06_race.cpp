// Step 6: a race, and its cure. Between two awaits a task has the processor to itself; at an await, other tasks may run. So a read
// and a write that belong together need a lock if there is an await between them.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> count(int& counter) {
    for (int i = 0; i < 1000; ++i) {
        int seen = counter;
        co_await yield();                 // the other task runs here and reads the same number
        counter = seen + 1;               // so one of the two additions is lost
    }
}

Coro<> count_locked(int& counter, Lock& lock) {
    for (int i = 0; i < 1000; ++i) {
        auto guard = co_await lock.scoped_lock();
        int seen = counter;
        co_await yield();                 // the other task waits for the lock
        counter = seen + 1;
    }                                     // the guard ends here and releases the lock, which goes to the other task
}

Coro<> async_main() {
    int counter = 0;
    co_await gather(count(counter), count(counter));
    print("without a lock: {} of 2000\n", counter);

    counter = 0;
    Lock lock;
    co_await gather(count_locked(counter, lock), count_locked(counter, lock));
    print("with a lock: {} of 2000\n", counter);
}

int main() { run(async_main()); }

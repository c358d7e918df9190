// Lesson 2, exercise 3: two cures. Either no await lies between the read and the write, or a lock keeps the other task out.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> pay_in(int& balance) {
    for (int i = 0; i < 100; ++i) {
        co_await sleep_ms(1);  // asks the bank first
        balance = balance + 1;
    }
}

Coro<> pay_in_locked(int& balance, Lock& lock) {
    for (int i = 0; i < 100; ++i) {
        auto guard = co_await lock.scoped_lock();
        int seen = balance;
        co_await sleep_ms(1);  // the other task waits for the lock meanwhile
        balance = seen + 1;
    }
}

Coro<> async_main() {
    int balance = 0;
    co_await gather(pay_in(balance), pay_in(balance));
    print("without an await in between: {} of 200 at {} ms\n", balance, ticks_ms());

    balance = 0;
    Lock lock;
    co_await gather(pay_in_locked(balance, lock), pay_in_locked(balance, lock));
    print("with a lock: {} of 200 at {} ms\n", balance, ticks_ms());
}

int main() { run(async_main()); }

// $ 02_3
// without an await in between: 200 of 200 at 100 ms
// with a lock: 200 of 200 at 300 ms

// Lesson 2, exercise 3: two tasks pay into one account, and half of the money is lost.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> pay_in(int& balance) {
    for (int i = 0; i < 100; ++i) {
        int seen = balance;
        co_await sleep_ms(1);  // asks the bank
        balance = seen + 1;
    }
}

Coro<> async_main() {
    int balance = 0;
    co_await gather(pay_in(balance), pay_in(balance));
    print("{} of 200\n", balance);
}

int main() { run(async_main()); }

// $ 02_account
// 100 of 200

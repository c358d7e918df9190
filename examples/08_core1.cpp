// Step 8: the second core. It counts primes, which takes it long; the LED on the first core blinks on.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Core1<> core1;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(50);
    }
}

// Has nothing to wait for. On the first core, nothing else would run meanwhile.
Coro<int> count_primes(int up_to) {
    int count = 0;
    for (int n = 2; n <= up_to; ++n) {
        bool prime = true;
        for (int d = 2; prime && d * d <= n; ++d) prime = n % d != 0;
        if (prime) ++count;
    }
    co_return count;
}

Coro<> async_main() {
    auto blinking = create_task(blink(Pin{25, Pin::out}));

    const int few = co_await core1.start(count_primes(1000));
    print("{} primes up to 1000\n", few);

    const int many = co_await core1.create_task(count_primes(10000));
    print("{} primes up to 10000\n", many);
    co_await blinking;
}

int main() { run(async_main()); }

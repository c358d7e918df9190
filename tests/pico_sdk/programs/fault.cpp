// A task that goes wrong, in a program that links uasync::fault: it reads where nothing is.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> breaks() {
    co_await sleep_ms(1);
    print("about to fail\n");
    const int word = *reinterpret_cast<volatile int*>(0xf0000000);
    print("{}\n", word);
}

Coro<> async_main() { co_await create_task(breaks(), "breaks"); }

int main() { run(async_main()); }

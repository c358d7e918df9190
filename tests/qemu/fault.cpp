// A task that goes wrong: it calls what is no code.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> async_main() {
    co_await sleep_ms(1);
    print("about to fail\n");
    reinterpret_cast<void (*)()>(0xfffffff0)();
}

int main() { run(async_main()); }

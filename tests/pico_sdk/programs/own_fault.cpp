// The same in a program with a handler of its own, which uasync::fault leaves alone.

#include <cstdlib>

#include <uasync/uasync.hpp>

using namespace uasync;

extern "C" void isr_hardfault() {
    print("the program's own\n");
    std::_Exit(1);
}

Coro<> async_main() {
    co_await sleep_ms(1);
    print("about to fail\n");
    const int word = *reinterpret_cast<volatile int*>(0xf0000000);
    print("{}\n", word);
}

int main() { run(async_main()); }

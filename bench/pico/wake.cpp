// What a timed wake costs: the program's only task sleeps a millisecond, again and again. Each 1000 times GP2 toggles, from which
// bench/ledger.py knows how many wakes there were.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Coro<> async_main() {
    Pin mark{2, Pin::out};
    while (true) {
        for (int i = 0; i < 1000; ++i) co_await sleep_ms(1);
        mark.toggle();
    }
}

}  // namespace

int main() { run(async_main()); }

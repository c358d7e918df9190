// A keypad at GP2 to GP9, on which keypad.mjs types. Prints what happens, in order.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> async_main() {
    Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
    pad.start();
    while (true) {
        const KeyEvent event = co_await pad.next_event();
        print("{} {}\n", event.key, event.pressed ? "down" : "up");
        if (event.key == 'D' && !event.pressed) break;
    }
    // Cancelled at each kind of moment of a press and a release: none is lost.
    int taken = 0;
    for (int us = 0; us < 200'000; us += 1'709) {
        auto cancelled = create_task([](KeypadMatrix& keypad) -> Coro<> { (void)co_await keypad.next_event(); }(pad));
        co_await sleep(1'709us);
        if (cancelled.done()) ++taken;
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
    }
    while (pad.next_nowait()) ++taken;
    print("taken: {} of 4, {} dropped\n", taken, pad.dropped());
}

}  // namespace

int main() { run(async_main()); }

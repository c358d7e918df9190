// A watchdog that is fed by its task, until another task does not let go. The chip is reset, and the program says why it has started.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> hog() {
    co_await sleep_ms(500);
    print("hog begins\n");
    while (true) asm volatile("wfi");  // asleep, so that the emulator has nothing to do
}

Coro<> async_main() {
    if (reset_cause() == ResetCause::watchdog) {
        print("reset by the watchdog\n");
        Watchdog longest{1h};
        co_await sleep_ms(8'300);
        print("not yet\n");
        co_await sleep_ms(1'000);
        print("never\n");
    }
    print("power on\n");
    report_long_steps(20ms);
    Watchdog watchdog{100ms};
    watchdog.start();
    auto hogging = create_task(hog());
    co_await hogging;
}

}  // namespace

int main() { run(async_main()); }

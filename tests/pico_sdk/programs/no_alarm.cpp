// All hardware alarms are taken: run() says so.

#include <hardware/timer.h>

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> async_main() { co_await sleep_ms(1); }

int main() {
    print("before the loop\n");
    while (hardware_alarm_claim_unused(false) >= 0) {
    }
    run(async_main());
}

// A loop gives its alarm back, and takes one again; the program's own stdio_init_all() comes first.

#include <pico/stdlib.h>

#include <hardware/timer.h>

#include <uasync/uasync.hpp>

using namespace uasync;

static int claimed() {
    int count = 0;
    for (uint alarm = 0; alarm < NUM_ALARMS; ++alarm) count += hardware_alarm_is_claimed(alarm) ? 1 : 0;
    return count;
}

Coro<int> async_main() {
    auto begin = ticks_ms();
    co_await sleep_ms(20);
    print("slept {} ms\n", ticks_diff(ticks_ms(), begin));
    co_return claimed();
}

int main() {
    stdio_init_all();
    const int before = claimed();
    for (int round = 0; round < 10; ++round) {
        const auto inside = run(async_main());
        if (round == 0 || claimed() != before) print("{} before, {} inside, {} after\n", before, inside.value_or(-1), claimed());
    }
    print("done\n");
}

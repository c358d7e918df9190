// A DHT22 at GP16, which dht22.mjs plays: it goes to the next weather with each line. Prints what happens, in order.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include "keep_busy.hpp"

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> read_and_print(Dht22& sensor) {
    const auto air = co_await sensor.read();
    if (air) {
        print("{} {}\n", air->temperature, air->humidity);
    } else {
        print("{}\n", air.error());
    }
}

Coro<> async_main() {
    Dht22 sensor{16};
    co_await read_and_print(sensor);
    for (int i = 0; i < 2; ++i) {
        co_await sleep_ms(1'990);
        auto busy = create_task(test::keep_busy());
        co_await read_and_print(sensor);
        busy.cancel();
        (void)co_await catch_cancelled(busy);
    }
    for (int i = 0; i < 5; ++i) co_await read_and_print(sensor);

    // Cancelled in the start signal, in the answer and at each kind of place of the bits: the next one is right.
    int good = 0;
    for (int us = 0; us < 6'600; us += us < 1'600 ? 131 : 457) {
        co_await sleep_ms(2'001);
        auto cancelled = create_task(sensor.read());
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        const auto air = co_await sensor.read();
        if (air && air->temperature == -1'230 && air->humidity == 4'560) ++good;
    }
    print("cancelled: {} of 24\n", good);
}

}  // namespace

int main() { run(async_main()); }

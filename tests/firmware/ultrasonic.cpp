// An HC-SR04 at GP14 and GP15, which ultrasonic.mjs plays: it goes to the next distance with each line. Prints what happens, in order.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include "keep_busy.hpp"

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> async_main() {
    Ultrasonic sensor{14, 15};
    auto busy = create_task(test::keep_busy());
    for (int i = 0; i < 7; ++i) {
        const auto distance = co_await sensor.read();
        if (distance) {
            print("{} mm\n", *distance);
        } else {
            print("{}\n", distance.error());
        }
    }
    busy.cancel();
    (void)co_await catch_cancelled(busy);

    // Cancelled at each moment of the start pulse, of the wait for the echo and of the echo itself: the next one is right.
    int good = 0;
    for (int us = 0; us < 1'700; us += us < 40 ? 3 : 83) {
        co_await sleep_ms(61);
        auto cancelled = create_task(sensor.read());
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        const auto distance = co_await sensor.read();
        if (distance && *distance == 200) ++good;
    }
    print("cancelled: {} of 34\n", good);
}

}  // namespace

int main() { run(async_main()); }

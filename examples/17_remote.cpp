// Step 17: a remote control turns a servo. Each code is a step; a key that is held goes on turning.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>
#include <uasync/device.hpp>

#include <algorithm>

using namespace uasync;
using namespace std::chrono_literals;

// Keys of the small remote control that comes with many kits.
constexpr int minus = 0x07, plus = 0x15, play = 0x43;

int next_angle(int angle, int command) {
    switch (command) {
        case minus: return std::max(angle - 15, 0);
        case plus: return std::min(angle + 15, 180);
        case play: return 90;
        default: return angle;
    }
}

Coro<> async_main() {
    IrReceiver receiver{16};
    Servo servo{17};
    int angle = 90;
    while (true) {
        auto moving = create_task(servo.move(angle, 110ms));  // a key that is held repeats each 108 ms
        auto code = co_await receiver.next();
        moving.cancel();
        co_await catch_cancelled(moving);
        if (!code) {
            print("receiver: {}\n", code.error());
            co_return;
        }
        angle = next_angle(angle, code->command);
        print("key {}{}: {} degrees\n", code->command, code->is_repeat ? ", held" : "", angle);
    }
}

int main() { run(async_main()); }

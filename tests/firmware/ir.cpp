// A demodulator at GP16, in front of which ir.mjs plays a remote control, and an LED at GP17. Prints what happens, in order.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include "keep_busy.hpp"

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> tell(IrReceiver& receiver) {
    while (true) {
        const auto code = co_await receiver.next();
        if (code) print("{} {}{}\n", code->address, code->command, code->is_repeat ? " held" : "");
    }
}

Coro<> async_main() {
    IrReceiver receiver{16};
    auto telling = create_task(tell(receiver));
    co_await sleep_until(Clock::time_point{7s});
    print("damaged: {}\n", receiver.damaged());

    // What comes while the core is busy for 0.4 s, waits.
    co_await sleep_until(Clock::time_point{8s});
    const auto start = ticks_ms();
    while (ticks_diff(ticks_ms(), start) < 400) {
    }
    co_await sleep_ms(500);
    telling.cancel();
    (void)co_await catch_cancelled(telling);

    // Cancelled at many moments, it takes nothing.
    int good = 0;
    for (int i = 0; i < 8; ++i) {
        co_await sleep_until(Clock::time_point{10s + i * 200ms});
        auto cancelled = create_task(receiver.next());
        co_await sleep_ms(9 * i);
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        const auto code = co_await receiver.next();
        if (code && *code == IrCode{.address = 1, .command = static_cast<std::uint8_t>(i)}) ++good;
    }
    print("cancelled: {} of 8\n", good);

    IrSender sender{17};
    auto busy = create_task(test::keep_busy());
    (void)co_await sender.send({.address = 0x59, .command = 0x16}, 230ms);
    busy.cancel();
    (void)co_await catch_cancelled(busy);
    auto cut = create_task(sender.send({.address = 0xffff, .command = 0xff}, 1s));
    co_await sleep_ms(3);
    cut.cancel();
    (void)co_await catch_cancelled(cut);
    (void)co_await sender.send({.address = 0x0100, .command = 0});
}

}  // namespace

int main() { run(async_main()); }

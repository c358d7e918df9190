// A 1-Wire bus at GP16, whose devices onewire.mjs plays. GP17 tells it what to do with them. Prints what happens, in order.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include "keep_busy.hpp"

using namespace uasync;
using namespace std::chrono_literals;

namespace {

template <class T>
const char* words(const Result<T>& result) {
    return result ? "ok" : to_string(result.error());
}

/// Has the script do the next thing to the devices.
Coro<> next() {
    Pin sign{17, Pin::out};
    sign.on();
    co_await sleep_ms(1);
    sign.off();
}

void show(const char* name, const Result<std::int32_t>& celsius) {
    print("{}: {} {}\n", name, words(celsius), celsius ? *celsius : 0);
}

Coro<> async_main() {
    OneWire bus{16};
    OneWireRom roms[4] = {};
    Result<std::size_t> count = co_await bus.scan(roms);
    print("scan: {} {}\n", words(count), count ? *count : 0);
    auto busy = create_task(test::keep_busy());
    count = co_await bus.scan(roms);
    print("scan: {} {}\n", words(count), count ? *count : 0);
    for (const OneWireRom& rom : roms) print("{} {} {}\n", rom[0], rom[1], rom[7]);

    Ds18b20 inside{bus, roms[0], {.bits = 9}}, outside{bus, roms[1], {.bits = 10}};
    {
        const auto start = ticks_ms();
        auto one = create_task(inside.read()), two = create_task(outside.read());
        const auto in = co_await one;
        show("inside", in);
        const auto out = co_await two;
        show("outside", out);
        print("{} ms\n", ticks_diff(ticks_ms(), start));
    }
    busy.cancel();
    (void)co_await catch_cancelled(busy);

    // Cancelled at each moment of a reset and two bytes: the next transaction is right.
    print("cancel\n");
    int good = 0;
    for (int us = 0; us < 2'200; us += 61) {
        const std::uint8_t ask[] = {0xbe};
        std::uint8_t bytes[9];
        auto cancelled = create_task(bus.transfer(&roms[0], ask, bytes));
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        const Result<void> done = co_await bus.transfer(&roms[0], ask, bytes);
        if (done && OneWire::crc8(bytes) == 0) ++good;
    }
    print("cancelled: {} of 37\n", good);

    Result<std::int32_t> celsius{0};
    for (const char* what : {"lost", "unplugged", "plugged", "shorted", "again", "noise"}) {
        co_await next();
        celsius = co_await inside.read();
        show(what, celsius);
    }
    co_await next();
    const auto start = ticks_ms();
    for (int i = 0; i < 5; ++i) (void)co_await inside.read();
    print("five: {} ms\n", ticks_diff(ticks_ms(), start));
}

}  // namespace

int main() { run(async_main()); }

// Two buses with what tests/firmware/devices.mjs connects to them. Prints what happens, in order.

#include <uasync/board.hpp>
#include <optional>

#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

constexpr std::uint8_t memory = 0x50, nobody = 0x51, picky = 0x60, weather = 0x76;

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

Coro<> write_and_read(I2c& bus) {
    std::uint8_t out[40], in[40];
    for (std::uint8_t i = 0; i < 40; ++i) {
        out[i] = static_cast<std::uint8_t>(i * 7 + 1);
        in[i] = 0;
    }
    for (const unsigned count : {1U, 15U, 16U, 17U, 33U, 40U}) {
        const Result<void> written = co_await bus.write_mem(memory, 0x10, {out, count});
        const Result<void> read = co_await bus.read_mem(memory, 0x10, {in, count});
        unsigned wrong = 0;
        for (unsigned i = 0; i < count; ++i) wrong += in[i] != out[i] ? 1 : 0;
        print("{} bytes: {}, {}, {} wrong\n", count, words(written), words(read), wrong);
    }
    out[0] = 0x12;
    const Result<void> both = co_await bus.write_read(memory, {out, 1}, {in, 2});
    print("write_read: {} {} {}\n", words(both), in[0], in[1]);
    const Result<void> rest = co_await bus.read(memory, {in, 1});
    print("read: {} {}\n", words(rest), in[0]);
    unsigned wrong = 0;
    for (unsigned count = 1; count <= 20; ++count) {  // the FIFO has 16 places for both
        const Result<void> result = co_await bus.write_read(memory, {out, count}, {in, 20});
        if (!result) ++wrong;
    }
    print("write_read of 1 to 20: {} wrong\n", wrong);
}

Coro<> fail(I2c& bus) {
    std::uint8_t bytes[20] = {};
    Result<void> result = co_await bus.write(nobody, {bytes, 20});
    print("write to nobody: {}\n", words(result));
    result = co_await bus.read(nobody, {bytes, 20});
    print("read from nobody: {}\n", words(result));
    result = co_await bus.write(picky, {bytes, 20});
    print("refused byte: {}\n", words(result));
    result = co_await bus.read_mem(weather, 0xd0, {bytes, 1});
    print("then: {} {}\n", words(result), bytes[0]);
    result = co_await bus.write(memory, {});
    print("nothing: {}\n", words(result));
    I2c same{0, {.scl = 5, .sda = 4}};
    result = co_await same.write(memory, bytes);
    print("same bus: {}\n", words(result));
    I2c other_pins{1, {.scl = 5, .sda = 4}};
    result = co_await other_pins.write(memory, bytes);
    print("wrong pins: {}\n", words(result));
}

Coro<> reader(I2c& bus, int id, int times) {
    std::uint8_t in[3];
    for (int i = 0; i < times; ++i) {
        const Result<void> result = co_await bus.read_mem(weather, 0xd0, {in, 1});
        print("{}{}{}\n", id, result ? "" : "!", in[0] == 0x60 ? "" : "?");
    }
}

Coro<> share(I2c& bus) {
    print("shared\n");
    co_await gather(reader(bus, 1, 3), reader(bus, 2, 3), reader(bus, 3, 3));
}

Coro<> cancel(I2c& bus) {
    std::uint8_t bytes[40], in[40] = {};
    for (std::uint8_t i = 0; i < 40; ++i) bytes[i] = i;
    // At each moment of a transaction of 1.1 ms, writing and reading.
    unsigned timeouts = 0, wrong = 0;
    for (unsigned us = 0; us < 1100; us += 37) {
        const auto written = co_await wait_for(bus.write_mem(memory, 0, bytes), std::chrono::microseconds{us});
        if (!written) ++timeouts;
        std::uint8_t id[1] = {};
        Result<void> after = co_await bus.read_mem(weather, 0xd0, id);
        if (!after || id[0] != 0x60) ++wrong;
        const auto read = co_await wait_for(bus.read_mem(memory, 0, in), std::chrono::microseconds{us});
        if (!read) ++timeouts;
        id[0] = 0;
        after = co_await bus.read_mem(weather, 0xd0, id);
        if (!after || id[0] != 0x60) ++wrong;
    }
    print("cancelled {} times, {} wrong\n", timeouts, wrong);
    // One that waits for its turn is not begun; the one on the bus goes on.
    auto on_bus = create_task(reader(bus, 4, 1));
    auto waiting = create_task(reader(bus, 5, 1));
    auto behind = create_task(reader(bus, 6, 1));
    co_await yield();
    co_await sleep(std::chrono::microseconds{50});
    waiting.cancel();
    (void)co_await catch_cancelled(waiting);
    co_await on_bus;
    co_await behind;
}

Coro<> be_stuck(I2c& bus) {
    Pin sign{16, Pin::out};
    std::uint8_t in[2] = {};
    sign.on();  // a device holds SDA for nine more clocks, the most there are
    co_await sleep_ms(1);
    Result<void> result = co_await bus.read_mem(weather, 0xd0, {in, 1});
    print("freed: {} {}\n", words(result), in[0]);
    sign.off();  // and now for ever
    co_await sleep_ms(1);
    result = co_await bus.read_mem(weather, 0xd0, {in, 1});
    print("held: {}\n", words(result));
    sign.on();  // until here
    co_await sleep_ms(1);
    result = co_await bus.read_mem(weather, 0xd0, {in, 1});
    print("let go: {}\n", words(result));

    // A device that never ends its transaction: it holds the clock.
    auto start = ticks_ms();
    auto task = create_task(bus.write(0x61, {in, 2}));
    auto next = create_task(reader(bus, 7, 1));
    result = co_await task;
    print("clock held: {} after {} ms\n", words(result), ticks_diff(ticks_ms(), start) / 50 * 50);
    co_await next;
    // The same, given up after 5 ms: the next transaction waits for the bus, not for ever.
    const auto given_up = co_await wait_for_ms(bus.write(0x61, {in, 2}), 5);
    print("given up: {}\n", given_up ? "?" : to_string(given_up.error()));
    co_await reader(bus, 8, 1);
}

Coro<> find(I2c& bus) {
    const auto found = co_await bus.scan();
    print("found");
    for (unsigned address = 0; found && address < 128; ++address) {
        if ((*found)[address]) print(" {}", address);
    }
    print("\n");
}

Coro<> destroy() {
    auto bus = std::optional<I2c>{};
    bus.emplace(1U, I2c::Options{.scl = 3, .sda = 2, .freq = 100'000});
    std::uint8_t in[20];
    auto reading = create_task(bus->read_mem(memory, 0, in));
    auto waiting = create_task(bus->read_mem(memory, 0, in));
    co_await sleep_ms(1);
    bus.reset();
    const auto first = co_await catch_cancelled(reading);
    const auto second = co_await catch_cancelled(waiting);
    print("destroyed: {}, {}\n", to_string(first.error()), to_string(second.error()));
    I2c again{1, {.scl = 3, .sda = 2, .freq = 1'000'000}};
    const Result<void> result = co_await again.read_mem(memory, 0, in);
    print("again: {}\n", words(result));
}

Coro<> async_main() {
    I2c bus{0, {.scl = 5, .sda = 4}};
    co_await write_and_read(bus);
    co_await fail(bus);
    co_await share(bus);
    co_await find(bus);
    co_await cancel(bus);
    co_await be_stuck(bus);
    co_await destroy();
    print("end\n");
}

}  // namespace

int main() { run(async_main()); }

// Two SPI buses with what spi.mjs connects to them: at GP5 a device that answers each byte with one more, at GP6 a BME280; on bus 1, at GP13, another
// of the first. Prints what happens, in order.

#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr Spi::Options pins{.sck = 2, .mosi = 3, .miso = 4, .freq = 10'000'000};

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

std::array<std::uint8_t, 300> out, in;
volatile unsigned sck_of_bus_0 =
    2;  // not in the coroutine, where GCC 12 forgets that it is volatile: wrong constants do not compile

void prepare() {
    for (unsigned i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(i * 7 + 1);
        in[i] = 0;
    }
}
/// How many bytes are the answers to those that were sent.
unsigned answers() {
    unsigned count = 0;
    while (count < in.size() && in[count] == static_cast<std::uint8_t>(out[count] + 1)) ++count;
    return count;
}

/// Whether the sensor says what it is.
Coro<bool> is_sensor(SpiDevice& sensor) {
    const std::uint8_t id[] = {0xd0};
    std::uint8_t is[1] = {};
    const Result<void> result = co_await sensor.write_read(id, is);
    co_return result&& is[0] == 0x60;
}

Coro<> exchange(SpiDevice& device, SpiDevice& sensor) {
    print("{} {} Hz\n", device.freq(), sensor.freq());
    for (const unsigned count : {1U, 7U, 8U, 9U, 17U, 64U, 300U}) {
        prepare();
        const Result<void> result = co_await device.transfer(std::span{out}.first(count), std::span{in}.first(count));
        print("{} bytes: {}, {}\n", count, words(result), answers());
    }
    prepare();
    Result<void> result = co_await device.transfer(in, in);  // in place
    print("in place: {}, {} {}\n", words(result), in[0], in[299]);
    result = co_await device.read(std::span{in}.first(3), 0x40);
    print("read: {}, {} {} {}\n", words(result), in[0], in[2], in[3]);
    result = co_await device.write(std::span{out}.first(2));
    print("write: {}\n", words(result));
    result = co_await device.write_read(std::span{out}.first(2), std::span{in}.first(2));
    print("write_read: {}, {} {} {}\n", words(result), in[0], in[1], in[2]);
    const bool is = co_await is_sensor(sensor);
    print("sensor: {}\n", is);
}

Coro<> wide() {
    Spi bus{1, {.sck = 10, .mosi = 11, .miso = 12, .freq = 62'500'000, .mode = 3}};
    SpiDevice device{bus, {.cs = 13, .freq = 62'500'000, .mode = 3}};
    static std::uint16_t wide_out[100], wide_in[100];
    for (unsigned i = 0; i < 100; ++i) wide_out[i] = static_cast<std::uint16_t>(i * 0x123);
    Result<void> result = co_await device.transfer(wide_out, wide_in);
    unsigned wrong = 0;
    for (unsigned i = 0; i < 100; ++i)
        wrong += wide_in[i] != (((wide_out[i] + 0x100U) & 0xff00U) | ((wide_out[i] + 1U) & 0xffU)) ? 1 : 0;
    print("16 bits: {}, {} wrong\n", words(result), wrong);
    prepare();
    Dma other;  // which takes every second cycle of the controller
    static std::uint32_t from[2000], to[2000];
    auto beside = create_task(other.transfer(to, from));
    co_await yield();
    result = co_await device.transfer(out, in);
    print("fastest: {}, {}\n", words(result), answers());
    co_await beside;
}

Coro<> fail(Spi& bus, SpiDevice& device) {
    Result<void> result = co_await device.transfer(std::span{out}.first(3), std::span{in}.first(4));
    print("other lengths: {}\n", words(result));
    result = co_await device.write(std::span<const std::uint8_t>{});
    print("nothing: {}\n", words(result));
    {
        Spi wrong{1, {.sck = sck_of_bus_0}};
        result = co_await wrong.write(out);
        print("wrong pins: {}\n", words(result));
        Spi same{0, {.sck = sck_of_bus_0}};
        result = co_await same.write(out);
        print("same bus: {}\n", words(result));
        std::array<std::optional<Dma>, 9> channels;
        for (auto& channel : channels) channel.emplace();
        Spi none{1, {.sck = 10}};
        result = co_await none.write(out);
        print("channels: {}\n", words(result));
    }
    const std::span nothing{reinterpret_cast<std::uint8_t*>(0x3000'0000), 20};
    result = co_await device.write(nothing);
    print("from nothing: {}\n", words(result));
    result = co_await bus.read(nothing);
    print("to nothing: {}\n", words(result));
    prepare();
    result = co_await device.transfer(out, in);
    print("then: {}, {}\n", words(result), answers());
}

Coro<> user(SpiDevice& device, int id) {
    const std::uint8_t byte[] = {static_cast<std::uint8_t>(id * 16)};
    for (int i = 0; i < 2; ++i) {
        (void)co_await device.write(byte);
        print("{}", id);
    }
}

Coro<> share(SpiDevice& device, SpiDevice& sensor) {
    {
        auto one = create_task(user(device, 1));
        auto two = create_task(user(sensor, 2));
        const auto selected = co_await device.select();
        auto three = create_task(user(sensor, 3));
        print("[");
        (void)co_await device.write(std::span{out}.first(1));
        co_await sleep(100us);
        (void)co_await device.write(std::span{out}.first(2));
        print("]");
        one.cancel();
    }
    co_await sleep_ms(1);
    print("\n");
}

/// Takes so many cycles, and some that are always the same.
void spin(unsigned cycles) {
    for (unsigned rest = cycles % 4; rest != 0; --rest) asm volatile("nop");
    for (unsigned left = cycles / 4; left != 0; --left) asm volatile("nop");
}

Coro<> exchanges(SpiDevice& device, unsigned count) {
    (void)co_await device.transfer(std::span{out}.first(count), std::span{in}.first(count));
}

/// Cancelled after each number of cycles; the other device works afterwards.
Coro<> cancel(SpiDevice& device, SpiDevice& sensor) {
    unsigned cancelled = 0, middle = 0, wrong = 0;
    for (unsigned cycles = 0; cycles < 5300; cycles += 29) {
        prepare();
        auto task = create_task(exchanges(device, 64));
        co_await yield();
        spin(cycles);
        task.cancel();
        const auto ended = co_await catch_cancelled(task);
        const bool is_selected = !port::gpio_get(5);
        const unsigned count = answers();
        if (!ended) ++cancelled;
        if (!ended && count > 0 && count < 64) ++middle;
        if (is_selected || (ended && count != 64)) ++wrong;
        const bool is = co_await is_sensor(sensor);
        if (!is) ++wrong;
        if (answers() != count) ++wrong;  // nothing came afterwards
        prepare();
        const Result<void> result = co_await device.transfer(std::span{out}.first(20), std::span{in}.first(20));
        if (!result || answers() != 20) ++wrong;
    }
    print("cancelled {}, in the middle {}, {} wrong\n", cancelled, middle, wrong);
    const auto late = co_await wait_for(device.transfer(out, in), 50us);
    print("late: {}\n", late ? "?" : to_string(late.error()));
}

Coro<> destroy() {
    std::optional<Spi> bus;
    bus.emplace(1U, Spi::Options{.sck = 10, .mosi = 11, .miso = 12});
    auto first = create_task(bus->transfer(out, in));
    auto second = create_task(bus->transfer(out, in));
    co_await sleep(500us);
    bus.reset();
    const auto one = co_await catch_cancelled(first);
    const auto two = co_await catch_cancelled(second);
    print("destroyed: {}, {}\n", to_string(one.error()), to_string(two.error()));
    Spi again{1, {.sck = 10, .mosi = 11, .miso = 12}};
    const Result<void> result = co_await again.write(out);
    print("again: {}\n", words(result));
}

Coro<> async_main() {
    {
        Spi bus{0, pins};
        SpiDevice device{bus, {.cs = 5, .freq = 10'000'000}};
        SpiDevice sensor{bus, {.cs = 6, .freq = 1'000'000}};
        co_await exchange(device, sensor);
        co_await wide();
        co_await fail(bus, device);
        co_await share(device, sensor);
        co_await cancel(device, sensor);
        // What a transfer costs beside its bytes, and that the core sleeps meanwhile.
        const auto start = ticks_us();
        for (int i = 0; i < 10; ++i) (void)co_await device.transfer(out, in);
        print("ten times 300 bytes: {} us\n", ticks_diff(ticks_us(), start));
    }
    co_await destroy();
    std::array<std::optional<Dma>, 12> channels;
    for (auto& channel : channels) channel.emplace();
    print("end: {}\n", static_cast<bool>(*channels[11]));  // all of them came back
}

}  // namespace

int main() { run(async_main()); }

#include <array>
#include <numeric>
#include <optional>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/sim/spi_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

constexpr Spi::Options pins{.sck = 2, .mosi = 3, .miso = 4, .freq = 500'000};

/// Notes what happens to it.
class Noted : public sim::SpiDevice {
public:
    Noted(Trace& trace, unsigned cs) : SpiDevice{0, cs}, trace_{&trace}, id_{static_cast<int>(cs)} {}
    void select() override { (*trace_)("select", id_); }
    void deselect() override { (*trace_)("deselect", id_); }

private:
    Trace* trace_;
    int id_;
};

Coro<> writes(Trace& trace, SpiTransfers& device, std::uint8_t byte) {
    const std::uint8_t out[] = {byte};
    const Result<void> result = co_await device.write(out);
    trace(result ? "written" : "not written", byte);
}

Coro<> selects(Trace& trace, SpiDevice& device, std::uint8_t byte) {
    const auto selected = co_await device.select();
    co_await writes(trace, device, byte);
    co_await sleep(100us);
    co_await writes(trace, device, static_cast<std::uint8_t>(byte + 1));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Spi: frames of 8 and 16 bits go out and in, in the time of the wires") {
    sim::SpiDevice chip{0, 5};
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        SpiDevice device{bus, {.cs = 5, .freq = 500'000}};
        const std::uint8_t out[] = {1, 2, 3};
        std::uint8_t in[3] = {};
        Result<void> result = co_await device.transfer(out, in);
        CHECK(result);
        CHECK(sim::now() == 48us);
        CHECK(chip.received == std::vector<std::uint16_t>{1, 2, 3});
        CHECK(in[2] == 2);
        const std::uint16_t wide[] = {0x1234, 0x5678};
        result = co_await device.write(wide);
        CHECK(result);
        CHECK(sim::now() == 112us);
        std::uint16_t wide_in[2] = {};
        result = co_await device.read(wide_in, 0x4321);
        CHECK(result);
        CHECK(wide_in[0] == 0x5678);
        CHECK(wide_in[1] == 0x4321);
        chip.received.clear();
        result = co_await device.write_read(out, in);
        CHECK(result);
        CHECK(chip.received == std::vector<std::uint16_t>{1, 2, 3, 0, 0, 0});
        CHECK(in[0] == 3);
        result = co_await device.write(std::span<const std::uint8_t>{});
        CHECK(result);
        result = co_await bus.read(in, 0xff);
        CHECK(result);
        CHECK(in[0] == 0);  // nobody is selected
        CHECK(chip.received.size() == 6);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Spi: one frame of 16 bits goes out again and again") {
    sim::SpiDevice chip{0, 5};
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        SpiDevice device{bus, {.cs = 5, .freq = 500'000}};
        Result<void> result = co_await device.write_repeated(0x1234, 0);
        CHECK(result);
        CHECK(chip.received.empty());
        result = co_await device.write_repeated(0x1234, 3);
        CHECK(result);
        CHECK(chip.received == std::vector<std::uint16_t>{0x1234, 0x1234, 0x1234});
        CHECK(sim::now() == 96us);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Spi: wrong pins, a bus in use, other lengths and no DMA channel are errors") {
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        std::uint8_t bytes[3] = {};
        Result<void> result = co_await bus.transfer(bytes, std::span{bytes}.first(2));
        CHECK(result == std::unexpected{Error::misuse});
        Spi same{0, pins};
        result = co_await same.write(bytes);
        CHECK(result == std::unexpected{Error::misuse});
        Spi wrong{1, {.sck = 10, .mosi = 3}};
        result = co_await wrong.write(bytes);
        CHECK(result == std::unexpected{Error::misuse});
        SpiDevice device{wrong, {.cs = 5}};
        const Result<SpiSelection> selected = co_await device.select();
        CHECK(!selected);
        CHECK(selected.error() == Error::misuse);
        Spi none{2, pins};
        result = co_await none.write(bytes);
        CHECK(result == std::unexpected{Error::misuse});
        std::array<std::optional<Dma>, 9> channels;
        for (auto& channel : channels) CHECK(channel.emplace());
        {
            Spi other{1, {.sck = 10}};
            result = co_await other.write(bytes);
            CHECK(result == std::unexpected{Error::no_channel});
        }
        Dma last;
        CHECK(last);
        result = co_await bus.write(bytes);
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Spi: a speed that the clock cannot be divided into is the next lower one") {
    Spi bus{0, pins};
    CHECK(bus.freq() == 500'000);
    CHECK(SpiDevice{bus, {.cs = 5, .freq = 100'000'000}}.freq() == 62'500'000);
    CHECK(SpiDevice{bus, {.cs = 5, .freq = 40'000'000}}.freq() == 31'250'000);
    CHECK(SpiDevice{bus, {.cs = 5, .freq = 400'000}}.freq() == 398'089);  // 125 MHz / 314, as it has to be even
    CHECK(SpiDevice{bus, {.cs = 5, .freq = 100'000}}.freq() == 100'000);  // / 10 / 125
    CHECK(SpiDevice{bus, {.cs = 5, .freq = 0}}.freq() <= 2000);
}

TEST_CASE_FIXTURE(Simulated, "Spi: tasks have the bus in the order in which they came, and each device its pin and speed") {
    Noted one{trace, 5};
    Noted two{trace, 6};
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        SpiDevice first{bus, {.cs = 5, .freq = 500'000}};
        SpiDevice second{bus, {.cs = 6, .freq = 100'000}};
        auto a = create_task(writes(trace, first, 1));
        auto b = create_task(writes(trace, second, 2));
        auto c = create_task(writes(trace, first, 3));
        auto d = create_task(writes(trace, second, 4));
        co_await sleep(10us);
        c.cancel();
        const auto ended = co_await catch_cancelled(c);
        CHECK(ended == std::unexpected{Error::cancelled});
        co_await gather(a, b, d);
        CHECK(sim::now() == 176us);
    };
    CHECK(run(body()));
    CHECK(one.received == std::vector<std::uint16_t>{1});
    CHECK(two.received == std::vector<std::uint16_t>{2, 4});
    trace.expect({"0 select 5", "0.016 deselect 5", "0.016 select 6", "0.016 written 1", "0.096 deselect 6", "0.096 select 6",
                  "0.096 written 2", "0.176 deselect 6", "0.176 written 4"});
}

TEST_CASE_FIXTURE(Simulated, "Spi: a cancelled transfer deselects its device at once, and the next one finds the bus usable") {
    sim::SpiDevice chip{0, 5};
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        SpiDevice device{bus, {.cs = 5, .freq = 500'000}};
        std::array<std::uint8_t, 20> out{}, in{};
        std::iota(out.begin(), out.end(), std::uint8_t{1});
        for (int us = 0; us < 320; us += 9) {
            chip.received.clear();
            in.fill(0xee);
            auto task = create_task(device.transfer(out, in));
            co_await yield();
            co_await sleep(std::chrono::microseconds{us});
            task.cancel();
            const auto ended = co_await catch_cancelled(task);
            CHECK(ended == std::unexpected{Error::cancelled});
            CHECK(port::gpio_get(5));
            const auto frames = static_cast<std::size_t>(us / 16);
            CHECK(chip.received.size() == frames);
            CHECK(in[frames] == 0xee);
            co_await sleep(400us);
            CHECK(in[frames] == 0xee);
            const Result<void> result = co_await device.transfer(out, in);
            CHECK(result);
            CHECK(chip.received.size() == frames + 20);
            CHECK(in[19] == 19);
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Spi: a selection is one device's alone, until it ends or its task is cancelled, whenever that is") {
    Noted one{trace, 5};
    Noted two{trace, 6};
    auto body = [&]() -> Coro<> {
        Spi bus{0, pins};
        SpiDevice first{bus, {.cs = 5, .freq = 500'000}};
        SpiDevice second{bus, {.cs = 6, .freq = 500'000}};
        auto a = create_task(selects(trace, first, 1));
        auto b = create_task(writes(trace, second, 10));
        auto c = create_task(selects(trace, second, 20));
        co_await gather(a, b, c);
        trace("then");
    };
    CHECK(run(body()));
    trace.expect({"0 select 5", "0.016 written 1", "0.132 written 2", "0.132 deselect 5", "0.132 select 6", "0.148 deselect 6",
                  "0.148 select 6", "0.148 written 10", "0.164 written 20", "0.28 written 21", "0.28 deselect 6", "0.28 then"});
    for_each_order([&] {
        auto cancelled_at = [&](int us) -> Coro<> {
            Spi bus{0, pins};
            SpiDevice first{bus, {.cs = 5, .freq = 500'000}};
            SpiDevice second{bus, {.cs = 6, .freq = 500'000}};
            auto a = create_task(selects(trace, first, 1));
            auto b = create_task(selects(trace, second, 10));
            auto c = create_task(writes(trace, first, 30));
            if (us >= 0) co_await sleep(std::chrono::microseconds{us});
            a.cancel();
            (void)co_await catch_cancelled(a);
            b.cancel();
            (void)co_await catch_cancelled(b);
            co_await c;
            CHECK(port::gpio_get(5));
            CHECK(port::gpio_get(6));
        };
        for (int us : {-1, 0, 4, 50, 120, 132, 140, 150, 300}) CHECK(run(cancelled_at(us)));
    });
}

TEST_CASE_FIXTURE(Simulated, "Spi: tasks that wait for a bus or a device that is destroyed end with destroyed") {
    auto body = [&]() -> Coro<> {
        std::optional<Spi> bus;
        bus.emplace(0U, pins);
        std::optional<SpiDevice> device;
        device.emplace(*bus, SpiDevice::Options{.cs = 5, .freq = 500'000});
        auto first = create_task(writes(trace, *device, 1));
        auto second = create_task(selects(trace, *device, 2));
        auto other = create_task(writes(trace, *bus, 3));
        co_await sleep(4us);
        device.reset();
        const auto one = co_await catch_cancelled(first);
        CHECK(one == std::unexpected{Error::destroyed});
        const auto two = co_await catch_cancelled(second);
        CHECK(two == std::unexpected{Error::destroyed});
        CHECK(port::gpio_get(5));
        co_await other;
        auto third = create_task(writes(trace, *bus, 4));
        auto fourth = create_task(writes(trace, *bus, 5));
        co_await sleep(4us);
        bus.reset();
        const auto three = co_await catch_cancelled(third);
        CHECK(three == std::unexpected{Error::destroyed});
        const auto four = co_await catch_cancelled(fourth);
        CHECK(four == std::unexpected{Error::destroyed});
        bus.emplace(0U, pins);
        co_await writes(trace, *bus, 6);
    };
    CHECK(run(body()));
    trace.expect({"0.02 written 3", "0.04 written 6"});
}

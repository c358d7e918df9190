#include <array>
#include <optional>

#include <uasync/device.hpp>
#include <uasync/sim/ds18b20_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {
using Celsius = Result<std::int32_t>;
const Celsius absent = std::unexpected{Error::no_acknowledgement};
const Celsius wrong = std::unexpected{Error::misuse};
}  // namespace

TEST_CASE_FIXTURE(Simulated, "Ds18b20: temperatures are those of the datasheet's table, in hundredths of a degree") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device device{wire, 1};
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        Ds18b20 thermometer{bus};
        struct Row {
            std::uint16_t raw;
            std::int32_t hundredths;
        };
        for (const Row& row : {Row{0x07d0, 12500},
                               {0x0550, 8500},
                               {0x0191, 2506},
                               {0x00a2, 1013},
                               {0x0008, 50},
                               {0, 0},
                               {0xfff8, -50},
                               {0xff5e, -1012},
                               {0xfe6f, -2506},
                               {0xfc90, -5500}}) {
            device.raw_temperature = static_cast<std::int16_t>(row.raw);
            const Celsius celsius = co_await thermometer.read();
            CHECK(celsius == row.hundredths);
        }
        CHECK(device.measurements == 10);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ds18b20: with fewer bits it measures sooner, in larger steps") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device device{wire, 1};
    device.measuring_us = 740'000;
    device.raw_temperature = 0x19f;
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        const std::array<std::int32_t, 4> expected = {2550, 2575, 2588, 2594};
        for (std::uint8_t bits = 9; bits <= 12; ++bits) {
            Ds18b20 thermometer{bus, {.bits = bits}};
            CHECK(thermometer.measurement_time() == std::chrono::microseconds{750'000 >> (12 - bits)});
            const auto start = sim::now();
            const Celsius celsius = co_await thermometer.read();
            CHECK(celsius == expected[bits - 9U]);
            const auto took = sim::now() - start - thermometer.measurement_time();
            CHECK(took > 12ms);
            CHECK(took < 16ms);
        }
        for (std::uint8_t bits : std::array<std::uint8_t, 4>{0, 8, 13, 255}) {
            Ds18b20 thermometer{bus, {.bits = bits}};
            const Celsius celsius = co_await thermometer.read();
            CHECK(celsius == wrong);
        }
        OneWireRom other = device.rom;
        other[0] = 0x10;
        Ds18b20 thermometer{bus, other};
        const Celsius celsius = co_await thermometer.read();
        CHECK(celsius == wrong);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ds18b20: several on a bus measure at the same time, several tasks read one after the other") {
    for_each_order(
        [&] {
            sim::OneWireBus wire{16};
            sim::Ds18b20Device in{wire, 1}, out{wire, 2};
            in.raw_temperature = 20 * 16;
            out.raw_temperature = -5 * 16;
            auto body = [&]() -> Coro<> {
                OneWire bus{16};
                Ds18b20 inside{bus, in.rom}, outside{bus, out.rom};
                auto one = create_task(inside.read()), two = create_task(outside.read()), three = create_task(inside.read());
                Celsius celsius = co_await one;
                CHECK(celsius == 2000);
                celsius = co_await two;
                CHECK(celsius == -500);
                CHECK(sim::now() < 1600ms);
                celsius = co_await three;
                CHECK(celsius == 2000);
                CHECK(in.measurements == 2);
                CHECK(out.measurements == 1);
            };
            CHECK(run(body()));
        },
        20);
}

TEST_CASE_FIXTURE(Simulated, "Ds18b20: one that is absent, or has no supply of its own, is an error at once") {
    sim::OneWireBus wire{16};
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        {
            Ds18b20 thermometer{bus};
            const Celsius celsius = co_await thermometer.read();
            CHECK(celsius == absent);
            CHECK(sim::now() < 1ms);
        }
        sim::Ds18b20Device device{wire, 1};
        OneWireRom rom = device.rom;
        rom[1] = 2;
        Ds18b20 other{bus, rom};
        Celsius celsius = co_await other.read();
        CHECK(celsius == absent);
        CHECK(sim::now() < 25ms);
        device.has_supply = false;
        Ds18b20 thermometer{bus};
        celsius = co_await thermometer.read();
        CHECK(celsius == absent);
        CHECK(sim::now() < 40ms);
        wire.is_shorted = true;
        celsius = co_await thermometer.read();
        CHECK(celsius == std::unexpected{Error::bus_stuck});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Ds18b20: one that is unplugged at any moment is an error or has measured, never 85 degrees, and may come back") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device device{wire, 1};
    auto body = [&](std::chrono::microseconds time, std::chrono::microseconds pause) -> Coro<> {
        OneWire bus{16};
        Ds18b20 thermometer{bus, {.bits = 9}};
        Celsius celsius = co_await thermometer.read();
        CHECK(celsius == 2500);
        const auto start = sim::now();
        sim::at(start + time, [&] { device.unplug(); });
        sim::at(start + time + pause, [&] { device.plug(); });
        celsius = co_await thermometer.read();
        CHECK((celsius == 2500 || celsius == absent || celsius == std::unexpected{Error::bus_error}));
        co_await sleep(1s);
        celsius = co_await thermometer.read();
        CHECK(celsius == 2500);
    };
    // Also for no longer than a moment, in which it only loses its supply.
    for (auto pause : {0us, 1000us, 500'000us}) {
        for (auto time = 10us; time < 130ms; time += 773us) CHECK(run(body(time, pause)));
    }
    // One that loses its supply again and again.
    auto again = [&]() -> Coro<> {
        OneWire bus{16};
        Ds18b20 thermometer{bus, {.bits = 9}};
        const auto start = sim::now();
        // In the middle of each of the first four measurements.
        for (int i = 0; i < 4; ++i) sim::at(start + 50ms + i * 107'361us, [&] { device.lose_supply(); });
        Celsius celsius = co_await thermometer.read();
        CHECK(celsius == absent);
    };
    CHECK(run(again()));
}

TEST_CASE_FIXTURE(Simulated, "Ds18b20: any bit that is read wrong is an error, and the next reading is right") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device device{wire, 1};
    int crc_errors = 0;
    auto body = [&](std::size_t slot) -> Coro<> {
        OneWire bus{16};
        Ds18b20 thermometer{bus, {.bits = 9}};
        wire.slots = 0;
        wire.flipped_slot = slot;
        Celsius celsius = co_await thermometer.read();
        CHECK((celsius == 2500 || !celsius));
        if (slot >= 80) CHECK(celsius == std::unexpected{Error::bus_error});
        if (celsius == std::unexpected{Error::bus_error}) ++crc_errors;
        celsius = co_await thermometer.read();
        CHECK(celsius == 2500);
    };
    for (std::size_t slot = 0; slot < 152; ++slot) CHECK(run(body(slot)));
    CHECK(crc_errors == 72);
}

TEST_CASE_FIXTURE(Simulated, "Ds18b20: a cancelled reading leaves the sensor and the bus to the next, at every moment") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device device{wire, 1}, second{wire, 2};
    second.raw_temperature = 160;
    auto body = [&](std::chrono::microseconds time) -> Coro<> {
        OneWire bus{16};
        Ds18b20 thermometer{bus, device.rom, {.bits = 9}}, other{bus, second.rom, {.bits = 9}};
        auto cancelled = create_task(thermometer.read());
        co_await sleep(time);
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        CHECK(!bus.lock().locked());
        auto one = create_task(thermometer.read()), two = create_task(other.read());
        Celsius celsius = co_await one;
        CHECK(celsius == 2500);
        celsius = co_await two;
        CHECK(celsius == 1000);
    };
    for (auto time = 0us; time < 150ms; time += 317us) CHECK(run(body(time)));
}

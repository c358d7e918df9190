#include <optional>
#include <vector>

#include <uasync/device/bme280.hpp>
#include <uasync/sim/bme280_device.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

constexpr I2c::Options bus_pins{.scl = 5, .sda = 4};
using Oversampling = Bme280::Oversampling;

/// The calibration of the datasheet's example.
detail::Bme280Calibration example() {
    const sim::Bme280Device sensor{0};
    detail::Bme280Calibration calibration;
    calibration.take_first(std::span{sensor.registers}.subspan<0x88, 26>());
    calibration.take_second(std::span{sensor.registers}.subspan<0xe1, 7>());
    return calibration;
}

/// Bosch's formula in floating point (BME280 datasheet 8.1).
double humidity_in_percent(const detail::Bme280Calibration& c, std::uint32_t raw, std::int32_t fine) {
    double result = fine - 76800.0;
    result = (raw - (c.h4 * 64.0 + c.h5 / 16384.0 * result)) *
             (c.h2 / 65536.0 * (1.0 + c.h6 / 67108864.0 * result * (1.0 + c.h3 / 67108864.0 * result)));
    return std::clamp(result * (1.0 - c.h1 * result / 524288.0), 0.0, 100.0);
}
double pressure_in_pascal(const detail::Bme280Calibration& c, std::uint32_t raw, std::int32_t fine) {
    double a = fine / 2.0 - 64000.0;
    double b = a * a * c.p6 / 32768.0;
    b = (b + a * c.p5 * 2.0) / 4.0 + c.p4 * 65536.0;
    a = (c.p3 * a * a / 524288.0 + c.p2 * a) / 524288.0;
    a = (1.0 + a / 32768.0) * c.p1;
    const double p = (1048576.0 - raw - b / 4096.0) * 6250.0 / a;
    return p + (c.p9 * p * p / 2147483648.0 + p * c.p8 / 32768.0 + c.p7) / 16.0;
}

Coro<> reads(Trace& trace, Bme280& sensor, int id) {
    const auto air = co_await sensor.read();
    trace(air ? "read by" : "not read by", id);
}

}  // namespace

TEST_CASE("Bme280: the formulas give what the datasheet's example gives") {
    const detail::Bme280Calibration calibration = example();
    CHECK(calibration.t1 == 27504);
    CHECK(calibration.t3 == -1000);
    CHECK(calibration.p2 == -10685);
    CHECK(calibration.p9 == 6000);
    CHECK(calibration.h4 == 313);
    CHECK(calibration.h5 == 50);
    const std::int32_t fine = calibration.fine(519'888);
    CHECK(fine == 128'422);
    CHECK(calibration.temperature(fine) == 2508);
    CHECK(calibration.pressure(415'148, fine) == 25'767'233);  // 100653.25 Pa; the sheet has whole ones
}

TEST_CASE("Bme280: the formulas agree with those in floating point over the range of the sensor") {
    detail::Bme280Calibration calibration = example();
    for (const int sign : {1, -1}) {
        calibration.h4 = static_cast<std::int16_t>(calibration.h4 * sign);
        calibration.h5 = static_cast<std::int16_t>(calibration.h5 * sign);
        for (std::uint32_t raw_temperature = 320'000; raw_temperature < 720'000; raw_temperature += 33'333) {
            const std::int32_t fine = calibration.fine(raw_temperature);
            for (std::uint32_t raw = 100'000; raw < 1'000'000; raw += 77'777) {
                const double pascal = pressure_in_pascal(calibration, raw, fine);
                if (pascal < 20'000 || pascal > 120'000) continue;
                CHECK(calibration.pressure(raw, fine) / 256.0 == doctest::Approx(pascal).epsilon(1e-5));
            }
            for (std::uint32_t raw = 0; raw < 65'536; raw += 1'111) {
                CHECK(calibration.humidity(raw, fine) / 1024.0 + 1 ==
                      doctest::Approx(humidity_in_percent(calibration, raw, fine) + 1).epsilon(2e-3));
            }
        }
    }
}

TEST_CASE("Bme280: no calibration and no number of the converter is undefined") {
    std::uint32_t random = 1;
    const auto next = [&] { return static_cast<std::uint8_t>((random = random * 1'664'525 + 1'013'904'223) >> 24U); };
    std::uint32_t sum = 0;
    for (int round = 0; round < 3'000; ++round) {
        std::uint8_t bytes[26];
        for (std::uint8_t& byte : bytes) byte = round == 0 ? 0 : round == 1 ? 0xff : next();
        detail::Bme280Calibration calibration;
        calibration.take_first(bytes);
        for (std::uint8_t& byte : bytes) byte = round == 0 ? 0 : round == 1 ? 0xff : next();
        calibration.take_second(std::span{bytes}.first<7>());
        for (const std::uint32_t raw : {0U, 0x80000U, 0xfffffU}) {
            const std::int32_t fine = calibration.fine(raw);
            sum += calibration.pressure(0xfffff - raw, fine) + calibration.humidity(raw / 16, fine);
            CHECK(calibration.humidity(0xffff, fine) <= 102'400);
        }
    }
    CHECK(sum != 0);
}

TEST_CASE_FIXTURE(Simulated, "Bme280: a reading takes the time of the measurement, and only the first one that of the start") {
    sim::Bme280Device chip{0};
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins};
        Bme280 sensor{bus};
        CHECK(sensor.measurement_time() == 9300us);
        auto air = co_await sensor.read();
        REQUIRE(air);
        CHECK(air->temperature == 2508);
        CHECK(air->pressure == 100'653);
        CHECK(air->humidity == 4720);
        CHECK(sim::now() < 16ms);
        chip.raw_temperature += 10'000;
        const auto before = sim::now();
        air = co_await sensor.read();
        REQUIRE(air);
        CHECK(air->temperature > 2700);
        CHECK(sim::now() - before > 9300us);
        CHECK(sim::now() - before < 10'300us);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Bme280: it measures what it is told to, at either address") {
    sim::Bme280Device chip{1, 0x77};
    auto body = [&]() -> Coro<> {
        I2c bus{1, {.scl = 3, .sda = 2}};
        Bme280 all{bus,
                   {.address = 0x77, .temperature = Oversampling::x2, .pressure = Oversampling::x16, .humidity = Oversampling::x4}};
        CHECK(all.measurement_time() == 1250us + 4600us + 36'800us + 9200us + 2 * 575us);
        auto air = co_await all.read();
        CHECK(air);
        CHECK(chip.registers[0xf2] == 3);
        CHECK(chip.registers[0xf4] == (2 << 5 | 5 << 2));
        Bme280 thermometer{bus, {.address = 0x77, .pressure = Oversampling::off, .humidity = Oversampling::off}};
        CHECK(thermometer.measurement_time() == 3550us);
        chip.measuring_us = 3'000;
        air = co_await thermometer.read();
        REQUIRE(air);
        CHECK(air->temperature == 2508);
        CHECK(air->pressure == 0);
        CHECK(air->humidity == 0);
        CHECK(chip.registers[0xf2] == 0);
        Bme280 nothing{bus, {.address = 0x77, .temperature = Oversampling::off}};
        air = co_await nothing.read();
        CHECK(air.error() == Error::misuse);
        Bme280 elsewhere{bus, {.address = 0x75}};
        air = co_await elsewhere.read();
        CHECK(air.error() == Error::misuse);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Bme280: without a sensor, and with another chip in its place, a reading is an error; one that comes is read") {
    std::optional<sim::Bme280Device> chip;
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins};
        Bme280 sensor{bus};
        auto air = co_await sensor.read();
        CHECK(air.error() == Error::no_acknowledgement);
        chip.emplace(0U);
        chip->registers[0xd0] = 0x58;  // a BMP280
        air = co_await sensor.read();
        CHECK(air.error() == Error::misuse);
        chip.emplace(0U);
        air = co_await sensor.read();
        CHECK(air);
        chip->measuring_us = 1'000'000'000;
        air = co_await sensor.read();
        CHECK(air.error() == Error::timeout);
        chip->measuring_us = 8'000;
        air = co_await sensor.read();
        CHECK(air);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Bme280: one that starts slowly is asked again, a millisecond apart, up to ten times") {
    sim::Bme280Device chip{0};
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins};
        Bme280 quick{bus};
        auto air = co_await quick.read();
        REQUIRE(air);
        const auto usual = sim::now();
        chip.copying_us = 7'500;
        Bme280 slow{bus};
        air = co_await slow.read();
        REQUIRE(air);
        CHECK(air->temperature == 2508);
        CHECK(sim::now() - 2 * usual > 5ms);
        CHECK(sim::now() - 2 * usual < 7ms);
        chip.copying_us = 11'500;
        Bme280 slowest{bus};
        air = co_await slowest.read();
        REQUIRE(air);
        CHECK(air->temperature == 2508);
        chip.copying_us = 1'000'000;
        Bme280 broken{bus};
        const auto before = sim::now();
        air = co_await broken.read();
        CHECK(air.error() == Error::timeout);
        CHECK(sim::now() - before > 12ms);
        CHECK(sim::now() - before < 14ms);
        chip.copying_us = 1'000;
        air = co_await broken.read();
        REQUIRE(air);
        CHECK(air->temperature == 2508);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Bme280: one that is unplugged at any moment is an error, and the next reading begins anew") {
    unsigned failed = 0;
    for (auto when = 0us; when < 30ms; when += 97us) {
        CAPTURE(when.count());
        std::optional<sim::Bme280Device> chip;
        chip.emplace(0U);
        sim::reset();
        sim::capture(true);
        sim::at(when, [&] { chip.reset(); });
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Bme280 sensor{bus};
            for (int i = 0; i < 2; ++i) {
                const auto air = co_await sensor.read();
                CHECK((air ? air->temperature == 2508 : air.error() == Error::no_acknowledgement));
                if (!air) ++failed;
            }
            if (chip) co_return;
            chip.emplace(0U);
            chip->registers[0x8b] = 0x66;  // of another calibration
            const auto air = co_await sensor.read();
            REQUIRE(air);
            CHECK(air->temperature == 2484);
        };
        CHECK(run(body()));
    }
    CHECK(failed > 100);
}

TEST_CASE_FIXTURE(Simulated, "Bme280: one that loses its supply for a moment, or is another, is read with its own calibration") {
    for (auto when = 0us; when < 30ms; when += 97us) {
        CAPTURE(when.count());
        std::optional<sim::Bme280Device> chip;
        chip.emplace(0U);
        sim::reset();
        sim::capture(true);
        sim::at(when, [&] {
            chip.emplace(0U);
            chip->registers[0x8b] = 0x66;
        });
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Bme280 sensor{bus};
            Result<Bme280::Reading> air;
            for (int i = 0; i < 2; ++i) {
                air = co_await sensor.read();
                REQUIRE(air);
                CHECK((air->temperature == 2508 || air->temperature == 2484));
            }
            co_await sleep_ms(30);
            air = co_await sensor.read();
            REQUIRE(air);
            CHECK(air->temperature == 2484);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "Bme280: a cancelled reading leaves the sensor and the bus to the next, at every moment") {
    sim::Bme280Device chip{0};
    unsigned cancelled = 0;
    for (auto limit = 0us; limit < 32ms; limit += 101us) {
        CAPTURE(limit.count());
        sim::reset();
        sim::capture(true);
        // Each has a calibration of its own, so that of the one before, in the same memory, is wrong.
        chip.registers[0x8b] ^= 1U;
        const int expected = chip.registers[0x8b] == 0x66 ? 2484 : 2508;
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Bme280 sensor{bus};
            auto two = [&]() -> Coro<> {
                (void)co_await sensor.read();
                (void)co_await sensor.read();
            };
            const auto result = co_await wait_for(two(), limit);
            if (!result) ++cancelled;
            const auto air = co_await sensor.read();
            REQUIRE(air);
            CHECK(air->temperature == expected);
            CHECK(air->humidity == 4720);
        };
        CHECK(run(body()));
    }
    CHECK(cancelled > 200);
}

TEST_CASE_FIXTURE(Simulated, "Bme280: tasks read one after the other") {
    sim::Bme280Device chip{0};
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Bme280 sensor{bus};
            std::vector<Task<>> tasks;
            for (int id = 1; id <= 4; ++id) {
                tasks.push_back(create_task(reads(trace, sensor, id)));
                co_await sleep(10us);
            }
            co_await sleep_ms(2);
            tasks[1].cancel();
            co_await tasks[2];
            co_await tasks[3];
        };
        CHECK(run(body()));
        trace.expect({"12.998 read by 1", "22.761 read by 3", "32.524 read by 4"});
    });
}

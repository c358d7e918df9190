#include <array>
#include <optional>

#include <uasync/device.hpp>
#include <uasync/sim.hpp>
#include <uasync/sim/dht22_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

using Air = Result<Dht22::Reading>;

std::int32_t temperature(const Air& air) { return air ? air->temperature : -99'999; }
std::int32_t humidity(const Air& air) { return air ? air->humidity : -1; }
Error error_of(const Air& air) { return air ? Error::none : air.error(); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Dht22: readings are hundredths, a second after power-on and 2 s apart at least") {
    sim::Dht22Device device{16};
    auto body = [&]() -> Coro<> {
        Dht22 sensor{16};
        const std::array<std::array<int, 2>, 6> airs{{{200, 500}, {-1, 0}, {-400, 999}, {800, 1000}, {0, 256}, {351, 652}}};
        for (const auto& [warm, humid] : airs) {
            device.temperature = warm;
            device.humidity = humid;
            const Air air = co_await sensor.read();
            CHECK(temperature(air) == 10 * warm);
            CHECK(humidity(air) == 10 * humid);
        }
        co_await sleep(5s);
        const auto start = sim::now();
        (void)co_await sensor.read();
        CHECK(sim::now() - start == 6'770us);
    };
    CHECK(run(body()));
    REQUIRE(device.starts.size() == 7);
    CHECK(device.starts[0] == 1s);
    for (std::size_t i = 1; i < 6; ++i) CHECK(device.starts[i] - device.starts[i - 1] == 2s);
}

TEST_CASE_FIXTURE(Simulated,
                  "Dht22: no sensor, an answer that breaks off, a wrong sum, a short, no pin and no machine are errors") {
    sim::Dht22Device device{16};
    auto body = [&]() -> Coro<> {
        Dht22 nowhere{40};
        Air air = co_await nowhere.read();
        CHECK(error_of(air) == Error::misuse);
        Dht22 sensor{16};
        device.is_plugged = false;
        air = co_await sensor.read();
        CHECK(error_of(air) == Error::no_acknowledgement);
        device.is_plugged = true;
        for (const int bits : {0, 19, 20, 39}) {
            device.bits = bits;
            air = co_await sensor.read();
            CHECK(error_of(air) == (bits < 20 ? Error::no_acknowledgement : Error::bus_error));
        }
        device.bits = 40;
        for (unsigned bit = 0; bit < 8; ++bit) {
            device.noise = static_cast<std::uint8_t>(1U << bit);
            air = co_await sensor.read();
            CHECK(error_of(air) == Error::bus_error);
        }
        device.noise = 0;
        const std::size_t starts = device.starts.size();
        co_await sleep(3s);
        sim::drive(16, false);
        air = co_await sensor.read();
        CHECK(error_of(air) == Error::bus_stuck);
        CHECK(device.starts.size() == starts);
        sim::release(16);
        air = co_await sensor.read();
        CHECK(temperature(air) == 2'000);
        std::array<std::optional<Dht22>, 7> others;
        for (unsigned i = 0; i < 7; ++i) others[i].emplace(i);
        Dht22 ninth{17};
        air = co_await ninth.read();
        CHECK(error_of(air) == Error::unavailable);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Dht22: tasks read it one after the other") {
    sim::Dht22Device device{16};
    auto body = [&]() -> Coro<> {
        Dht22 sensor{16};
        auto first = create_task(sensor.read());
        auto second = create_task(sensor.read());
        const Air one = co_await first, other = co_await second;
        CHECK(temperature(one) == 2'000);
        CHECK(temperature(other) == 2'000);
    };
    CHECK(run(body()));
    REQUIRE(device.starts.size() == 2);
    CHECK(device.starts[1] - device.starts[0] == 2s);
}

TEST_CASE_FIXTURE(Simulated, "Dht22: cancelled at every moment it lets go, and the next reading is right and waits its time") {
    sim::Dht22Device device{16};
    auto body = [&](int us) -> Coro<> {
        device.starts.clear();
        Dht22 sensor{16};
        device.temperature = 150;
        Air air = co_await sensor.read();
        auto cancelled = create_task(sensor.read());
        co_await sleep(std::chrono::microseconds{us});
        const bool was_running = !cancelled.done() && device.starts.size() == 2;
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        if (was_running) CHECK(device.executed.back() == asm_pio_encode("set pindirs, 0"));
        device.temperature = -30;
        air = co_await sensor.read();
        CHECK(temperature(air) == -300);
        for (std::size_t i = 1; i < device.starts.size(); ++i) CHECK(device.starts[i] - device.starts[i - 1] >= 2s);
    };
    for (int us = 0; us < 2'005'000; us += 9'973) CHECK(run(body(us)));
    for (int us = 1'990'000; us < 2'000'100; us += 83) CHECK(run(body(us)));
    // At the moment at which the answer is taken.
    for (int us = 1'999'990; us < 2'000'010; ++us) for_each_order([&] { CHECK(run(body(us))); }, 5);
}

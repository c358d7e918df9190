#include <array>
#include <optional>

#include <uasync/device.hpp>
#include <uasync/sim.hpp>
#include <uasync/sim/ultrasonic_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {
using Distance = Result<std::uint32_t>;
const Distance too_far = std::unexpected{Error::timeout};
const Distance no_sensor = std::unexpected{Error::no_acknowledgement};
}  // namespace

TEST_CASE_FIXTURE(Simulated, "Ultrasonic: distances are millimetres, 60 ms apart at least") {
    sim::UltrasonicDevice device{14};
    auto body = [&]() -> Coro<> {
        Ultrasonic sensor{14, 15};
        for (const int mm : {20, 21, 300, 1'000, 2'345, 3'999}) {
            device.distance_mm = mm;
            const Distance distance = co_await sensor.read();
            CHECK(distance == static_cast<std::uint32_t>(mm));
        }
        for (const int mm : {4'001, 10'000}) {
            device.distance_mm = mm;
            const Distance distance = co_await sensor.read();
            CHECK(distance == too_far);
        }
    };
    CHECK(run(body()));
    REQUIRE(device.starts.size() == 8);
    for (std::size_t i = 1; i < 8; ++i) CHECK(device.starts[i] - device.starts[i - 1] == 60ms);
}

TEST_CASE_FIXTURE(Simulated, "Ultrasonic: warm air is faster, and the range may be another") {
    sim::UltrasonicDevice device{14};
    auto body = [&]() -> Coro<> {
        {
            Ultrasonic warm{14, 15, {.celsius = 40}};
            const Distance distance = co_await warm.read();
            CHECK(distance == 1036U);
        }
        {
            Ultrasonic cold{14, 15, {.celsius = -20}};
            const Distance distance = co_await cold.read();
            CHECK(distance == 929U);
        }
        {
            Ultrasonic narrow{14, 15, {.max_mm = 999}};
            const auto start = sim::now();
            Distance distance = co_await narrow.read();
            CHECK(distance == too_far);
            CHECK(sim::now() - start < 7ms);
            device.distance_mm = 990;
            distance = co_await narrow.read();
            CHECK(distance == 990U);
        }
        for (const std::uint32_t max_mm : {0U, 5'001U, 1U << 31U}) {
            Ultrasonic wrong{14, 15, {.max_mm = max_mm}};
            const Distance distance = co_await wrong.read();
            CHECK(distance == std::unexpected{Error::misuse});
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ultrasonic: no sensor, an echo that hangs, no pin and no machine are errors") {
    sim::UltrasonicDevice device{14};
    auto body = [&]() -> Coro<> {
        Ultrasonic nowhere{14, 40};
        Distance distance = co_await nowhere.read();
        CHECK(distance == std::unexpected{Error::misuse});
        Ultrasonic sensor{14, 15};
        device.is_plugged = false;
        distance = co_await sensor.read();
        CHECK(distance == no_sensor);
        device.is_plugged = true;
        sim::drive(15, true);
        distance = co_await sensor.read();
        CHECK(distance == std::unexpected{Error::bus_stuck});
        CHECK(device.starts.size() == 1);
        sim::release(15);
        distance = co_await sensor.read();
        CHECK(distance == 1000U);
        std::array<std::optional<Ultrasonic>, 7> others;
        for (unsigned i = 0; i < 7; ++i) others[i].emplace(i, 16U);
        Ultrasonic ninth{17, 16};
        distance = co_await ninth.read();
        CHECK(distance == std::unexpected{Error::unavailable});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Ultrasonic: cancelled at every moment it is stopped, and the next reading is right and waits its time") {
    sim::UltrasonicDevice device{14};
    auto body = [&](int us) -> Coro<> {
        device.starts.clear();
        Ultrasonic sensor{14, 15};
        device.distance_mm = 500;
        Distance distance = co_await sensor.read();
        auto cancelled = create_task(sensor.read());
        co_await sleep(std::chrono::microseconds{us});
        const bool was_running = !cancelled.done() && device.starts.size() == 2;
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        if (was_running) CHECK(device.executed.back() == asm_pio_encode("set pins, 0"));
        device.distance_mm = 1'500;
        distance = co_await sensor.read();
        CHECK(distance == 1500U);
        for (std::size_t i = 1; i < device.starts.size(); ++i) CHECK(device.starts[i] - device.starts[i - 1] >= 60ms);
    };
    for (int us = 0; us < 62'000; us += 331) CHECK(run(body(us)));
    // At the moment at which the answer comes.
    for (int us = 59'990; us < 60'010; ++us) for_each_order([&] { CHECK(run(body(us))); }, 5);
}

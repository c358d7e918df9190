#include <array>

#include <uasync/board.hpp>
#include <uasync/sim/adc.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> reads(Trace& trace, Adc adc, int id) {
    const int sample = co_await adc.read();
    trace("task " + std::to_string(id), sample);
}

}  // namespace

static_assert(Adc::to_u16(0) == 0 && Adc::to_u16(4095) == 65'535 && Adc::to_u16(2048) == 32'776);
static_assert(Adc::to_uv(0) == 0 && Adc::to_uv(2048) == 1'650'000 && Adc::to_uv(4095) == 3'299'194);
// 0.706 V is 876.3 steps; a step is 0.468 degrees.
static_assert(Adc::to_millicelsius(876) == 27'140 && Adc::to_millicelsius(855) == 36'971 && Adc::to_millicelsius(0) == 437'228);

TEST_CASE_FIXTURE(Simulated, "Adc: an input is named by its number or its pin, and read in several units") {
    auto body = [&]() -> Coro<> {
        sim::set_voltage(27, 1.0);
        sim::set_temperature(30);
        Adc pin{27};
        Adc input{1};
        Adc temperature{Adc::core_temperature};
        const int sample = co_await pin.read();
        CHECK(sample == 1241);
        CHECK(sim::now() == 2us);
        const int u16 = co_await input.read_u16();
        CHECK(u16 == 19860);
        const int microvolts = co_await input.read_uv();
        CHECK(microvolts == 999'829);
        const int millicelsius = co_await temperature.read_millicelsius();
        CHECK(millicelsius >= 29'500);
        CHECK(millicelsius <= 30'500);
        sim::set_voltage(1, 5.0);
        const int highest = co_await input.read();
        CHECK(highest == 4095);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Adc: tasks have the converter in the order in which they came, and a cancelled one leaves it to the next") {
    auto body = [&]() -> Coro<> {
        sim::set_voltage(0, 1.0);
        std::array<std::uint16_t, 100> samples{};
        Adc adc{0};
        auto series = create_task(
            [](Adc input, std::span<std::uint16_t> into) -> Coro<> { (void)co_await input.read_many(into, 1'000); }(adc, samples));
        auto second = create_task(reads(trace, adc, 2));
        auto third = create_task(reads(trace, adc, 3));
        auto fourth = create_task(reads(trace, adc, 4));
        co_await sleep(10'500us);
        third.cancel();
        co_await yield();
        series.cancel();
        const auto ended = co_await catch_cancelled(series);
        CHECK(ended == std::unexpected{Error::cancelled});
        CHECK(samples[10] == 1241);
        CHECK(samples[11] == 0);
        co_await fourth;
    };
    CHECK(run(body()));
    trace.expect({"10.502 task 2 1241", "10.504 task 4 1241"});
}

TEST_CASE_FIXTURE(Simulated, "Adc: a series has each sample at its time, and inputs take turns") {
    auto body = [&]() -> Coro<> {
        sim::set_voltage(0, 0.1);
        sim::set_voltage(2, 0.2);
        std::array<std::uint16_t, 10> samples{};
        Adc adc{26};
        sim::at(50ms, [] { sim::set_voltage(0, 0.5); });
        std::size_t count = co_await adc.read_many(samples, 100);
        CHECK(count == 10);
        CHECK(sim::now() == 90'002us);
        CHECK(samples[4] == 124);
        CHECK(samples[5] == 621);
        const Adc inputs[] = {Adc{28}, adc};
        count = co_await Adc::read_many(inputs, {samples.data(), 3}, 1'000);
        CHECK(count == 3);
        CHECK(samples[0] == 621);
        CHECK(samples[1] == 248);
        CHECK(samples[2] == 621);
        count = co_await adc.read_many({}, 1'000);
        CHECK(count == 0);
    };
    CHECK(run(body()));
}

// A year of the thermostat, in a house whose weather and walls are played, on virtual time.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
#include <vector>

#include <uasync/sim.hpp>
#include <uasync/sim/ds18b20_device.hpp>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"  // its main() is no main() here
#define main thermostat_main
#include "../../examples/16_thermostat.cpp"
#undef main
#pragma GCC diagnostic pop

#include <support/simulated.hpp>

using uasync::test::Simulated;

namespace {

constexpr unsigned relay_pin = 17;
constexpr sim::Duration first_midnight = -(5h + 59min);  ///< on the clock of the simulation

double days_of(sim::Duration time) { return std::chrono::duration<double, std::ratio<86'400>>{time - first_midnight}.count(); }
double hour_of(sim::Duration time) { return std::fmod(days_of(time) * 24, 24); }

/// A house that loses half of its warmth in two days. Its heating makes a degree in an hour and a half, less what is lost meanwhile.
class House {
public:
    House() {
        thermometer.measuring_us = 700'000;
        pass();
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    static double outside() {
        const double day = days_of(sim::now());
        const double season = std::cos(2 * std::numbers::pi * (day - 20) / 365),
                     night = std::cos(2 * std::numbers::pi * (day * 24 - 4) / 24);
        return 10 - 12 * season - 4 * night;
    }

    sim::OneWireBus wire{16};
    sim::Ds18b20Device thermometer{wire, 1};
    double celsius = 12;
    double coldest_by_day = 99, coldest_by_night = 99, warmest_heated = -99;

private:
    /// A minute.
    void pass() {
        const bool heats = sim::level(relay_pin);
        celsius += (outside() - celsius) * std::numbers::ln2 / (2 * 24 * 60) + (heats ? 1.0 / 90 : 0);
        thermometer.raw_temperature = static_cast<std::int16_t>(std::lround(celsius * 16));
        if (heats) warmest_heated = std::max(warmest_heated, celsius);
        const double hour = hour_of(sim::now());
        if (days_of(sim::now()) > 2) {
            coldest_by_night = std::min(coldest_by_night, celsius);
            if (hour > 13 && hour < 22) coldest_by_day = std::min(coldest_by_day, celsius);
        }
        sim::at(sim::now() + 1min, [this] { pass(); });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "thermostat: for a year it is warm by day, less so by night, and the relay does not chatter") {
    House house;
    sim::stop_at(365 * 24h);
    CHECK(run(heat(10min)) == std::unexpected{Error::cancelled});

    CHECK(house.coldest_by_day > 20.1);
    CHECK(house.coldest_by_night > 16.6);
    CHECK(house.warmest_heated < 20.9);
    std::optional<sim::Duration> on;
    sim::Duration heated{}, heated_in_july{};
    int mornings_in_january = 0;
    for (const sim::Edge& edge : sim::edges()) {
        if (edge.pin != relay_pin) continue;
        if (edge.level) {
            on = edge.time;
            const double hour = hour_of(edge.time), day = days_of(edge.time);
            if (day < 31 && hour >= 6 && hour < 6 + 2.0 / 3600) ++mornings_in_january;
            continue;
        }
        REQUIRE(on);
        const bool is_evening = std::abs(hour_of(edge.time) - 22) < 2.0 / 3600;
        if (!is_evening) CHECK(edge.time - *on > 30min);  // half a degree
        heated += edge.time - *on;
        if (days_of(edge.time) > 181 && days_of(edge.time) < 212) heated_in_july += edge.time - *on;
        on.reset();
    }
    CHECK(mornings_in_january >= 28);  // at six o'clock; on the first day it has begun before
    CHECK(heated_in_july == 0s);
    CHECK(house.thermometer.measurements > 365 * 140);
}

TEST_CASE_FIXTURE(Simulated, "thermostat: while there is no sensor, it does not heat, and it heats again when there is one") {
    House house;
    sim::at(2h, [&] { house.thermometer.unplug(); });
    sim::at(3h, [&] { house.thermometer.plug(); });
    sim::stop_at(4h);
    CHECK(run(async_main()) == std::unexpected{Error::cancelled});
    std::vector<sim::Edge> switched;
    for (const sim::Edge& edge : sim::edges()) {
        if (edge.pin == relay_pin) switched.push_back(edge);
    }
    REQUIRE(switched.size() == 3);
    CHECK(switched[0].time < 1s);
    CHECK(switched[1].time - 2h < 12s);
    CHECK(switched[2].time - 3h < 12s);
    CHECK(printed("thermometer: no acknowledgement\n"));
}

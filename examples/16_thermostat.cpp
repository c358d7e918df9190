// Step 16: a thermostat. It is warmer by day than by night, and a sensor that fails turns the heating off.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>
#include <uasync/device.hpp>

using namespace uasync;
using namespace std::chrono;

constexpr Schedule morning{"0 0 6 * * *"}, evening{"0 0 22 * * *"};
constexpr int day_target = 2050, night_target = 1700, hysteresis = 25;  // hundredths of a degree Celsius

// A Pico does not know the time of day: here it is powered on a minute before the day begins.
local_time<microseconds> wall_clock() {
    constexpr local_seconds power_on = local_days{2026y / January / 1} + 5h + 59min;
    return power_on + Clock::now().time_since_epoch();
}

struct Thermostat {
    int target = night_target;
    Event changed;
};

Coro<> set_target(Thermostat& thermostat, Schedule when, int target) {
    local_seconds time{};
    while (true) {
        time = co_await when.wait(wall_clock, time);
        thermostat.target = target;
        thermostat.changed.set();
    }
}

// Within the hysteresis it stays as it is, so the relay does not chatter.
bool wants_heat(bool heats, int celsius, int target) {
    return celsius < target - hysteresis || (heats && celsius < target + hysteresis);
}

Coro<> heat(microseconds interval) {
    OneWire bus{16};
    Ds18b20 thermometer{bus};
    Pin relay{17, Pin::out};
    Thermostat thermostat;
    const auto now = floor<seconds>(wall_clock());
    if (evening.next(now) < morning.next(now)) thermostat.target = day_target;
    auto days = create_task(set_target(thermostat, morning, day_target));
    auto nights = create_task(set_target(thermostat, evening, night_target));

    while (true) {
        auto celsius = co_await thermometer.read();
        const bool heats = celsius && wants_heat(relay.value() != 0, *celsius, thermostat.target);
        if (!celsius) print("thermometer: {}\n", celsius.error());
        if (celsius && heats != (relay.value() != 0)) {
            print("{} C/100 of {}: {}\n", *celsius, thermostat.target, heats ? "on" : "off");
        }
        relay.value(heats);
        (void)co_await wait_for(thermostat.changed.wait(), interval);  // or until the target changes
        thermostat.changed.clear();
    }
}

Coro<> async_main() { co_await heat(10s); }

int main() { run(async_main()); }

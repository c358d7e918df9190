#pragma once
// What one sees and hears of pulses: changes of width and frequency at a pin, with the millisecond after which they were there.

#include <memory>

#include <uasync/sim.hpp>
#include <uasync/sim/pwm.hpp>

#include <support/trace.hpp>

namespace uasync::test {

/// The share of time that the pin is high, in percent; of an inverted one, that it is low.
inline int percent(unsigned pin) {
    const sim::Pulses pulses = sim::pwm(pin);
    return static_cast<int>(pulses.freq * pulses.high_us / 1e4 + 0.5);
}

/// The frequency of the tone at a pin; 0 if it is silent.
inline int heard(unsigned pin) {
    const sim::Pulses pulses = sim::pwm(pin);
    return pulses.high_us == 0 ? 0 : static_cast<int>(pulses.freq + 0.5);
}

/// Notes in the middle of each millisecond what a function gives, if that has changed: "12.5 lit 100" is from 12 ms on.
inline void watch(Trace& trace, const char* label, int (*look)(unsigned), unsigned pin, unsigned until_ms) {
    auto last = std::make_shared<int>(0);
    for (unsigned ms = 0; ms < until_ms; ++ms) {
        sim::at(sim::Duration{ms * 1000 + 500}, [=, &trace] {
            const int now = look(pin);
            if (now != *last) trace(label, now);
            *last = now;
        });
    }
}

}  // namespace uasync::test

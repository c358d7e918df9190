// The converter: each sample is what a test has set by the time of its conversion.

#include <algorithm>
#include <bit>
#include <cmath>

#include <uasync/board/adc_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/adc.hpp>

namespace uasync {
namespace {

constexpr double reference = 3.3;
constexpr Time conversion = 2;

std::uint16_t converted(double volts) noexcept {
    return static_cast<std::uint16_t>(std::clamp(std::lround(volts / reference * 4096), 0L, 4095L));
}
double sensor_volts(double celsius) noexcept { return 0.706 - (celsius - 27) * 0.001721; }

double voltages[port::adc_inputs] = {0, 0, 0, 0, sensor_volts(27)};

/// What is being done, and the timer for the next conversion.
struct Converter : LoopTimer {
    Converter() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Converter&>(timer).convert(); }} {}
    void convert() noexcept {
        sample = converted(voltages[input]);
        if (rate != 0) {
            do input = (input + 1) % port::adc_inputs;
            while ((inputs >> input & 1U) == 0);
            ++count;
            start(std::max(start_time + conversion + count * 1'000'000 / rate, port::now()));
        }
        detail::adc_interrupt();
    }
    unsigned inputs = 0;
    unsigned input = 0;
    std::uint32_t rate = 0;
    Time start_time = 0;
    Time count = 0;
    std::uint16_t sample = 0;
};
Converter converter;

}  // namespace

namespace port {

void adc_open(unsigned) noexcept {}

void adc_start(const AdcSeries& series) noexcept {
    converter.inputs = series.inputs;
    converter.input = static_cast<unsigned>(std::countr_zero(series.inputs));
    converter.rate = series.rate;
    converter.start_time = now();
    converter.count = 0;
    converter.stop();
    converter.start(now() + conversion);
}

AdcEvent adc_service(AdcSeries& series) noexcept {
    *series.into++ = converter.sample;
    if (--series.left != 0) return AdcEvent::none;
    adc_stop();
    return AdcEvent::done;
}

void adc_stop() noexcept { converter.stop(); }

}  // namespace port

void sim::set_voltage(unsigned number, double volts) {
    voltages[number >= port::adc_first_pin ? number - port::adc_first_pin : number] = volts;
}
void sim::set_temperature(double celsius) { voltages[port::adc_inputs - 1] = sensor_volts(celsius); }

}  // namespace uasync

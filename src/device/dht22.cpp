#include <uasync/device/dht22.hpp>

#include <uasync/board/pin.hpp>
#include <uasync/time/sleep.hpp>

#include "pio_stop.hpp"
#include "pulled.hpp"

namespace uasync {
namespace {

/// A cycle is a microsecond. The 40 bits come in two words. It goes on taking bits until it is stopped.
constexpr PioProgram dht22 = asm_pio(R"(
    .program dht22
        pull block              ; how long the start signal is
        mov x, osr
        set pindirs, 1
    low:
        jmp x-- low
        set pindirs, 0
        wait 1 pin 0
        wait 0 pin 0            ; it answers: 80 us low, 80 us high
        wait 1 pin 0
        wait 0 pin 0
    bit:
        wait 1 pin 0
        nop [31]
        nop [13]
        in pins, 1              ; after 48 us: a 0 is high for 22 to 30 us, a 1 for 68 to 75
        wait 0 pin 0
        jmp bit
)");
constexpr std::uint32_t dht22_cycles_in_s = 1'000'000, dht22_start_us = 1'200;
constexpr Time dht22_power_on_us = 1'000'000, dht22_pause_us = 2'000'000;
/// The start signal, at most 200 us until the sensor answers, 170 of its answer, and 130 for each bit.
constexpr std::chrono::microseconds dht22_longest{dht22_start_us + 200 + 170 + 40 * 130};

/// What 40 bits say. @param high @param low the first 20 bits, and the others
Result<Dht22::Reading> dht22_reading(std::uint32_t high, std::uint32_t low) noexcept {
    const std::uint32_t humidity = high >> 4U, temperature = (high << 12U | low >> 8U) & 0xffffU;
    const std::uint32_t sum = (humidity >> 8U) + humidity + (temperature >> 8U) + temperature;
    if (((sum ^ low) & 0xffU) != 0) return std::unexpected{Error::bus_error};
    const auto tenths = static_cast<std::int32_t>(temperature & 0x7fffU);
    return Dht22::Reading{(temperature & 0x8000U) != 0 ? -10 * tenths : 10 * tenths, 10 * static_cast<std::int32_t>(humidity)};
}

}  // namespace

Dht22::Dht22(unsigned pin) noexcept
    : machine_{dht22,
               {.freq = dht22_cycles_in_s,
                .set_base = pin,
                .in_base = detail::pulled(pin, Pin::pull_up),
                .init_in = 1U << (pin % 32),
                .autopush = true,
                .push_thresh = 20}},
      ready_at_{dht22_power_on_us},
      pin_{static_cast<std::uint8_t>(pin)} {
    machine_.active(true);
}

Coro<Result<Dht22::Reading>> Dht22::read() {
    const auto held = co_await lock_.scoped_lock();
    while (port::now() < ready_at_) co_await sleep(std::chrono::microseconds{ready_at_ - port::now()});
    if (!machine_) co_return std::unexpected{machine_.get_nowait().error()};
    if (!port::gpio_get(pin_)) co_return std::unexpected{Error::bus_stuck};
    const detail::PioStop stop{machine_, asm_pio_encode("set pindirs, 0")};
    ready_at_ = port::now() + dht22_pause_us;
    (void)machine_.put_nowait(dht22_start_us);  // both FIFOs are empty
    co_await sleep(dht22_longest);
    const Result<std::uint32_t> high = machine_.get_nowait();
    if (!high) co_return std::unexpected{Error::no_acknowledgement};
    const Result<std::uint32_t> low = machine_.get_nowait();
    if (!low) co_return std::unexpected{Error::bus_error};
    co_return dht22_reading(*high, *low);
}

}  // namespace uasync

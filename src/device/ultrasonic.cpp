#include <uasync/device/ultrasonic.hpp>

#include <uasync/board/pin.hpp>
#include <uasync/time/sleep.hpp>

#include "pio_stop.hpp"
#include "pulled.hpp"

namespace uasync {
namespace {

/// Two cycles are a microsecond. The word is the longest echo; answered is what is left of it, 0 if it was longer, and all ones if none began.
constexpr PioProgram ultrasonic = asm_pio(R"(
    .program ultrasonic
    .wrap_target
        pull block
        mov x, osr
        set pins, 1 [21]        ; 11 us, of at least 10
        set pins, 0
    before:
        jmp pin begins
        jmp x-- before
        jmp done
    begins:
        mov x, osr
    echo:
        jmp x-- on
        set x, 0
        jmp done
    on:
        jmp pin echo
    done:
        mov isr, x
        push block
    .wrap
)");
constexpr std::uint32_t ultrasonic_cycles_in_s = 2'000'000, ultrasonic_pause_us = 60'000, no_echo = ~std::uint32_t{0};

}  // namespace

Ultrasonic::Ultrasonic(unsigned trigger, unsigned echo, const UltrasonicOptions& options) noexcept
    : machine_{ultrasonic,
               {.freq = ultrasonic_cycles_in_s,
                .set_base = trigger,
                .jmp_pin = detail::pulled(echo, Pin::pull_down)}},        // no sensor is no echo
      speed_{static_cast<std::uint16_t>(33'130 + 61 * options.celsius)},  // 331.3 m/s, and 0.61 m/s a degree
      echo_{static_cast<std::uint8_t>(echo)} {
    if (options.max_mm - 1 < 5'000) max_us_ = static_cast<std::uint16_t>(options.max_mm * 200'000 / speed_);
    machine_.active(true);
}

Coro<Result<std::uint32_t>> Ultrasonic::read() {
    const auto held = co_await lock_.scoped_lock();
    if (max_us_ == 0) co_return std::unexpected{Error::misuse};
    while (port::now() < ready_at_) co_await sleep(std::chrono::microseconds{ready_at_ - port::now()});
    if (machine_ && port::gpio_get(echo_)) co_return std::unexpected{Error::bus_stuck};
    const detail::PioStop stop{machine_, asm_pio_encode("set pins, 0")};
    ready_at_ = port::now() + ultrasonic_pause_us;
    (void)machine_.put_nowait(max_us_);  // both FIFOs are empty
    const Result<std::uint32_t> left = co_await machine_.get();
    if (!left) co_return left;
    if (*left == no_echo) co_return std::unexpected{Error::no_acknowledgement};
    if (*left == 0) co_return std::unexpected{Error::timeout};
    co_return ((max_us_ - *left) * speed_ + 100'000) / 200'000;  // half the way, as it is there and back
}

}  // namespace uasync

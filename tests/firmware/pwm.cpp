// Pulses, whose edges test_pwm.py looks at: GP2 and GP3 share a modulator, GP16 is a servo, GP8 a ramp.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> waits(const Pwm& pwm, int id, int times) {
    for (int i = 0; i < times; ++i) {
        co_await pwm.wait_for_wrap();
        print("{}", id);
    }
}

Coro<> async_main() {
    {
        Pwm a{2, {.freq = 1000, .duty_u16 = 16384}};
        Pwm b{3, {.freq = 1000, .duty_u16 = 49152, .invert = true}};
        co_await sleep_until(Clock::time_point{20ms});
        a.freq(5000);
        b.freq(5000);
        co_await sleep_until(Clock::time_point{30ms});
        a.duty_u16(65535);
        b.duty_u16(0);
        co_await sleep_until(Clock::time_point{40ms});
        print("{} {} {}\n", a.freq(), a.duty_u16(), b.duty_u16());
    }
    Pwm servo{16, {.freq = 50}};
    servo.duty_ns(1'500'000);
    co_await servo.wait_for_wrap();
    const auto start = ticks_us();
    co_await servo.wait_for_wrap();
    print("a period: {} us\n", ticks_diff(ticks_us(), start));
    servo.freq(100);
    for (int i = 0; i < 2; ++i) co_await servo.wait_for_wrap();
    // Several tasks wait, one of them is cancelled; then nobody does.
    auto first = create_task(waits(servo, 1, 3));
    auto second = create_task(waits(servo, 2, 3));
    auto third = create_task(waits(servo, 3, 2));
    Pwm fast{4, {.freq = 2000, .duty_u16 = 100}};
    auto other = create_task(waits(fast, 0, 3));
    co_await sleep_ms(15);
    second.cancel();
    (void)co_await catch_cancelled(second);
    co_await first;
    co_await third;
    co_await other;
    print("\n");
    const auto late = co_await wait_for_ms(servo.wait_for_wrap(), 2);
    print("late: {}\n", late ? "?" : to_string(late.error()));

    Pwm led{8, {.freq = 10'000, .duty_u16 = 65535}};
    co_await led.ramp_to_u16(0, 100ms);
    print("ramp: {} at {} ms\n", led.duty_u16(), ticks_ms() / 10 * 10);
    auto ramp = create_task(led.ramp_to_u16(65535, 100ms));
    co_await sleep_ms(52);
    ramp.cancel();
    (void)co_await catch_cancelled(ramp);
    const auto stays = led.duty_u16();
    co_await sleep_ms(20);
    print("stays: {} {}\n", stays, led.duty_u16() == stays);
}

}  // namespace

int main() { run(async_main()); }

// Lights, a servo and a buzzer, whose edges test_lights_and_sounds.py looks at: LEDs at GP2 and GP8, a servo at GP6, an RGB LED at GP10 to GP12
// with a common anode, a buzzer at GP20.

#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds times[] = {5ms, 3ms, 2ms, 10ms};

Coro<> lights() {
    Led led{2, {.freq = 10'000}}, low{8, {.lit_low = true}};
    print("led: {} us\n", ticks_us());
    co_await led.blink(10ms, 3);
    co_await led.pattern(times, 1);
    print("steady: {} us\n", ticks_us());
    led.brightness(128);
    low.on();
    co_await sleep_ms(20);
    print("cancelled: {} us\n", ticks_us());
    const auto limited = co_await wait_for(led.blink(10ms), 2ms);
    print("blink: {}\n", limited ? "?" : to_string(limited.error()));
    co_await sleep_ms(20);
    co_await led.fade(255, 50ms);
    print("faded: {}\n", led.brightness());
}

Coro<> colours() {
    RgbLed led{{.red = 10, .green = 11, .blue = 12}, {.common_anode = true}};
    led.color(Color::hue(60));
    co_await sleep_ms(20);
    co_await led.fade(Color::hue(240), 50ms);
    co_await sleep_ms(20);
}

Coro<> turns() {
    Servo servo{6};
    print("servo: {} us\n", ticks_us());
    servo.degrees(90);
    co_await sleep_ms(100);
    print("move: {} us\n", ticks_us());
    co_await servo.move(180, 100ms);
    co_await sleep_ms(45);
    print("release: {} us\n", ticks_us());
    servo.release();
    co_await sleep_ms(45);
}

Coro<> sounds() {
    Buzzer buzzer{20};
    print("tone: {} us\n", ticks_us());
    co_await buzzer.tone(1000, 50ms);
    print("melody: {} us\n", ticks_us());
    co_await buzzer.play("A4:1 R:1 C5:1", 300);  // a tick is 50 ms
    print("silent: {} us\n", ticks_us());
    const auto limited = co_await wait_for(buzzer.tone(2000, 1s), 20ms);
    print("tone: {} after 20 ms\n", limited ? "?" : to_string(limited.error()));
    co_await sleep_ms(10);
}

Coro<> async_main() { co_await gather(lights(), colours(), turns(), sounds()); }

}  // namespace

int main() { run(async_main()); }

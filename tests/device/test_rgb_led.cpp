#include <uasync/device/rgb_led.hpp>
#include <uasync/uasync.hpp>

#include <device/pulses.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::percent;
using uasync::test::Simulated;

namespace {

constexpr RgbLedPins pins{.red = 16, .green = 17, .blue = 18};

static_assert(Color::hue(0) == Color{255, 0, 0});
static_assert(Color::hue(30) == Color{255, 128, 0});
static_assert(Color::hue(60) == Color{255, 255, 0});
static_assert(Color::hue(120) == Color{0, 255, 0});
static_assert(Color::hue(180) == Color{0, 255, 255});
static_assert(Color::hue(240) == Color{0, 0, 255});
static_assert(Color::hue(300, 100) == Color{100, 0, 100});
static_assert(Color::hue(-60) == Color::hue(300) && Color::hue(725) == Color::hue(5) && Color::hue(-720) == Color::hue(0));

}  // namespace

TEST_CASE_FIXTURE(Simulated, "RgbLed: each part is as bright as its colour says, at its pin") {
    {
        RgbLed led{pins};
        CHECK(led.color() == Color{});
        led.color({255, 128, 0});
        CHECK(percent(16) == 100);
        CHECK(percent(17) == 19);
        CHECK(percent(18) == 0);
        CHECK_FALSE(sim::pwm(16).is_inverted);
        CHECK(led.color() == Color{255, 128, 0});
        led.color({.blue = 255});
        CHECK(percent(16) == 0);
        CHECK(percent(17) == 0);
        CHECK(percent(18) == 100);
        led.off();
        CHECK(percent(18) == 0);
        for (unsigned level = 0; level < 256; ++level) {
            const auto part = static_cast<std::uint8_t>(level);
            led.color({part, static_cast<std::uint8_t>(255 - part), part});
            REQUIRE(led.color() == Color{part, static_cast<std::uint8_t>(255 - part), part});
        }
    }
    for (unsigned pin = 16; pin < 19; ++pin) CHECK(sim::pwm(pin).freq == 0);
}

TEST_CASE_FIXTURE(Simulated, "RgbLed: with a common anode all pins are inverted, and inputs when the object is gone") {
    {
        RgbLed led{pins, {.common_anode = true, .freq = 2000}};
        for (unsigned pin = 16; pin < 19; ++pin) {
            CHECK(sim::pwm(pin).is_inverted);
            CHECK(sim::pwm(pin).freq == 2000);
            CHECK(sim::pwm(pin).high_us == 0);
        }
        led.color({255, 0, 0});
        CHECK(percent(16) == 100);  // before it is inverted
    }
    for (unsigned pin = 16; pin < 19; ++pin) {
        sim::drive(pin, true);
        CHECK(sim::level(pin));
        sim::release(pin);
    }
}

TEST_CASE_FIXTURE(Simulated, "RgbLed: a fade takes all parts evenly to the other colour, and stays where it is cancelled") {
    for (unsigned ms = 1; ms < 100; ms += 3) {
        CAPTURE(ms);
        sim::reset();
        sim::capture(true);
        auto body = [&]() -> Coro<> {
            RgbLed led{pins};
            led.color({200, 0, 100});
            auto fading = create_task(led.fade({0, 100, 100}, 100ms));
            co_await sleep_ms(ms);
            const auto step = static_cast<std::uint8_t>(ms / 5 * 5);
            const Color there{static_cast<std::uint8_t>(200 - 2 * step), step, 100};
            if (ms % 5 != 0) CHECK(led.color() == there);
            if (ms % 2 == 0) {
                co_await fading;
                CHECK(sim::now() == 100ms);
                CHECK(led.color() == Color{0, 100, 100});
            } else {
                const Color before = led.color();
                fading.cancel();
                const auto ended = co_await catch_cancelled(fading);
                CHECK(ended == test::cancelled);
                co_await sleep_ms(50);
                CHECK(led.color() == before);
            }
        };
        CHECK(run(body()));
    }
}

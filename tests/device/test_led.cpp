#include <cmath>

#include <uasync/device/led.hpp>
#include <uasync/uasync.hpp>

#include <device/pulses.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::percent;
using uasync::test::Simulated;
using uasync::test::watch;

namespace {

constexpr std::chrono::milliseconds three[] = {10ms, 20ms, 30ms};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Led: on, off, toggle and a brightness, which is how bright it looks") {
    {
        Led led{16};
        CHECK(std::abs(sim::pwm(16).freq - 1000) < 0.01);
        CHECK(percent(16) == 0);
        CHECK_FALSE(led.lit());
        led.on();
        CHECK(percent(16) == 100);
        CHECK(led.brightness() == 255);
        led.toggle();
        CHECK(percent(16) == 0);
        led.toggle();
        CHECK(percent(16) == 100);
        led.brightness(1);
        CHECK(led.lit());
        CHECK(sim::pwm(16).high_us > 0);
        CHECK(sim::pwm(16).high_us < 1);
        led.toggle();
        CHECK_FALSE(led.lit());
        led.brightness(128);
        CHECK(percent(16) == 19);  // CIE 1931: half as bright is 18.4 % of the light
        CHECK(led.brightness() == 128);
        double before = -1;
        for (unsigned level = 0; level < 256; ++level) {
            led.brightness(static_cast<std::uint8_t>(level));
            CHECK(led.brightness() == level);
            REQUIRE(sim::pwm(16).high_us > before);  // no two are the same
            before = sim::pwm(16).high_us;
        }
        CHECK(before > 999.9);
    }
    CHECK(sim::pwm(16).freq == 0);
}

TEST_CASE_FIXTURE(Simulated, "Led: one that is lit while its pin is low is off at first and when the object is gone") {
    {
        Led led{17, {.lit_low = true, .freq = 5000}};
        CHECK(sim::pwm(17).is_inverted);
        CHECK(sim::pwm(17).high_us == 0);  // low all the time before it is inverted: high
        CHECK(sim::pwm(17).freq == 5000);
    }
    // An input: what pulls it decides, not the program.
    sim::drive(17, true);
    CHECK(sim::level(17));
    sim::release(17);
}

TEST_CASE_FIXTURE(Simulated, "Led: it blinks for a number of times, without drift, and is off at the end") {
    watch(trace, "lit", percent, 16, 100);
    auto body = [&]() -> Coro<> {
        Led led{16};
        co_await led.blink(20ms, 3);
        trace("done", percent(16));
        co_await led.blink(0ms, 2);
        co_await led.blink(-1ms, 2);
        CHECK(sim::now() == 60ms);
        co_await sleep_ms(40);
    };
    CHECK(run(body()));
    trace.expect({"0.5 lit 100", "10.5 lit 0", "20.5 lit 100", "30.5 lit 0", "40.5 lit 100", "50.5 lit 0", "60 done 0"});
}

TEST_CASE_FIXTURE(Simulated, "Led: a pattern is a task that repeats its times") {
    watch(trace, "lit", percent, 16, 160);
    auto body = [&]() -> Coro<> {
        Led led{16};
        co_await led.pattern(three, 1);
        trace("done", percent(16));
        auto task = create_task(led.pattern(std::span{three}.first(2)));
        co_await sleep_ms(75);
        task.cancel();
        co_await sleep_ms(0);
        CHECK(percent(16) == 0);
        static constexpr std::chrono::milliseconds nothing[] = {0ms, -5ms, 0ms};
        co_await led.pattern(nothing);
        co_await led.pattern({});
        CHECK(sim::now() == 135ms);
        CHECK_FALSE(led.lit());
    };
    CHECK(run(body()));
    trace.expect({"0.5 lit 100", "10.5 lit 0", "30.5 lit 100", "60 done 0", "70.5 lit 0", "90.5 lit 100", "100.5 lit 0",
                  "120.5 lit 100", "130.5 lit 0"});
}

TEST_CASE_FIXTURE(Simulated, "Led: a fade looks even, takes its time and ends at its goal") {
    auto body = [&]() -> Coro<> {
        Led led{16};
        auto fading = create_task(led.fade(200, 100ms));
        for (int step = 0; step < 20; ++step) {
            co_await sleep_until(Clock::time_point{std::chrono::milliseconds{5 * step + 2}});
            CHECK(led.brightness() == 10 * step);
        }
        co_await fading;
        CHECK(sim::now() == 100ms);
        CHECK(led.brightness() == 200);
        co_await led.fade(200, 7ms);
        CHECK(sim::now() == 107ms);
        co_await led.fade(0, 1h);
        CHECK(sim::now() == 1h + 107ms);
        CHECK(percent(16) == 0);
        co_await led.fade(3, 0ms);
        co_await led.fade(255, -1s);
        CHECK(sim::now() == 1h + 107ms);
        CHECK(percent(16) == 100);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Led: cancelled at any moment, blink and pattern leave it off, and a fade leaves it where it is") {
    for (unsigned us = 1; us < 65'000; us += 1'250) {
        for (int what = 0; what < 3; ++what) {
            CAPTURE(us);
            CAPTURE(what);
            sim::reset();
            sim::capture(true);
            auto body = [&]() -> Coro<> {
                Led led{16};
                auto task = what == 0   ? create_task(led.blink(20ms))
                            : what == 1 ? create_task(led.pattern(three))
                                        : create_task(led.fade(255, 255ms));
                co_await sleep(std::chrono::microseconds{us});
                const auto before = led.brightness();
                task.cancel();
                const auto ended = co_await catch_cancelled(task);
                CHECK(ended == test::cancelled);
                CHECK(led.brightness() == (what == 2 ? before : 0));
                if (what == 2) CHECK(before == us / 5'000 * 5);
                const auto high = sim::pwm(16).high_us;
                co_await sleep_ms(50);
                CHECK(sim::pwm(16).high_us == high);
            };
            CHECK(run(body()));
        }
    }
}

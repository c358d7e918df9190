#include <uasync/device/servo.hpp>
#include <uasync/uasync.hpp>

#include <device/pulses.hpp>
#include <support/death.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::last_words;
using uasync::test::Simulated;
using uasync::test::watch;

namespace {

int pulse_us(unsigned pin) { return static_cast<int>(sim::pwm(pin).high_us + 0.5); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Servo: an angle is a pulse, 50 times a second, and stays within the limits") {
    {
        Servo arm{16};
        CHECK(sim::pwm(16).freq > 49.99);
        CHECK(sim::pwm(16).freq < 50.01);
        CHECK(pulse_us(16) == 0);
        CHECK(arm.released());
        CHECK(arm.degrees() == 90);
        for (int angle = 0; angle <= 180; ++angle) {
            arm.degrees(angle);
            REQUIRE(arm.degrees() == angle);
            REQUIRE(std::abs(pulse_us(16) - (500 + angle * 2000 / 180.0)) <= 1);
        }
        arm.degrees(90);
        CHECK(pulse_us(16) == 1500);
        arm.degrees(181);
        CHECK(pulse_us(16) == 2500);
        arm.degrees(-1);
        CHECK(pulse_us(16) == 500);
        CHECK_FALSE(arm.released());
        arm.release();
        CHECK(pulse_us(16) == 0);
        CHECK(arm.released());
        CHECK(arm.degrees() == 0);
    }
    CHECK(sim::pwm(16).freq == 0);
}

TEST_CASE_FIXTURE(Simulated, "Servo: other pulses, a direction, a range and limits of its own") {
    Servo turned{16, {.pulse_at_0 = 2000us, .pulse_at_end = 1000us, .min_degrees = 30, .max_degrees = 150}};
    CHECK(turned.degrees() == 90);
    turned.degrees(0);
    CHECK(pulse_us(16) == 1833);
    CHECK(turned.degrees() == 30);
    turned.degrees(180);
    CHECK(pulse_us(16) == 1167);
    CHECK(turned.degrees() == 150);
    Servo wide{2, {.range = 270, .max_degrees = 270, .freq = 300}};
    wide.degrees(135);
    CHECK(pulse_us(2) == 1500);
    wide.degrees(270);
    CHECK(pulse_us(2) == 2500);
    CHECK(wide.degrees() == 270);
    CHECK(sim::pwm(2).freq > 299.9);
    CHECK(sim::pwm(2).freq < 300.1);
    Servo fixed{4, {.pulse_at_0 = 1500us, .pulse_at_end = 1500us, .min_degrees = 7, .max_degrees = 7}};
    fixed.degrees(7);
    CHECK(fixed.degrees() == 7);
}

TEST_CASE_FIXTURE(Simulated, "Servo: a move turns evenly, from where it was told to be") {
    watch(trace, "us", pulse_us, 16, 300);
    auto body = [&]() -> Coro<> {
        Servo arm{16};
        co_await arm.move(0, 40ms);  // from nobody knows where, so at once
        CHECK(sim::now() == 40ms);
        co_await arm.move(90, 100ms);
        CHECK(sim::now() == 140ms);
        arm.release();
        co_await sleep_ms(20);
        co_await arm.move(1000, 50ms);
        CHECK(sim::now() == 210ms);
        CHECK(arm.degrees() == 180);
        co_await arm.move(90, 0ms);
        co_await arm.move(0, -5s);
        CHECK(sim::now() == 210ms);
        co_await sleep_ms(5);
    };
    CHECK(run(body()));
    trace.expect({"0.5 us 500", "60.5 us 700", "80.5 us 900", "100.5 us 1100", "120.5 us 1300", "140.5 us 0", "185.5 us 2000",
                  "210.5 us 500"});
}

TEST_CASE_FIXTURE(Simulated, "Servo: a cancelled move holds the angle that was told last, at every moment") {
    for (unsigned ms = 0; ms < 200; ms += 7) {
        CAPTURE(ms);
        sim::reset();
        sim::capture(true);
        auto body = [&]() -> Coro<> {
            Servo arm{16};
            arm.degrees(0);
            auto moving = create_task(arm.move(180, 200ms));
            co_await sleep_ms(ms);
            moving.cancel();
            const auto ended = co_await catch_cancelled(moving);
            CHECK(ended == test::cancelled);
            CHECK(arm.degrees() == static_cast<int>(ms / 20 * 18));
            const int holds = pulse_us(16);
            CHECK(holds == static_cast<int>(500 + ms / 20 * 200));
            co_await sleep_ms(300);
            CHECK(pulse_us(16) == holds);
            CHECK_FALSE(arm.released());
        };
        if (ms % 20 != 0 || ms == 0) CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "Servo: options that contradict each other are a fatal error that says so") {
    for (const ServoOptions& wrong : {ServoOptions{.min_degrees = 91, .max_degrees = 90}, ServoOptions{.min_degrees = -1},
                                      ServoOptions{.max_degrees = 181}, ServoOptions{.range = 90}}) {
        CHECK(last_words([&] { Servo arm{16, wrong}; }).find("min_degrees <= max_degrees") != std::string::npos);
    }
    for (const ServoOptions& wrong :
         {ServoOptions{.pulse_at_0 = 0us}, ServoOptions{.pulse_at_end = 20ms}, ServoOptions{.freq = 400}}) {
        CHECK(last_words([&] { Servo arm{16, wrong}; }).find("below a period") != std::string::npos);
    }
    CHECK(last_words([] { Servo arm{16, {.freq = 15}}; }).find("16 to 400 hertz") != std::string::npos);
    CHECK(last_words([] { Servo arm{16, {.range = 0}}; }).find("1 to 3600 degrees") != std::string::npos);
}

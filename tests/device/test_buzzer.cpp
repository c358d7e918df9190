#include <uasync/device/buzzer.hpp>
#include <uasync/uasync.hpp>

#include <device/pulses.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::heard;
using uasync::test::percent;
using uasync::test::Simulated;
using uasync::test::watch;

TEST_CASE_FIXTURE(Simulated, "Buzzer: a tone has its frequency, half of the time high, for its duration") {
    watch(trace, "hertz", heard, 20, 200);
    auto body = [&]() -> Coro<> {
        Buzzer buzzer{20};
        co_await sleep_ms(10);
        auto sounding = create_task(buzzer.tone(440, 50ms));
        co_await sleep_ms(20);
        CHECK(percent(20) == 50);
        co_await sounding;
        CHECK(sim::now() == 60ms);
        co_await sleep_ms(10);
        buzzer.on(10'000);
        co_await sleep_ms(10);
        buzzer.on(0);
        co_await sleep_ms(10);
        buzzer.on(100);
        co_await sleep_ms(10);
        buzzer.off();
        co_await buzzer.tone(0, 10ms);
        CHECK(sim::now() == 110ms);
        co_await buzzer.tone(1000, -1s);
        CHECK(sim::now() == 110ms);
        co_await sleep_ms(10);
    };
    CHECK(run(body()));
    CHECK(sim::pwm(20).freq == 0);
    trace.expect({"10.5 hertz 440", "60.5 hertz 0", "70.5 hertz 10000", "80.5 hertz 0", "90.5 hertz 100", "100.5 hertz 0"});
}

TEST_CASE_FIXTURE(Simulated, "Buzzer: a melody plays its notes in their time, with silence between them") {
    watch(trace, "hertz", heard, 20, 700);
    auto body = [&]() -> Coro<> {
        Buzzer buzzer{20};
        co_await buzzer.play("A4:1 A4:1 R:1 C5:2", 240);  // a tick is 62.5 ms
        CHECK(sim::now() == 312'500us);
        co_await buzzer.play("A4:1 B4:1", 3000);  // 5 ms
        CHECK(sim::now() == 322'500us);
        co_await buzzer.play("");
        co_await buzzer.play("R:1", 0);  // as 1
        CHECK(sim::now() == 15'322'500us);
    };
    CHECK(run(body()));
    trace.expect({"0.5 hertz 440", "53.5 hertz 0", "63.5 hertz 440", "115.5 hertz 0", "188.5 hertz 523", "303.5 hertz 0",
                  "313.5 hertz 440", "315.5 hertz 0", "318.5 hertz 494", "320.5 hertz 0"});
}

TEST_CASE_FIXTURE(Simulated, "Buzzer: cancelled at any moment it is silent") {
    for (unsigned us = 0; us < 300'000; us += 3'300) {
        for (int what = 0; what < 2; ++what) {
            CAPTURE(us);
            CAPTURE(what);
            sim::reset();
            sim::capture(true);
            auto body = [&]() -> Coro<> {
                Buzzer buzzer{20};
                auto task = what == 0 ? create_task(buzzer.tone(440, 1h)) : create_task(buzzer.play("C4:1 C#4:1 R:1 C4:1"));
                co_await sleep(std::chrono::microseconds{us});
                task.cancel();
                const auto ended = co_await catch_cancelled(task);
                CHECK(ended == test::cancelled);
                CHECK(heard(20) == 0);
                co_await sleep_ms(500);
                CHECK(heard(20) == 0);
                const auto limited = co_await wait_for(buzzer.tone(300, 1h), std::chrono::microseconds{us});
                CHECK(limited == std::unexpected{Error::timeout});
                CHECK(heard(20) == 0);
            };
            CHECK(run(body()));
        }
    }
}

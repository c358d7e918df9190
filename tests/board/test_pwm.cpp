#include <memory>

#include <uasync/board.hpp>
#include <uasync/sim/pwm.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> waits(Trace& trace, const Pwm& pwm, int id) {
    for (int i = 0; i < 2; ++i) {
        co_await pwm.wait_for_wrap();
        trace("task", id);
    }
}

bool near(double value, double expected) { return value > expected * 0.999 - 0.1 && value < expected * 1.001 + 0.1; }

}  // namespace

TEST_CASE_FIXTURE(Simulated,
                  "Pwm: frequencies and widths from the lowest to the highest are what was set, or the nearest possible ones") {
    for (const std::uint32_t hertz : {8U, 50U, 440U, 1000U, 25'000U, 1'000'000U, 62'500'000U}) {
        CAPTURE(hertz);
        Pwm pwm{25, {.freq = hertz, .duty_u16 = 32768}};
        CHECK(pwm.freq() == hertz);
        CHECK(sim::pwm(25).freq > 0.999 * hertz);
        CHECK(sim::pwm(25).freq < 1.001 * hertz);
        const double period_us = 1e6 / sim::pwm(25).freq;
        if (hertz <= 1000) CHECK(near(sim::pwm(25).high_us, period_us / 2));
        pwm.duty_u16(65535);
        CHECK(near(sim::pwm(25).high_us, period_us));
        CHECK(pwm.duty_u16() == 65535);
        pwm.duty_u16(0);
        CHECK(sim::pwm(25).high_us == 0);
    }
    CHECK(sim::pwm(25).freq == 0);
    Pwm slow{25, {.freq = 1}};
    CHECK(slow.freq() == 7);
    Pwm corrected{3, {.freq = 10'000, .duty_u16 = 16384, .invert = true, .phase_correct = true}};
    CHECK(corrected.freq() == 10'000);
    CHECK(near(sim::pwm(3).freq, 10'000));
    CHECK(near(sim::pwm(3).high_us, 25));
    CHECK(sim::pwm(3).is_inverted);
    corrected.duty_ns(10'000);
    CHECK(near(sim::pwm(3).high_us, 10));
}

TEST_CASE_FIXTURE(Simulated, "Pwm: a width keeps its share, or its time, when the frequency changes") {
    Pwm share{2, {.freq = 100, .duty_u16 = 13107}};
    CHECK(near(sim::pwm(2).high_us, 2000));
    share.freq(1000);
    CHECK(near(sim::pwm(2).high_us, 200));
    share.duty_ns(100'000);
    share.freq(50);
    CHECK(near(sim::pwm(2).high_us, 100));
    share.freq(100'000);  // longer than the period
    CHECK(near(sim::pwm(2).high_us, 10));
    CHECK(share.duty_u16() == 65535);
    share.freq(50);
    CHECK(near(sim::pwm(2).high_us, 100));
    share.duty_ns(19'999'000);
    CHECK(near(sim::pwm(2).high_us, 19'999));
}

TEST_CASE_FIXTURE(Simulated, "Pwm: tasks that wait are woken together, but not one that was cancelled") {
    auto body = [&]() -> Coro<> {
        Pwm slow{0, {.freq = 100}};
        Pwm fast{2, {.freq = 500}};
        auto first = create_task(waits(trace, slow, 1));
        auto second = create_task(waits(trace, slow, 2));
        auto third = create_task(waits(trace, slow, 3));
        auto other = create_task(waits(trace, fast, 0));
        co_await sleep_ms(5);
        second.cancel();
        const auto ended = co_await catch_cancelled(second);
        CHECK(ended == std::unexpected{Error::cancelled});
        co_await third;
        const auto late = co_await wait_for_ms(slow.wait_for_wrap(), 3);
        CHECK(late == std::unexpected{Error::timeout});
        co_await sleep_ms(100);
        co_await slow.wait_for_wrap();
        CHECK(sim::now() >= 129'990us);
        CHECK(sim::now() <= 130ms);
    };
    CHECK(run(body()));
    trace.expect({"2 task 0", "4 task 0", "10 task 1", "10 task 3", "20 task 1", "20 task 3"});
}

TEST_CASE_FIXTURE(Simulated, "Pwm: the interrupt does not know a wait that was cancelled") {
    auto body = [&]() -> Coro<> {
        Pwm slow{0, {.freq = 100}};
        auto kept = create_task(waits(trace, slow, 1));
        auto pool = std::make_unique<StaticFramePool<2048>>();
        {
            auto cancelled = pool->create_task(waits, trace, slow, 2);
            co_await sleep_ms(5);
            cancelled.cancel();
            const auto ended = co_await catch_cancelled(cancelled);
            CHECK(ended == std::unexpected{Error::cancelled});
        }
        pool.reset();  // from here on, the address sanitizer tells who looks at the frame
        co_await kept;
        CHECK(sim::now() <= 20ms);
    };
    CHECK(run(body()));
    trace.expect({"10 task 1", "20 task 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Pwm: a ramp passes through the widths in between, ends with the last, and stays where it is cancelled") {
    auto body = [&]() -> Coro<> {
        Pwm pwm{4, {.freq = 1000, .duty_u16 = 10'000}};
        auto ramp = create_task(pwm.ramp_to_u16(20'000, 50ms));
        co_await sleep_ms(26);
        CHECK(pwm.duty_u16() == 15'000);
        co_await ramp;
        CHECK(sim::now() == 50ms);
        CHECK(pwm.duty_u16() == 20'000);
        ramp = create_task(pwm.ramp_to_u16(0, 1h));
        co_await sleep(30min);
        ramp.cancel();
        const auto ended = co_await catch_cancelled(ramp);
        CHECK(ended == std::unexpected{Error::cancelled});
        CHECK(pwm.duty_u16() >= 9'990);
        CHECK(pwm.duty_u16() <= 10'010);
        co_await pwm.ramp_to_u16(7, 0ms);
        CHECK(pwm.duty_u16() == 7);
    };
    CHECK(run(body()));
}

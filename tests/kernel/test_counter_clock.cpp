#include <algorithm>
#include <bit>
#include <random>

#include <doctest/doctest.h>

#include <uasync/kernel/counter_clock.hpp>

using namespace uasync;

namespace {

// A counter whose time the test moves tick by tick, with the alarm of a real one: it fires once, when the counter has a certain value.
template <std::uint32_t Hertz, unsigned Bits>
struct Fake {
    static constexpr std::uint32_t hertz = Hertz;
    static constexpr unsigned bits = Bits;
    static constexpr std::uint32_t mask = 0xffffffffU >> (32 - Bits);

    static inline std::uint64_t ticks = 0;      // since the beginning, without wrapping
    static inline std::uint64_t alarm = 0;      // in the same ticks
    static inline unsigned ticks_per_look = 0;  // how much time each look at the counter takes
    static inline unsigned times_armed = 0;

    static void reset(std::uint64_t start) {
        ticks = start;
        alarm = ~std::uint64_t{0};
        ticks_per_look = 0;
        times_armed = 0;
    }
    static std::uint32_t read() noexcept {
        ticks += ticks_per_look;
        return static_cast<std::uint32_t>(ticks) & mask;
    }
    static void arm(std::uint32_t distance) noexcept {
        CHECK(distance >= 1);
        CHECK(distance <= mask / 2);
        alarm = ticks + distance;
        ++times_armed;
    }
    /// Microseconds from a moment until now, rounded down.
    static std::uint64_t us_since(std::uint64_t start) {
        const std::uint64_t passed = ticks - start;
        return passed / Hertz * 1'000'000U + passed % Hertz * 1'000'000U / Hertz;
    }
};

/// Moves time on to the alarm, and takes its interrupt, that many ticks late. True if it signals.
template <class Counter>
bool to_alarm(CounterClock<Counter>& clock, std::uint64_t late = 0) {
    Counter::ticks = std::max(Counter::ticks, Counter::alarm + late);
    return clock.interrupt();
}

template <class Counter>
void keeps_time_over_many_turns() {
    std::mt19937_64 random{Counter::hertz + Counter::bits};
    const std::uint64_t start = random();
    Counter::reset(start);
    CounterClock<Counter> clock;
    clock.start();
    Time last = 0;
    for (int i = 0; i < 5'000; ++i) {
        if (random() % 4 == 0) {
            CHECK_FALSE(to_alarm(clock, random() % 3));  // no deadline
        } else {
            Counter::ticks += random() % (Counter::alarm - Counter::ticks);
        }
        const Time now = clock.now();
        CHECK(now >= last);
        last = now;
        const std::uint64_t exact = Counter::us_since(start);
        CHECK(now <= exact);
        CHECK(now + 1 >= exact);
        if (1'000'000U % Counter::hertz == 0 || Counter::hertz % 1'000'000U == 0) CHECK(now == exact);
    }
    CHECK(Counter::ticks - start > std::uint64_t{CounterClock<Counter>::reach} * 500);
}

template <class Counter>
void wakes_on_time() {
    std::mt19937_64 random{Counter::hertz};
    Counter::reset(random());
    CounterClock<Counter> clock;
    clock.start();
    constexpr int widest = std::bit_width(CounterClock<Counter>::to_us(CounterClock<Counter>::reach)) + 4;
    for (int i = 0; i < 5'000; ++i) {
        const Time before = clock.now();
        // All distances, from nothing to several turns.
        const Time deadline = before + (random() & ((std::uint64_t{1} << random() % widest) - 1));
        bool signalled = clock.set_alarm(deadline);
        CHECK(signalled == (deadline <= before));
        while (!signalled) {
            Counter::ticks = Counter::alarm - 1;
            CHECK(clock.now() < deadline);
            Counter::ticks = Counter::alarm;
            signalled = clock.interrupt();
            CHECK(signalled == (clock.now() >= deadline));
        }
        if (random() % 4 == 0) Counter::ticks += random() % 1000;
    }
}

template <class Counter>
void all() {
    CAPTURE(Counter::hertz);
    CAPTURE(Counter::bits);
    keeps_time_over_many_turns<Counter>();
    wakes_on_time<Counter>();
}

}  // namespace

TEST_CASE("counters of any width and rate keep time over many turns, and wake on time") {
    all<Fake<1'000'000, 32>>();
    all<Fake<25'000'000, 32>>();
    all<Fake<64'000'000, 32>>();
    all<Fake<133'000'000, 32>>();
    all<Fake<1'500'000, 32>>();
    all<Fake<12'345'679, 32>>();  // has no divisor in common with 1,000,000
    all<Fake<199'999'999, 32>>();
    all<Fake<32'768, 32>>();
    all<Fake<32'768, 24>>();
    all<Fake<1000, 32>>();
    all<Fake<100, 32>>();
    all<Fake<25'000'000, 24>>();
    all<Fake<16'000'000, 16>>();
    all<Fake<1'000'000, 16>>();
}

TEST_CASE("a deadline that passes while it is being set is told at once, and the next alarm is within reach") {
    using Counter = Fake<1'000'000, 32>;
    using Clock = CounterClock<Counter>;
    for (unsigned look = 1; look < 20; ++look) {
        Counter::reset(0xfffffff0);
        Clock clock;
        clock.start();
        Counter::ticks_per_look = look;
        const Time deadline = clock.now() + look + 1;  // the first look comes before it, the second does not
        CHECK(clock.set_alarm(deadline));
        CHECK(Counter::alarm - Counter::ticks <= Clock::reach);
        Counter::ticks_per_look = 0;
        CHECK_FALSE(to_alarm(clock));  // it is told once
    }
}

TEST_CASE("an alarm takes the place of the one before; never cancels it") {
    using Counter = Fake<25'000'000, 32>;
    Counter::reset(0);
    CounterClock<Counter> clock;
    clock.start();
    CHECK_FALSE(clock.set_alarm(5000));
    CHECK_FALSE(clock.set_alarm(100));
    CHECK(Counter::alarm == 2500);
    CHECK_FALSE(clock.set_alarm(700));
    CHECK(Counter::alarm == 700 * 25);
    CHECK_FALSE(clock.set_alarm(never));
    CHECK(Counter::alarm == CounterClock<Counter>::reach);
    CHECK_FALSE(to_alarm(clock));
}

TEST_CASE("an interrupt that comes too early keeps the alarm") {
    using Counter = Fake<25'000'000, 32>;
    Counter::reset(0);
    CounterClock<Counter> clock;
    clock.start();
    CHECK_FALSE(clock.set_alarm(1000));
    for (Counter::ticks = 0; Counter::ticks < 25'000; Counter::ticks += 999) CHECK_FALSE(clock.interrupt());
    CHECK(Counter::alarm == 25'000);
    CHECK(to_alarm(clock));
}

TEST_CASE("a deadline beyond the reach takes one interrupt each reach") {
    using Counter = Fake<25'000'000, 32>;
    Counter::reset(0);
    CounterClock<Counter> clock;
    clock.start();
    constexpr Time hour = 3'600'000'000;
    CHECK_FALSE(clock.set_alarm(hour));
    while (!to_alarm(clock)) {
    }
    CHECK(clock.now() == hour);
    CHECK(Counter::times_armed <= hour * 25 / CounterClock<Counter>::reach + 5);
}

TEST_CASE("microseconds and ticks are exact where one is a whole number of the other") {
    using Clock = CounterClock<Fake<133'000'000, 32>>;
    for (std::uint32_t us = 0; us < Clock::to_us(Clock::reach); us += 997) {
        const std::uint32_t ticks = us * 133;
        CHECK(Clock::to_ticks(us) == ticks);
        CHECK(Clock::to_us(ticks) == us);
        CHECK(Clock::to_us(ticks + 132) == us);
        if (ticks != 0) CHECK(Clock::to_us(ticks - 1) == us - 1);
    }
}

TEST_CASE("a processor without long multiplications gets the same products") {
    std::mt19937 random{7};
    for (int i = 0; i < 100'000; ++i) {
        const auto a = static_cast<std::uint32_t>(i % 3 == 0 ? random() | 0xffff0000U : random());
        const auto b = static_cast<std::uint32_t>(i % 5 == 0 ? ~std::uint32_t{0} : random());
        CHECK(detail::product_high_of_halves(a, b) == std::uint64_t{a} * b >> 32U);
        CHECK(detail::product_high(a, b) == std::uint64_t{a} * b >> 32U);
    }
}

#include <algorithm>
#include <array>
#include <deque>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/kernel/timer_wheel.hpp>

#include "timer_model.hpp"

// What only the wheel can get wrong: levels and the moves between them. The rest is in test_timer_queue.cpp.

using namespace uasync;
using timer_model::Model;
using timer_model::Timer;

namespace {

/// What is due by `now`, in the order in which it leaves: places in `timers`.
std::vector<std::ptrdiff_t> taken(TimerWheel& wheel, std::span<const Timer> timers, Time now) {
    std::vector<std::ptrdiff_t> order;
    while (const auto* due = static_cast<const Timer*>(wheel.take_due(now))) order.push_back(due - timers.data());
    return order;
}

}  // namespace

TEST_CASE("a timer that was set far ahead leaves before one with its deadline that was set later and nearer") {
    // The deadline is 1 away from the second insertion, but as far from the first as each level begins.
    for (unsigned level = 0; level < 9; ++level) {
        CAPTURE(level);
        const Time deadline = (Time{1} << (6 * level)) + 5;
        std::array timers{Timer{deadline}, Timer{deadline}, Timer{deadline}, Timer{deadline}};
        TimerWheel wheel;
        wheel.insert(timers[0]);
        CHECK(wheel.take_due(deadline / 2) == nullptr);
        wheel.insert(timers[1]);
        CHECK(wheel.take_due(deadline - 1) == nullptr);
        wheel.insert(timers[2]);
        CHECK(wheel.first() == timers.data());
        CHECK(wheel.take_due(deadline) == timers.data());
        wheel.insert(timers[3]);
        CHECK(taken(wheel, timers, deadline) == std::vector<std::ptrdiff_t>{1, 2, 3});
    }
}

TEST_CASE("the earliest is exact around the edges of every level, whatever the time") {
    for (unsigned level = 0; level < 9; ++level) {
        for (const Time start : {Time{0}, Time{1}, Time{63}, Time{64}, (Time{1} << 30) - 1, Time{1} << 48}) {
            const Time edge = Time{1} << (6 * level);
            std::deque<Timer> timers;
            TimerWheel wheel;
            Model model;
            CHECK(wheel.take_due(start) == nullptr);
            for (const Time offset : {edge + 1, edge, edge - 1, 2 * edge, 63 * edge, 64 * edge, 64 * edge - 1, edge, edge + 1}) {
                Timer& timer = timers.emplace_back(std::min(never, start + offset));
                wheel.insert(timer);
                model.insert(timer);
                REQUIRE(wheel.first() == model.first());
            }
            while (Timer* next = model.first()) {
                if (next->deadline() > start) REQUIRE(wheel.take_due(next->deadline() - 1) == nullptr);
                REQUIRE(wheel.first() == next);
                REQUIRE(wheel.take_due(next->deadline()) == next);
                model.remove(*next);
            }
            CHECK(wheel.first() == nullptr);
        }
    }
}

TEST_CASE("looking for the first does not put timers where those that come before them belong") {
    std::array timers{Timer{5'000'000}, Timer{5'000'001}, Timer{5'000'001}, Timer{70}, Timer{4'999'999}};
    TimerWheel wheel;
    for (std::size_t i = 0; i < 3; ++i) wheel.insert(timers[i]);
    wheel.remove(timers[0]);  // cancelled: the next is looked for, long before it is due
    CHECK(wheel.first() == &timers[1]);
    CHECK(wheel.take_due(10) == nullptr);
    wheel.insert(timers[3]);
    CHECK(wheel.first() == &timers[3]);
    CHECK(taken(wheel, timers, 80) == std::vector<std::ptrdiff_t>{3});
    wheel.insert(timers[4]);
    CHECK(taken(wheel, timers, 5'000'001) == std::vector<std::ptrdiff_t>{4, 1, 2});
}

TEST_CASE("a slot that has been entered early keeps its timers in order") {
    // The time stops inside of the slot, before its first timer; what is set then lies beside what was put down.
    std::array timers{Timer{4100}, Timer{4200}, Timer{4100}, Timer{4200}, Timer{4150}, Timer{4100}};
    TimerWheel wheel;
    for (std::size_t i = 0; i < 4; ++i) wheel.insert(timers[i]);
    CHECK(wheel.take_due(4097) == nullptr);
    wheel.insert(timers[4]);
    wheel.insert(timers[5]);
    CHECK(taken(wheel, timers, 10'000) == std::vector<std::ptrdiff_t>{0, 2, 5, 4, 1, 3});
}

TEST_CASE("timers are moved a few times each, however many there are and however often the loop looks") {
    constexpr std::size_t count = 100'000;
    constexpr Time start = Time{1} << 36;
    std::deque<Timer> timers;
    for (std::size_t i = 0; i < count; ++i) timers.emplace_back(start + 10 * i);
    TimerWheel wheel;
    bool right = true;
    for (Timer& timer : timers) wheel.insert(timer);
    for (Time i = 0; i < count; ++i) right = right && wheel.take_due(start / count * i) == nullptr;
    for (Timer& timer : timers) {
        right = right && wheel.take_due(timer.deadline() - 1) == nullptr && wheel.take_due(timer.deadline() + 5) == &timer;
    }
    TimerWheel late_looks;
    for (Timer& timer : timers) late_looks.insert(timer);
    for (Timer& timer : timers) right = right && late_looks.take_due(never) == &timer;
    CHECK(right);
    CHECK(wheel.first() == nullptr);
    CHECK(late_looks.first() == nullptr);
}

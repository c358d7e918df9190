#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/kernel/timer_heap.hpp>
#include <uasync/kernel/timer_queue.hpp>
#include <uasync/kernel/timer_wheel.hpp>

#include "timer_model.hpp"

// What a board's timer queue and a host's have to do alike: each case runs on both.
#if UASYNC_BOARD
#define CASE(name) TEST_CASE_TEMPLATE(name, Queue, TimerHeap)
#else
#define CASE(name) TEST_CASE_TEMPLATE(name, Queue, TimerHeap, TimerWheel)
#endif

using namespace uasync;
using timer_model::Model;
using timer_model::Timer;

namespace {

/// Random inserts and removals, of the first and from anywhere, about `population` at a time; false at the first difference.
template <class Queue>
bool agrees_with_the_model(unsigned seed, int operations, std::size_t population, Time deadlines) {
    std::mt19937 random{seed};
    std::deque<Timer> timers;
    std::vector<Timer*> idle;
    Queue queue;
    Model model;
    for (int i = 0; i < operations; ++i) {
        const auto dice = random() % 100;
        if (model.size() == 0 || (model.size() < 2 * population && dice < (model.size() < population ? 60U : 40U))) {
            Timer* timer = nullptr;
            const Time deadline = random() % deadlines;
            if (idle.empty()) {
                timer = &timers.emplace_back(deadline);
            } else {
                timer = idle.back();
                idle.pop_back();
                timer->set_deadline(deadline);
            }
            queue.insert(*timer);
            model.insert(*timer);
        } else {
            Timer& timer = dice % 3 == 0 ? *model.first() : model.at(random() % model.size());
            queue.remove(timer);
            model.remove(timer);
            idle.push_back(&timer);
        }
        if (queue.first() != model.first()) return false;
    }
    while (Timer* timer = model.first()) {
        if (queue.first() != timer) return false;
        queue.remove(*timer);
        model.remove(*timer);
    }
    return queue.first() == nullptr;
}

}  // namespace

CASE("an empty queue has no first timer") {
    Queue queue;
    CHECK(queue.first() == nullptr);
    Timer timer{5};
    queue.insert(timer);
    CHECK(queue.first() == &timer);
    queue.remove(timer);
    CHECK(queue.first() == nullptr);
}

CASE("timers leave in the order of their deadlines, equal ones in that of their insertion") {
    std::deque<Timer> timers;
    Queue queue;
    for (const Time deadline : {5U, 3U, 5U, 1U, 3U, 5U, 1U}) queue.insert(timers.emplace_back(deadline));
    for (const std::size_t expected : {3U, 6U, 1U, 4U, 0U, 2U, 5U}) {
        REQUIRE(queue.first() == &timers[expected]);
        queue.remove(timers[expected]);
    }
    CHECK(queue.first() == nullptr);
}

CASE("it does what a stable sort does: 100,000 random inserts and removals, few equal deadlines") {
    for (unsigned seed = 0; seed < 4; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model<Queue>(seed, 25'000, 40, 1'000'000));
    }
}

CASE("it does what a stable sort does: 100,000 random inserts and removals, nearly all deadlines equal") {
    for (unsigned seed = 0; seed < 4; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model<Queue>(seed, 25'000, 40, 3));
    }
}

CASE("it does what a stable sort does: many small populations, so that every shape of a small heap occurs") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model<Queue>(seed, 60, 2 + seed % 7, 1 + seed % 5));
    }
}

CASE("it does what a stable sort does: a large population") { CHECK(agrees_with_the_model<Queue>(7, 6'000, 1'000, 50)); }

CASE("removing every timer from any place of any order of eight leaves the others in order") {
    std::vector<Time> deadlines{1, 1, 2, 2, 3, 3, 4, 4};
    int orders = 0;
    bool right = true;
    do {
        for (std::size_t removed = 0; removed < deadlines.size(); ++removed) {
            std::deque<Timer> timers;
            Queue queue;
            Model model;
            for (const Time deadline : deadlines) {
                Timer& timer = timers.emplace_back(deadline);
                queue.insert(timer);
                model.insert(timer);
            }
            // One removal of the first makes the heap deep; then the interior one.
            Timer* first = model.first();
            queue.remove(*first);
            model.remove(*first);
            if (&timers[removed] != first) {
                queue.remove(timers[removed]);
                model.remove(timers[removed]);
            }
            while (Timer* timer = model.first()) {
                right = right && queue.first() == timer;
                if (!right) break;
                queue.remove(*timer);
                model.remove(*timer);
            }
        }
        ++orders;
    } while (right && std::ranges::next_permutation(deadlines).found);
    CHECK(right);
    CHECK(orders == 2520);
}

CASE("deadlines use all of their 51 bits") {
    std::deque<Timer> timers;
    Queue queue;
    for (const Time deadline :
         {never, never - 1, Time{1} << 50, Time{1} << 33, (Time{1} << 32) + 1, Time{1} << 32, (Time{1} << 32) - 1, Time{0}}) {
        CHECK(timers.emplace_back(deadline).deadline() == deadline);
        queue.insert(timers.back());
    }
    for (std::size_t i = timers.size(); i-- > 0;) {
        REQUIRE(queue.first() == &timers[i]);
        queue.remove(timers[i]);
    }
}

CASE("100,000 timers in ascending, descending and equal order leave in time") {
    constexpr int count = UASYNC_BOARD ? 10'000 : 100'000;  // a board has memory for so many
    for (int kind = 0; kind < 3; ++kind) {
        std::deque<Timer> timers;
        Queue queue;
        for (int i = 0; i < count; ++i) {
            queue.insert(timers.emplace_back(static_cast<Time>(kind == 0 ? i : kind == 1 ? count - i : 5)));
        }
        bool right = true;
        for (int i = 0; i < count; ++i) {
            Timer& expected = timers[static_cast<std::size_t>(kind == 1 ? count - 1 - i : i)];
            right = right && queue.first() == &expected;
            queue.remove(expected);
        }
        CHECK(right);
        CHECK(queue.first() == nullptr);
    }
}

CASE("only what is due is taken, one at a time, equal deadlines in the order of their insertion") {
    std::deque<Timer> timers;
    Queue queue;
    CHECK(queue.take_due(5) == nullptr);
    for (const Time deadline : {30U, 20U, 10U, 20U, 5U}) queue.insert(timers.emplace_back(deadline));
    CHECK(queue.take_due(4) == nullptr);
    CHECK(queue.take_due(19) == &timers[4]);
    CHECK(queue.take_due(19) == &timers[2]);
    CHECK(queue.take_due(19) == nullptr);
    CHECK(queue.first() == &timers[1]);
    CHECK(queue.take_due(1000) == &timers[1]);
    CHECK(queue.take_due(1000) == &timers[3]);
    CHECK(queue.take_due(1000) == &timers[0]);
    CHECK(queue.take_due(1000) == nullptr);
    CHECK(queue.first() == nullptr);
}

CASE("a deadline that has passed, or is the present, is due at once, and in order with the others") {
    std::deque<Timer> timers;
    Queue queue;
    CHECK(queue.take_due(1'000'000) == nullptr);
    for (const Time deadline : {1'000'001U, 1'000'000U, 999'999U, 0U, 999'999U, 0U}) {
        queue.insert(timers.emplace_back(deadline));
        CHECK(queue.take_due(0) == (deadline == 0 ? &timers.back() : nullptr));
    }
    queue.remove(timers[2]);
    CHECK(queue.first() == &timers[4]);
    CHECK(queue.take_due(1'000'000) == &timers[4]);
    CHECK(queue.take_due(1'000'000) == &timers[1]);
    CHECK(queue.take_due(1'000'000) == nullptr);
    CHECK(queue.first() == &timers[0]);
}

CASE("as time goes on it does what a stable sort does, near and far, by small steps and by large") {
    for (unsigned seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        CHECK(timer_model::agrees_as_time_goes_on<Queue>(seed, 20'000, seed % 3 == 0 ? 400 : 12));
    }
}

#if !UASYNC_BOARD
TEST_CASE("a host takes the wheel") { CHECK(std::is_same_v<TimerQueue, TimerWheel>); }
#endif

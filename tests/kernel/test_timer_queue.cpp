#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/kernel/timer_queue.hpp>

using namespace uasync;

namespace {

struct Timer : WaitNode {
    explicit Timer(Time deadline) { set_deadline(deadline); }
};

/// What the queue has to do, in the simplest way: sorted by deadline, equal ones in the order of insertion.
class Model {
public:
    void insert(Timer& timer) {
        // What a stable sort would do with a newcomer at the end.
        const auto later = std::ranges::upper_bound(timers_, timer.deadline(), {}, [](const Timer* t) { return t->deadline(); });
        timers_.insert(later, &timer);
    }
    void remove(Timer& timer) { timers_.erase(std::ranges::find(timers_, &timer)); }
    Timer* first() const { return timers_.empty() ? nullptr : timers_.front(); }
    std::size_t size() const { return timers_.size(); }
    Timer& at(std::size_t index) const { return *timers_[index]; }

private:
    std::vector<Timer*> timers_;
};

/// Random inserts and removals, of the first and from anywhere, about `population` at a time; false at the first difference.
bool agrees_with_the_model(unsigned seed, int operations, std::size_t population, Time deadlines) {
    std::mt19937 random{seed};
    std::deque<Timer> timers;
    std::vector<Timer*> idle;
    TimerQueue queue;
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

TEST_CASE("an empty queue has no first timer") {
    TimerQueue queue;
    CHECK(queue.first() == nullptr);
    Timer timer{5};
    queue.insert(timer);
    CHECK(queue.first() == &timer);
    queue.remove(timer);
    CHECK(queue.first() == nullptr);
}

TEST_CASE("timers leave in the order of their deadlines, equal ones in that of their insertion") {
    std::deque<Timer> timers;
    TimerQueue queue;
    for (const Time deadline : {5U, 3U, 5U, 1U, 3U, 5U, 1U}) queue.insert(timers.emplace_back(deadline));
    for (const std::size_t expected : {3U, 6U, 1U, 4U, 0U, 2U, 5U}) {
        REQUIRE(queue.first() == &timers[expected]);
        queue.remove(timers[expected]);
    }
    CHECK(queue.first() == nullptr);
}

TEST_CASE("it does what a stable sort does: 100,000 random inserts and removals, few equal deadlines") {
    for (unsigned seed = 0; seed < 4; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model(seed, 25'000, 40, 1'000'000));
    }
}

TEST_CASE("it does what a stable sort does: 100,000 random inserts and removals, nearly all deadlines equal") {
    for (unsigned seed = 0; seed < 4; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model(seed, 25'000, 40, 3));
    }
}

TEST_CASE("it does what a stable sort does: many small populations, so that every shape of a small heap occurs") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        CHECK(agrees_with_the_model(seed, 60, 2 + seed % 7, 1 + seed % 5));
    }
}

TEST_CASE("it does what a stable sort does: a large population") { CHECK(agrees_with_the_model(7, 6'000, 1'000, 50)); }

TEST_CASE("removing every timer from any place of any order of eight leaves the others in order") {
    std::vector<Time> deadlines{1, 1, 2, 2, 3, 3, 4, 4};
    int orders = 0;
    bool right = true;
    do {
        for (std::size_t removed = 0; removed < deadlines.size(); ++removed) {
            std::deque<Timer> timers;
            TimerQueue queue;
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

TEST_CASE("deadlines use all of their 51 bits") {
    std::deque<Timer> timers;
    TimerQueue queue;
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

TEST_CASE("100,000 timers in ascending, descending and equal order leave in time") {
    constexpr int count = 100'000;
    for (int kind = 0; kind < 3; ++kind) {
        std::deque<Timer> timers;
        TimerQueue queue;
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

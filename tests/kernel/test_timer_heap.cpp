#include <algorithm>
#include <deque>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/kernel/timer_heap.hpp>

#include "timer_model.hpp"

// What the heap does for the wheel. What it does as a timer queue is in test_timer_queue.cpp.

using namespace uasync;
using timer_model::Model;
using timer_model::Timer;

TEST_CASE("draining gives every timer once, the first before all others, equal deadlines in the order of insertion") {
    std::mt19937 random{1};
    for (int round = 0; round < 2000; ++round) {
        CAPTURE(round);
        std::deque<Timer> timers;
        TimerHeap heap;
        Model model;
        const std::size_t count = random() % 12;
        for (std::size_t i = 0; i < count; ++i) {
            Timer& timer = timers.emplace_back(random() % 5);
            heap.insert(timer);
            model.insert(timer);
        }
        for (std::size_t removals = count == 0 ? 0 : random() % count; removals > 0; --removals) {  // makes it deep
            Timer& timer = random() % 2 == 0 ? *model.first() : model.at(random() % model.size());
            heap.remove(timer);
            model.remove(timer);
        }
        const WaitNode* first = heap.first();
        std::vector<Timer*> drained;
        heap.drain([&](WaitNode& node) {
            drained.push_back(static_cast<Timer*>(&node));
            node.next = node.prev = node.child = nullptr;  // it may go elsewhere at once
        });
        CHECK(heap.first() == nullptr);
        CHECK((drained.empty() ? nullptr : drained.front()) == first);
        const auto sooner = [](const Timer* a, const Timer* b) { return a->deadline() < b->deadline(); };
        for (auto at = drained.begin(); at != drained.end(); ++at) {  // a stable sort
            std::rotate(std::upper_bound(drained.begin(), at, *at, sooner), at, at + 1);
        }
        REQUIRE(drained.size() == model.size());
        for (std::size_t i = 0; i < drained.size(); ++i) REQUIRE(drained[i] == &model.at(i));
    }
}

TEST_CASE("among equal deadlines the first is removed as a list's is") {
    std::mt19937 random{1};
    for (int round = 0; round < 2000; ++round) {
        CAPTURE(round);
        std::deque<Timer> timers;
        TimerHeap heap;
        Model model;
        for (int i = 0; i < 30; ++i) {
            if (model.size() == 0 || random() % 5 < 3) {
                Timer& timer = timers.emplace_back(7);
                CHECK(heap.take_due(6) == nullptr);
                heap.insert(timer);
                model.insert(timer);
            } else {
                Timer& timer = random() % 2 == 0 ? *model.first() : model.at(random() % model.size());
                if (TimerHeap::is_root(timer)) {
                    heap.remove_first_of_equals();
                } else {
                    TimerHeap::remove_inner(timer);
                }
                model.remove(timer);
            }
            REQUIRE(heap.first() == model.first());
            for (const WaitNode* child = heap.first() != nullptr ? heap.first()->child : nullptr; child != nullptr;) {
                REQUIRE(child->child == nullptr);  // it stays flat
                child = child->next == heap.first() ? nullptr : child->next;
            }
        }
    }
}

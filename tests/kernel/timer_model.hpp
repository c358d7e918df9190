#pragma once
// What a timer queue has to do, in the simplest way, and a comparison with it.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <random>
#include <vector>

#include <uasync/kernel/wait_list.hpp>

namespace timer_model {

using uasync::Time;

struct Timer : uasync::WaitNode {
    explicit Timer(Time deadline) { set_deadline(deadline); }
};

/// Sorted by deadline, equal ones in the order of insertion.
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

/// The queue in a loop's use: timers set from now on or, seldom, in the past, many of them equal to one that is there; removals of any;
/// and a clock that goes on by anything from a microsecond to years. False at the first difference.
template <class Queue>
bool agrees_as_time_goes_on(unsigned seed, int operations, std::size_t population) {
    constexpr Time latest = uasync::never;
    std::mt19937_64 random{seed};
    const auto up_to_bits = [&random](unsigned bits) { return random() & ((Time{1} << (random() % (bits + 1))) - 1); };
    std::deque<Timer> timers;
    std::vector<Timer*> idle;
    Queue queue;
    Model model;
    Time now = 0;
    for (int i = 0; i < operations; ++i) {
        const auto dice = random() % 100;
        if (model.size() < 2 * population && dice < (model.size() < population ? 60U : 40U)) {
            Time deadline = 0;
            const auto kind = random() % 8;
            if (kind < 3 && model.size() != 0) {
                deadline = model.at(static_cast<std::size_t>(random() % model.size())).deadline();
            } else if (kind == 3) {
                deadline = now - std::min(now, up_to_bits(20));
            } else if (kind == 4) {
                deadline = latest - std::min(latest - now, up_to_bits(12));
            } else {
                deadline = std::min(latest, now + up_to_bits(seed % 2 == 0 ? 51 : 22));
            }
            if (idle.empty()) idle.push_back(&timers.emplace_back(0));
            Timer& timer = *idle.back();
            idle.pop_back();
            timer.set_deadline(deadline);
            queue.insert(timer);
            model.insert(timer);
        } else if (dice < 80 && model.size() != 0) {
            Timer& timer = dice % 3 == 0 ? *model.first() : model.at(static_cast<std::size_t>(random() % model.size()));
            queue.remove(timer);
            model.remove(timer);
            idle.push_back(&timer);
        } else {
            if (random() % 2 == 0 && model.size() != 0) {  // as the loop, which wakes when the next timer is due, or a little later
                now = std::max(now, std::min(latest, model.first()->deadline() + up_to_bits(8)));
            } else {
                now = std::min(latest - 1, now + up_to_bits(seed % 2 == 0 ? 45 : 20));
            }
            while (auto* due = static_cast<Timer*>(queue.take_due(now))) {
                if (due != model.first() || due->deadline() > now) return false;
                model.remove(*due);
                idle.push_back(due);
                if (queue.first() != model.first()) return false;
                if (random() % 8 == 0) break;  // a timer is set while others are still due
            }
        }
        if (queue.first() != model.first()) return false;
    }
    while (Timer* timer = model.first()) {
        if (queue.take_due(latest) != timer) return false;
        model.remove(*timer);
    }
    return queue.first() == nullptr && queue.take_due(latest) == nullptr;
}

}  // namespace timer_model

// The timer queue against a sorted list: random inserts and removals, few or many equal deadlines.

#include <algorithm>
#include <deque>

#include <uasync/kernel/timer_queue.hpp>

#include "fuzz.hpp"

using namespace uasync;
using namespace uasync::fuzz;

namespace {

struct Timer : WaitNode {
    bool inserted = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    const unsigned deadlines = 1 + input.below(16);
    const bool far = input.below(2) != 0;  // deadlines that differ in their upper half
    std::deque<Timer> timers(48);
    std::vector<Timer*> sorted;  // by deadline, equal ones in the order of insertion
    TimerQueue queue;
    while (!input.empty()) {
        Timer& timer = timers[input.below(timers.size())];
        if (timer.inserted) {
            queue.remove(timer);
            sorted.erase(std::ranges::find(sorted, &timer));
            timer.inserted = false;
        } else if (input.below(4) == 0 && !sorted.empty()) {  // as the loop does
            queue.remove(*sorted.front());
            sorted.front()->inserted = false;
            sorted.erase(sorted.begin());
        } else {
            timer.set_deadline(Time{input.below(deadlines)} << (far ? 32U : 0U));
            queue.insert(timer);
            sorted.insert(std::ranges::upper_bound(sorted, timer.deadline(), {}, [](const Timer* t) { return t->deadline(); }),
                          &timer);
            timer.inserted = true;
        }
        check(queue.first() == (sorted.empty() ? nullptr : sorted.front()), "not the first timer");
    }
    for (Timer* timer : sorted) {
        check(queue.first() == timer, "timers leave in another order");
        queue.remove(*timer);
    }
    check(queue.first() == nullptr, "a timer too many");
    return 0;
}

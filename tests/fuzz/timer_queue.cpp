// A board's timer queue and a host's against a sorted list: random inserts and removals, few or many equal deadlines, near and far, while
// time goes on.

#include <algorithm>
#include <deque>

#include <uasync/kernel/timer_heap.hpp>
#include <uasync/kernel/timer_wheel.hpp>

#include "fuzz.hpp"

using namespace uasync;
using namespace uasync::fuzz;

namespace {

struct Timer : WaitNode {
    bool inserted = false;
};

template <class Queue>
void compare(Input input) {
    const unsigned deadlines = 1 + input.below(16);
    const unsigned far = input.below(51);  // bits from one deadline to the next, and from one look at the clock to the next
    std::deque<Timer> timers(48);
    std::vector<Timer*> sorted;  // by deadline, equal ones in the order of insertion
    Queue queue;
    Time now = 0;
    const auto leave = [&sorted](Timer& timer) {
        sorted.erase(std::ranges::find(sorted, &timer));
        timer.inserted = false;
    };
    while (!input.empty()) {
        Timer& timer = timers[input.below(timers.size())];
        if (timer.inserted) {
            queue.remove(timer);
            leave(timer);
        } else if (const unsigned kind = input.below(8); kind < 2 && !sorted.empty()) {  // the first, whenever it is due
            Timer& first = *sorted.front();
            queue.remove(first);
            leave(first);
        } else if (kind == 2) {
            now = std::min(never, now + (Time{input.below(8)} << far));
            while (auto* due = static_cast<Timer*>(queue.take_due(now))) {
                check(!sorted.empty() && due == sorted.front() && due->deadline() <= now, "not the timer that is due");
                leave(*due);
            }
            check(sorted.empty() || sorted.front()->deadline() > now, "a timer that is due was not taken");
        } else {
            // From the present or from the beginning on; some a microsecond later.
            const Time from = (kind & 1U) != 0 ? now : 0;
            timer.set_deadline(std::min(never, from + (Time{input.below(deadlines)} << far) + (kind == 7 ? 1U : 0U)));
            queue.insert(timer);
            sorted.insert(std::ranges::upper_bound(sorted, timer.deadline(), {}, [](const Timer* t) { return t->deadline(); }),
                          &timer);
            timer.inserted = true;
        }
        check(queue.first() == (sorted.empty() ? nullptr : sorted.front()), "not the first timer");
    }
    for (Timer* timer : sorted) {
        check(queue.take_due(never) == timer, "timers leave in another order");
    }
    check(queue.first() == nullptr, "a timer too many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    compare<TimerHeap>(Input{data, size});
    compare<TimerWheel>(Input{data, size});
    return 0;
}

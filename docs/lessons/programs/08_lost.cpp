// Lesson 8, exercise 3: a task waits for an interrupt, by a flag of its own. One order of events makes it wait for ever.

#include <cstdio>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

struct Shared {
    bool done = false;
    ThreadSafeFlag wake;
};

Coro<> wait_until_done(Shared& shared) {
    bool done = shared.done;
    co_await yield();  // some other work
    shared.wake.clear();
    if (!done) co_await shared.wake.wait();
}

int main() {
    ExploreReport report = explore([](Exploration& x) {
        auto& shared = x.state<Shared>();
        x.task("waiter", wait_until_done(shared));
        x.strike("interrupt", [&] {
            shared.done = true;
            shared.wake.set();
        });
    });
    std::printf("%s", report.text.c_str());
}

// $ 08_lost
// explore: deadlock: nothing is ready, and no deadline is set: waiter waits in ThreadSafeFlag::wait
//
// The shortest order of events found that does it, with 1 deviation from first in, first out:
//
// event       time
//     0       0 ms   waiter starts, yields
//     1       0 ms * interrupt strikes   [waiter was next]
//     2       0 ms   waiter goes on, waits in ThreadSafeFlag::wait
// (* departs from first in, first out: another was next)
//
// To see it again: replay(scenario, "1:1"), or UASYNC_SCHEDULE=1:1 in the environment.
// Found after 3 schedules (8 states, 0 pruned)

// Lesson 8, exercise 3: the flag itself remembers the interrupt, so nothing may clear it before the wait.

#include <cstdio>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

struct Shared {
    ThreadSafeFlag wake;
};

Coro<> wait_until_done(Shared& shared) {
    co_await yield();
    co_await shared.wake.wait();  // goes straight on if the interrupt came before
}

int main() {
    ExploreReport report = explore([](Exploration& x) {
        auto& shared = x.state<Shared>();
        x.task("waiter", wait_until_done(shared));
        x.strike("interrupt", [&] { shared.wake.set(); });
    });
    std::printf("%s\n%s\n", report.ok() ? "holds" : report.text.c_str(),
                report.complete ? "in every order" : "in the orders tried");
}

// $ 08_3
// holds
// in every order

// Lesson 8, exercise 4: cancel() in the scenario finds the pump that stays on; a destructor switches it off in every case.

#include <cstdio>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

struct Running {
    explicit Running(bool& output) : pump{output} { pump = true; }
    Running(const Running&) = delete;
    ~Running() { pump = false; }
    bool& pump;
};

Coro<> forgetful(bool& pump) {
    pump = true;
    co_await sleep_ms(500);
    pump = false;
}

Coro<> careful(bool& pump) {
    Running running{pump};
    co_await sleep_ms(500);
}

void check(const char* name, Coro<> (*water)(bool&)) {
    ExploreReport report = explore([&](Exploration& x) {
        bool& pump = x.state<bool>(false);
        x.task("water", water(pump));
        x.cancel("water");
        x.check("the pump is off", [&] { return !pump; });
    });
    std::printf("%s: %s\n%s", name, report.ok() ? "ok" : report.failure.c_str(), report.trace.c_str());
}

int main() {
    check("forgetful", forgetful);
    check("careful", careful);
}

// $ 08_4
// forgetful: "the pump is off" does not hold at the end
//     0       0 ms   water starts, sleeps until 500 ms
//     1       0 ms * water is cancelled in sleep   [the next deadline was next]
//     2       0 ms   water is unwound, as it was cancelled, ends cancelled
// careful: ok

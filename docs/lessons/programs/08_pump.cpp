// Lesson 8, exercise 4: the pump is switched on and off again. What if its task is cancelled?

#include <cstdio>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> water_the_plants(bool& pump) {
    pump = true;
    co_await sleep_ms(500);
    pump = false;
}

int main() {
    ExploreReport report = explore([](Exploration& x) {
        bool& pump = x.state<bool>(false);
        x.task("water", water_the_plants(pump));
        x.check("the pump is off", [&] { return !pump; });
    });
    std::printf("%s\n%s", report.ok() ? "ok" : "not ok", report.text.c_str());
}

// $ 08_pump
// ok
// explore: nothing fails in 1 schedule (3 states, 0 pruned), then 100 random ones from seed 1: every order

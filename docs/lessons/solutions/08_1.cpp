// Lesson 8, exercise 1: the test presses the button at given times and compares all changes of the LED. It needs no waiting.

#include <vector>

#include <uasync/sim.hpp>
#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;
using namespace std::chrono_literals;

Coro<> lamp(Pin led, Pin button) {
    while (true) {
        co_await button.wait_for_falling_edge();
        led.toggle();
        co_await sleep_ms(20);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Pin button{15, Pin::in, Pin::pull_up};
    co_await lamp(led, button);
}

/// The changes of the LED when the button is pressed for 100 ms at each of these times.
std::vector<sim::Edge> lamp_edges(const std::vector<sim::Duration>& presses) {
    sim::reset();
    for (auto time : presses) sim::press(15, time, 100ms);
    sim::stop_at(1h);
    (void)run(async_main());
    std::vector<sim::Edge> found;
    for (const auto& edge : sim::edges()) {
        if (edge.pin == 25) found.push_back(edge);
    }
    return found;
}

void check(const char* what, bool holds) { print("{}: {}\n", what, holds ? "ok" : "FAILED"); }

int main() {
    check("nobody presses", lamp_edges({}).empty());
    check("on and off", lamp_edges({1s, 3s}) == std::vector<sim::Edge>{{25, 1s, true}, {25, 3s, false}});
    check("on for the rest of the hour", lamp_edges({1s, 3s, 4s}).back() == sim::Edge{25, 4s, true});
}

// $ 08_1
// nobody presses: ok
// on and off: ok
// on for the rest of the hour: ok

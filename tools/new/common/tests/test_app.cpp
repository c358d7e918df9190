// The program on virtual time: five minutes of it take milliseconds, and each run does the same.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <uasync/sim.hpp>

#include "../src/app.hpp"

using namespace std::chrono_literals;
namespace sim = uasync::sim;

static void check(bool is_so, const char* what) {
    if (is_so) return;
    std::fprintf(stderr, "wrong: %s; it printed:\n%s", what, sim::console().c_str());
    std::exit(1);
}

int main() {
    sim::capture(true);
    sim::press(15, 1200ms, 100ms);
    sim::stop_at(5min);
    auto ended = uasync::run(async_main());

    check(!ended && ended.error() == uasync::Error::cancelled, "the program runs until it is stopped");
    check(sim::console() == "hello\npressed at 1200 ms\n", "it greets and tells when the button is pressed");
    int edges = 0;
    for (const auto& edge : sim::edges()) {
        if (edge.pin != 25) continue;
        check(edge.time == edges * 500ms, "the LED changes every 500 ms");
        ++edges;
    }
    check(edges == 600, "the LED blinks all the time");
}

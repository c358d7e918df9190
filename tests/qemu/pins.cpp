// Pins as a script plays them: a button on pin 15 that is pressed three times, and an LED on pin 25, whose changes are told. Ends the program
// after 3 s.

#include <uasync/board/gpio_port.hpp>
#include <uasync/print.hpp>

#include <port_contract/platform.hpp>

namespace {

using uasync::Time;
constexpr unsigned button = 15;
// The first soon, and just before the program looks: until then the LED changes without a pause, which takes real time.
constexpr Time presses[] = {39'000, 539'000, 739'000};
constexpr Time press_length = 60'000;
constexpr Time end = 3'000'000;

bool led = false;

}  // namespace

namespace uasync::port {

void gpio_init(unsigned, bool, Pull) noexcept {}

bool gpio_get(unsigned pin) noexcept {
    const Time time = now();
    if (time >= end) contract::finish(0);
    if (pin != button) return led;
    for (const Time press : presses) {
        if (time >= press && time < press + press_length) return false;
    }
    return true;
}

void gpio_put(unsigned, bool level) noexcept {
    if (level == led) return;
    led = level;
    const Time time = now();
    if (time >= presses[0]) print("LED {} {}\n", led ? 1 : 0, static_cast<std::uint32_t>(time));
}
void gpio_toggle(unsigned pin) noexcept { gpio_put(pin, !led); }

// No task waits for an edge.
ArmedEdge gpio_arm(unsigned, std::uint8_t) noexcept { return {}; }
bool gpio_take_edge(const ArmedEdge&) noexcept { return false; }
void gpio_disarm(const ArmedEdge&) noexcept {}

}  // namespace uasync::port

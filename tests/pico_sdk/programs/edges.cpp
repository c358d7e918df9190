// A pin's edge wakes a task while the program has a GPIO callback of its own, which sees only its own pin.

#include <pico/stdlib.h>

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

static volatile int own = 0;
static volatile int others = 0;

Coro<> async_main() {
    Pin button{15, Pin::in, Pin::pull_up};
    gpio_init(14);
    gpio_pull_up(14);
    gpio_set_irq_enabled_with_callback(14, GPIO_IRQ_EDGE_FALL, true, [](uint pin, std::uint32_t) {
        if (pin == 14) {
            own = own + 1;
        } else {
            others = others + 1;
        }
    });
    for (int presses = 0; presses < 3; ++presses) {
        co_await button.wait_for_falling_edge();
        print("pressed at {} ms\n", ticks_ms());
    }
    auto waited = co_await wait_for_ms(button.wait_for_any_edge(), 100);
    print("{}, own {}, others {}\n", waited.has_value() ? "an edge" : "no edge", int{own}, int{others});
}

int main() { run(async_main()); }

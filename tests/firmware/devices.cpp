// The devices of uasync/device.hpp: what they tell, what they take of the frame pool, and how many bytes they have.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr const char* names[] = {"press", "release", "click", "double click", "long press"};

Coro<> tells_events(Pushbutton& button) {
    while (true) {
        const ButtonEvent event = co_await button.next_event();
        print("{} us: {}\n", ticks_us(), names[static_cast<unsigned>(event)]);
    }
}
Coro<> tells_changes(Switch& door) {
    while (true) {
        co_await door.wait_for_change();
        print("{} us: {}\n", ticks_us(), door.closed() ? "closed" : "open");
    }
}
Coro<> tells_positions(Encoder& knob) {
    while (true) {
        const auto position = co_await knob.wait_for_change();
        print("{} us: position {}\n", ticks_us(), position);
    }
}

/// Bytes of the frame pool that are in use.
int in_use() { return static_cast<int>(frame_pool_use().in_use); }

Coro<> async_main() {
    Pushbutton button{Pin{15, Pin::in, Pin::pull_up}};
    Switch door{Pin{14, Pin::in, Pin::pull_up}};
    Encoder knob{Pin{16, Pin::in, Pin::pull_up}, Pin{17, Pin::in, Pin::pull_up}};
    print("sizes: {} {} {}\n", sizeof button, sizeof door, sizeof knob);
    const int before = in_use();
    button.start();
    const int with_button = in_use();
    door.start();
    const int with_door = in_use();
    knob.start();
    print("pool: {} {} {}\n", with_button - before, with_door - with_button, in_use() - with_door);
    auto events = create_task(tells_events(button));
    auto changes = create_task(tells_changes(door));
    auto positions = create_task(tells_positions(knob));
    co_await sleep_ms(3000);
    print("glitches: {} {}, missed: {}, dropped: {}\n", button.glitches(), door.glitches(), knob.missed(), button.dropped());
}

}  // namespace

int main() { run(async_main()); }

// What must not be done with several loops: each a case, chosen by the pin that is held down.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Core1<512> core1, other;
std::optional<Event> event{std::in_place};

Coro<> waits() { co_await event->wait(); }
Coro<> ends() { co_return; }

[[gnu::noinline]] int deep(int levels) {
    volatile int here[8] = {levels};
    return levels == 0 ? here[0] : deep(levels - 1) + here[7];
}
Coro<> goes_deep() {
    print("{}\n", deep(14));
    co_await sleep_ms(1);
}

Coro<> async_main() {
    co_await sleep_ms(1);
    const auto pressed = [](unsigned number) { return !Pin{number, Pin::in, Pin::pull_up}.value(); };
    if (pressed(2)) (void)core1.create_task(ends());
    if (pressed(3)) {
        (void)core1.start(ends());
        (void)other.start(ends());
    }
    if (pressed(4)) {
        (void)core1.start(waits(), "waits");
        co_await sleep_ms(1);
        event->set();
    }
    if (pressed(5)) {
        InterruptLoop urgent;
        (void)urgent.create_task(waits(), "waits");
        event->set();
    }
    if (pressed(6)) InterruptLoop one, two, three;
    if (pressed(7)) InterruptLoop wrong{4};
    if (pressed(8)) {
        (void)core1.start(goes_deep());
        co_await sleep_ms(10);
    }
    if (pressed(9)) {
        InterruptLoop urgent;
        urgent.call_soon([] {});
    }
    print("nothing was wrong\n");
}

}  // namespace

int main() { run(async_main()); }

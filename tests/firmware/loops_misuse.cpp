// What must not be done with several loops: each a case, chosen by the pin that is held down.

#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Core1<> core1, other;
/// Below the small stack is memory that nobody uses, so that an overflow destroys nothing else.
struct {
    std::array<std::uint32_t, 128> below;
    Core1<512> core1;
} small;
std::optional<Event> event{std::in_place};

Coro<> waits() { co_await event->wait(); }
Coro<> ends() { co_return; }

/// Takes more and more of the stack, until it has written to its last word.
[[gnu::noinline]] int deep(std::uintptr_t last_word) {
    volatile int here[4] = {};
    if (reinterpret_cast<std::uintptr_t>(&here) > last_word) return deep(last_word) + here[3];
    *reinterpret_cast<volatile int*>(last_word) = 0;  // in this frame, or in a gap of an earlier one
    return here[0];
}
volatile int sum = 0;
Coro<> goes_deep() {
    sum = deep(reinterpret_cast<std::uintptr_t>(&small.core1) + sizeof small.core1 - 512);  // the stack comes last in the object
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
        (void)small.core1.start(goes_deep());
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

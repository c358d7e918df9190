// Programs that end badly. Buttons on GP2 to GP5, pressed at power-on, choose which: GP2 is the lowest bit of its number.

#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

extern "C" void __cxa_pure_virtual();

namespace {

Coro<> blink() {
    Pin led{25, Pin::out};
    while (true) {
        led.toggle();
        co_await sleep_ms(10);
    }
}

template <class T>
T hidden(T value) {
    asm volatile("" : "+r"(value));  // from the compiler, which would know better
    return value;
}

[[gnu::noinline]] void call(std::uintptr_t address) { reinterpret_cast<void (*)()>(hidden(address))(); }
[[gnu::noinline]] void write_word(std::uintptr_t address) { *reinterpret_cast<volatile std::uint32_t*>(hidden(address)) = 1; }
[[gnu::noinline]] void undefined_instruction() { asm volatile("udf #0"); }

Coro<> even() {
    co_await sleep_ms(100);
    call(0x20000100);  // not Thumb code
}
Coro<> null_call() {
    co_await sleep_ms(100);
    call(0);
}
Coro<> unaligned() {
    co_await sleep_ms(100);
    write_word(0x20000102);
}
Coro<> wild_write() {
    co_await sleep_ms(100);
    write_word(0);  // the boot ROM, which takes no notice
    write_word(0x30000000);
}
Coro<> undefined() {
    co_await sleep_ms(100);
    undefined_instruction();
}
Coro<> child_of_child() {
    co_await sleep_ms(50);
    undefined_instruction();
}
Coro<> child() {
    co_await sleep_ms(50);
    co_await child_of_child();
}
Coro<> parent() { co_await child(); }

Coro<> pure_virtual() {
    co_await sleep_ms(100);
    __cxa_pure_virtual();  // what the compiler puts into the table of an abstract class
}

void start_systick(std::uint32_t cycles) {
    const auto registers = hidden(reinterpret_cast<volatile std::uint32_t*>(0xe000e010));
    registers[1] = cycles;
    registers[2] = 0;
    registers[0] = 7;
}

// Its interrupt strikes while it runs, or in its sleep.
Coro<> interrupted() {
    co_await sleep_ms(100);
    start_systick(1000);
    while (true) asm volatile("");
}
Coro<> interrupted_asleep() {
    co_await sleep_ms(100);
    start_systick(100'000);
    co_await sleep_ms(100);
}

Coro<> async_main(Coro<> culprit) {
    create_task(blink());
    create_task(std::move(culprit), "culprit");
    co_await sleep_ms(1000);
    print("still alive\n");
}

Coro<> unnamed() {
    create_task(even());
    co_await sleep_ms(1000);
}

Coro<> too_many_handles() {
    const auto task = create_task(blink());
    std::array<std::optional<Task<>>, 15> handles;
    for (auto& handle : handles) handle = task;
    print("still alive\n");
    co_return;
}

}  // namespace

extern "C" void uasync_irq_systick() { undefined_instruction(); }

int main() {
    unsigned number = 0;
    for (unsigned bit = 0; bit < 4; ++bit) {
        const Pin pin{2 + bit, Pin::in, Pin::pull_up};
        const auto start = ticks_us();
        while (ticks_diff(ticks_us(), start) < 10) {  // for the pull-up
        }
        if (pin.value() == 0) number |= 1U << bit;
    }
    switch (number) {
        case 0: run(async_main(even())); break;
        case 1: run(async_main(null_call())); break;
        case 2: run(async_main(unaligned())); break;
        case 3: run(async_main(wild_write())); break;
        case 4: run(async_main(undefined())); break;
        case 5: run(async_main(parent())); break;
        case 6: run(async_main(pure_virtual())); break;
        case 7: run(async_main(interrupted())); break;
        case 8: run(async_main(interrupted_asleep())); break;
        case 9: run(unnamed()); break;
        case 10: undefined_instruction(); break;
        case 11: create_task(blink()); break;
        case 12: run(too_many_handles()); break;
        case 13: port::fatal("on purpose"); break;
        default: break;  // main ends
    }
}

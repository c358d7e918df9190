// Interrupts and alarms that strike at every cycle around the moment at which the core looks for work and goes to sleep. Nothing else would
// wake it again: a wake-up that is lost leaves it asleep for ever, and one that is late is seen on the pins.
//
// GP3 toggles in a task that was woken. GP2 toggles in the interrupt that woke it.

#include <chrono>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t first = 1, last = 1000;  // cycles from setting the interrupt

Pin cause{2, Pin::out};
Pin effect{3, Pin::out};
ThreadSafeFlag flag;
volatile bool armed;  // the timer goes on until the handler stops it, so it may strike a second time

volatile std::uint32_t* systick() {
    auto address = reinterpret_cast<volatile std::uint32_t*>(0xe000e010);
    asm("" : "+r"(address));
    return address;
}

void interrupt_in(std::uint32_t cycles) {
    systick()[1] = cycles;
    systick()[2] = 0;
    armed = true;
    systick()[0] = 7;
}

/// Every round begins at the same moment in a microsecond, as alarms strike at its start.
Coro<> next_round(Clock::time_point& next) {
    next += 200us;
    co_await sleep_until(next);
}

Coro<> woken_by_interrupts() {
    auto next = Clock::now();
    for (std::uint32_t cycles = first; cycles <= last; ++cycles) {
        co_await next_round(next);
        interrupt_in(cycles);
        co_await flag.wait();
        effect.toggle();
    }
}

// The same with a task that runs on its own beside it, so that the interrupt also strikes between steps.
Coro<> yields(int times) {
    for (int i = 0; i < times; ++i) co_await yield();
}
Coro<> woken_beside_others() {
    auto next = Clock::now();
    for (std::uint32_t cycles = first; cycles <= last; ++cycles) {
        co_await next_round(next);
        create_task(yields(1));
        interrupt_in(cycles);
        co_await flag.wait();
        effect.toggle();
    }
}

// Sleeps that end while they begin: of 1 to 8 us, from every moment in a microsecond.
Coro<> short_sleeps() {
    int early = 0;
    auto next = Clock::now();
    for (int phase = 0; phase < 50; ++phase) {
        for (int us = 1; us <= 8; ++us) {
            co_await next_round(next);
            for (int i = 0; i < phase; ++i) asm volatile("nop");
            const auto start = Clock::now();
            effect.toggle();
            co_await sleep(std::chrono::microseconds{us});
            effect.toggle();
            if (Clock::now() - start < std::chrono::microseconds{us}) ++early;
        }
    }
    print("{} sleeps end early\n", early);
}

// Edges on GP15 while another task wakes at the start of every millisecond and goes back to sleep.
Coro<> ticks() {
    auto next = Clock::time_point{std::chrono::ceil<std::chrono::milliseconds>(Clock::now().time_since_epoch())};
    while (true) {
        next += 1ms;
        co_await sleep_until(next);
        cause.toggle();
    }
}
Coro<> woken_by_edges() {
    const Pin button{15, Pin::in, Pin::pull_up};
    while (true) {
        co_await button.wait_for_falling_edge();
        effect.toggle();
    }
}

Coro<> async_main() {
    print("interrupts\n");
    co_await woken_by_interrupts();
    print("interrupts beside others\n");
    co_await woken_beside_others();
    print("short sleeps\n");
    co_await short_sleeps();
    print("edges\n");
    co_await gather(ticks(), woken_by_edges());
}

}  // namespace

extern "C" void uasync_irq_systick() {
    systick()[0] = 0;
    if (!armed) return;
    armed = false;
    cause.toggle();
    flag.set();
}

int main() { run(async_main()); }

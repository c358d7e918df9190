// The tutorial's program that starves its other task, with report_long_steps, after steps of several lengths.

// Its main has no return, which only a main may lack.
// clang-format off
#define main not_defined(); void starve
// clang-format on
#include "../../examples/02b_starving.cpp"
#undef main

using namespace std::chrono_literals;

namespace {

/// Calls nothing: where it returns to is in another function.
[[gnu::noinline]] void works(std::uint32_t us) {
    volatile std::uint32_t& timer = *reinterpret_cast<volatile std::uint32_t*>(0x40054028);
    const std::uint32_t start = timer;
    while (timer - start < us) {
    }
}

Coro<> steps(std::uint32_t us) {
    co_await sleep_ms(1);
    works(us);
    co_await yield();
}

volatile bool told = false;

/// Asleep, so that the emulator has nothing to do.
Coro<> waits_until_told() {
    while (!told) asm volatile("wfi");
    co_return;
}

/// What SysTick's control register has in a sleep.
volatile std::uint32_t control_asleep = 1;

/// Interrupts in half of the limit, by an alarm that the loop does not use.
void look_later() {
    asm volatile(".reloc ., R_ARM_NONE, uasync_vectors_1_to_12");
    rp2040::timer_set().inte = rp2040::irq_timer_1;
    rp2040::nvic_iser() = rp2040::irq_timer_1;
    rp2040::timer().alarm[1] = rp2040::timer().raw_low + 5'000;
}

Coro<> sleeps() {
    look_later();
    co_await sleep_ms(1000);
    print("SysTick is off meanwhile: {}\n", (control_asleep & 1) == 0);
    control_asleep = 1;
}

Coro<> measured() {
    report_long_steps(1h);  // for this very step; the next limit counts in its place
    works(100);
    report_long_steps(10ms);
    works(10'500);
    co_await yield();
    for (int i = 0; i < 100; ++i) {
        works(9'000);
        co_await yield();
    }
    co_await create_task(steps(9'900), "just short");
    print("now long ones\n");
    co_await create_task(steps(10'500), "long");
    co_await create_task(steps(25'000), "longer");
    works(5'000);
    co_await yield();
    works(14'000);  // the timer was set for the step before
    co_await yield();
    print("sleeps\n");
    co_await sleeps();
    works(14'000);  // is told meanwhile, and goes to sleep in the same step
    co_await sleeps();
    // One more than SysTick can count.
    report_long_steps(std::chrono::microseconds{1 << 24}, [](const LongStep&) { told = true; });
    co_await create_task(waits_until_told());
    report_long_steps(10ms);
    print("now 2b\n");
}

}  // namespace

extern "C" void uasync_irq_timer_1() {
    rp2040::timer().intr = rp2040::irq_timer_1;
    control_asleep = *reinterpret_cast<volatile std::uint32_t*>(0xe000e010);
}

int main() {
    run(measured());
    starve();
}

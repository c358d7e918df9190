// What a loop relies on in a port, tried from outside: every promise of kernel/port.hpp that a program can see being kept or broken. Link it with
// a port and the few lines that platform.hpp asks for. It prints what it has found, and "port contract: kept" if that is nothing.

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <uasync/kernel/port.hpp>
#include <uasync/uasync.hpp>

#include "platform.hpp"

using namespace uasync;
using namespace std::chrono_literals;
using contract::interrupt_in;
using contract::platform;

namespace {

unsigned broken = 0;

void check(bool kept, const char* promise) {
    if (kept) return;
    ++broken;
    print("broken: {}\n", promise);
}

/// Computes for a while. On virtual time, where that takes none, it returns at once. A clock of ticks stands still in a critical section, so there
/// it counts instead.
void spin(std::uint32_t us) {
    if (!platform.clock_moves) return;
    if (platform.step_us != 0) {
        for (std::uint32_t i = 0; i < us * 500; ++i) asm volatile("" ::: "memory");
        return;
    }
    for (const Time end = port::now() + us; port::now() < end;) {
    }
}

std::uint32_t random_word() {
    static std::uint32_t state = 1;
    return state = state * 1664525U + 1013904223U;  // Numerical Recipes' generator
}

// now() ------------------------------------------------------------------------------------------------------------------------------

std::atomic<bool> went_back{false};
std::atomic<bool> looked{false};
Time last_in_interrupt = 0;  // only in critical sections

void look_at_the_clock() {
    const CriticalSection section;
    const Time now = port::now();
    if (now < last_in_interrupt) went_back = true;
    last_in_interrupt = now;
    looked = true;
}

Coro<> moves_on() {
    if (!platform.clock_moves) co_return;
    const Time start = port::now();
    Time last = start;
    unsigned looks = 0;
    interrupt_in(100, look_at_the_clock);
    for (; (last - start < 2000 || !looked) && looks < 10'000'000; ++looks) {
        const Time now = port::now();
        check(now >= last, "now() never goes back");
        last = now;
    }
    check(last - start >= 2000, "now() moves on while a task computes");
    check(last - start < 1'000'000, "now() does not leap");
    {
        const CriticalSection section;
        check(last_in_interrupt >= start, "now() in an interrupt is the same time");
    }

    constexpr std::uint32_t calls = 10'000;
    const Time before = port::now();
    for (std::uint32_t i = 0; i < calls; ++i) asm volatile("" ::: "memory");
    const Time between = port::now();
    for (std::uint32_t i = 0; i < calls; ++i) static_cast<void>(port::now());
    const Time each = ((port::now() - between) - (between - before)) * (1000 / 100) / (calls / 100);
    print("now() takes {} ns\n", static_cast<std::uint32_t>(each));
}

// Critical sections ------------------------------------------------------------------------------------------------------------------

std::atomic<bool> struck{false};
void strike() { struck = true; }

Coro<> sections() {
    if (!platform.masks) co_return;
    PortLoop& loop = detail::current_loop();
    struck = false;
    {
        const CriticalSection outer;
        interrupt_in(50, strike);
        {
            const CriticalSection inner;
            spin(300);
        }
        spin(100);
        check(!struck, "the end of an inner section does not end the outer one");
        loop.signal();
        spin(100);
        check(!struck, "wake() keeps the section");
    }
    spin(300);
    check(struck, "an interrupt that was held up comes after the section");

    struck = false;
    interrupt_in(50, strike);
    spin(300);
    check(struck, "interrupts are not masked outside of sections");
}

// Alarms -----------------------------------------------------------------------------------------------------------------------------

Time latest = 0;

/// Whether a wake-up came in time, and if so notes how late.
bool on_time(Time deadline, Time now) {
    if (now < deadline) return false;
    latest = std::max(latest, now - deadline);
    return now - deadline <= platform.late_us + platform.step_us;
}

Coro<> sleeps() {
    latest = 0;
    for (unsigned i = 0; i < platform.rounds; ++i) {
        const auto length = std::chrono::microseconds{random_word() % (i % 4 == 0 ? 3000 : 100)};
        const Time deadline = port::now() + static_cast<Time>(length.count());
        co_await sleep(length);
        const Time now = port::now();
        check(now >= deadline, "a sleep never ends early");
        check(on_time(deadline, now) || now < deadline, "a sleep ends on time");
        spin(random_word() % 20);
    }
    print("{} sleeps, the latest by {} us\n", platform.rounds, static_cast<std::uint32_t>(latest));
}

Coro<> past() {
    const auto begin = Clock::now();
    for (int i = 0; i < 100; ++i) co_await sleep_until(begin - i * 1s);
    co_await sleep_until(begin);
    check(Clock::now() - begin < 1s, "a deadline that has passed is signalled at once");
}

unsigned order = 0;
Coro<> sleeper(std::uint32_t ms, unsigned place) {
    const Time deadline = port::now() + ms * 1000;
    co_await sleep_ms(static_cast<int>(ms));
    const Time now = port::now();
    check(now >= deadline, "an alarm that was replaced and set again is not early");
    check(on_time(deadline, now), "an earlier deadline takes the place of a later one");
    check(order++ == place, "deadlines come in their order");
}

Coro<> replaced() {
    order = 0;
    auto cancelled = create_task(sleeper(5, 99));
    co_await gather(sleeper(60, 2), sleeper(20, 0), sleeper(40, 1), [&]() -> Coro<> {
        cancelled.cancel();
        co_return;
    }());
}

bool busy = false;
Coro<> hog() {
    while (busy) co_await yield();
}

Coro<> while_busy() {
    busy = true;
    auto task = create_task(hog());
    for (int i = 0; i < 20; ++i) {
        const Time deadline = port::now() + 1000;
        co_await sleep_ms(1);
        check(on_time(deadline, port::now()), "an alarm is noticed while tasks are ready");
    }
    busy = false;
    co_await task;
}

// Interrupts -------------------------------------------------------------------------------------------------------------------------

ThreadSafeFlag flag;
void set_flag() {
    look_at_the_clock();
    flag.set();
}

Coro<> wake_ups() {
    unsigned lost = 0;
    for (unsigned i = 0; i < platform.rounds; ++i) {
        // Before, while and after the loop goes to sleep, with and without an alarm nearby.
        interrupt_in(1 + i % 61, set_flag);
        spin(random_word() % 61);
        auto result = co_await wait_for(flag.wait(), i % 2 == 0 ? 1s : 500ms);
        if (!result.has_value()) ++lost;
    }
    check(lost == 0, "a wake-up from an interrupt is never lost");
    check(!went_back, "now() never goes back in interrupts");
    print("{} wake-ups from interrupts, {} lost\n", platform.rounds, lost);
}

Coro<> wake_while_busy() {
    busy = true;
    auto task = create_task(hog());
    for (int i = 0; i < 20; ++i) {
        interrupt_in(100, set_flag);
        auto result = co_await wait_for(flag.wait(), 1s);
        check(result.has_value(), "a wake-up is noticed while tasks are ready");
    }
    busy = false;
    co_await task;
}

// Loops ------------------------------------------------------------------------------------------------------------------------------

Coro<> sleep_long() { co_await sleep(1h); }

Coro<> leaves_an_alarm() {
    auto forgotten = create_task(sleep_long());
    auto soon = create_task([]() -> Coro<> { co_await sleep_ms(2); }());
    co_await sleep_ms(1);
}

void runs_again() {
    run(leaves_an_alarm());
    spin(5000);  // its alarm comes while no loop runs
    const Time before = port::now();
    run(leaves_an_alarm());
    check(port::now() >= before + 1000, "a loop begins with no alarm of an earlier one");
}

// Turns of the counter ---------------------------------------------------------------------------------------------------------------

Coro<> far() {
    if (!platform.long_sleeps) co_return;
    latest = 0;
    for (const auto length : {90s, 171s, 172s, 1000s, 3600s, 10'000s}) {
        const Time deadline = port::now() + static_cast<Time>(std::chrono::microseconds{length}.count());
        co_await sleep(length);
        check(on_time(deadline, port::now()), "an alarm beyond the counter's range comes on time");
    }
    // Nothing is set: the port has to see the turns by itself.
    interrupt_in(1000, set_flag);
    co_await flag.wait();
    print("{} s, the latest by {} us\n", static_cast<std::uint32_t>(port::now() / 1'000'000), static_cast<std::uint32_t>(latest));
}

}  // namespace

int main() {
    run(moves_on());
    run(sections());
    run(past());
    run(sleeps());
    run(replaced());
    run(while_busy());
    run(wake_ups());
    run(wake_while_busy());
    runs_again();
    run(far());
    print("port contract: {}\n", broken == 0 ? "kept" : "broken");
    contract::finish(broken == 0 ? 0 : 1);
}

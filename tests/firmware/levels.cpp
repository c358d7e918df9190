// Levels on a board: an urgent task beside busy ones, woken by a timer and by a button, and a lock that it shares with one of them.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

int busy_steps;

/// Three of these keep the core busy, 100 us a step.
Coro<> busy() {
    while (true) {
        const std::uint32_t start = ticks_us();
        while (ticks_us() - start < 100) {
        }
        ++busy_steps;
        co_await yield();
    }
}

/// The longest that a sleep of 1 ms was late, in microseconds.
Coro<unsigned> lateness() {
    unsigned worst = 0;
    for (int i = 0; i < 50; ++i) {
        const std::uint32_t start = ticks_us();
        co_await sleep_ms(1);
        worst = std::max(worst, static_cast<unsigned>(ticks_us() - start) - 1000U);
    }
    co_return worst;
}

Coro<> answers(Pin button, Pin led) {
    while (true) {
        co_await button.wait_for_falling_edge();
        led.toggle();
    }
}

Coro<> keeps(Lock& lock) {
    auto guard = co_await lock.scoped_lock();
    for (int i = 0; i < 10; ++i) co_await yield();
    print("low leaves with level {}\n", current_level(current_task()));
}

Coro<> holds_for_ever(Lock& lock) {
    auto guard = co_await lock.scoped_lock();
    co_await sleep_ms(3'600'000);
}

Coro<unsigned> takes(Lock& lock) {
    const std::uint32_t start = ticks_us();
    auto guard = co_await lock.scoped_lock();
    co_return static_cast<unsigned>(ticks_us() - start);
}

const char* within(unsigned us, unsigned limit) { return us < limit ? "at once" : "late"; }

Coro<> async_main() {
    for (int i = 0; i < 3; ++i) create_task(busy(), "busy");
    const unsigned usual = co_await create_task(lateness());
    print("level 0: {}\n", within(usual, 150));
    const unsigned urgent = co_await create_task(lateness(), Priority{2});
    print("level 2: {}\n", within(urgent, 150));

    Lock lock;
    create_task(keeps(lock), "low");
    co_await sleep_ms(2);
    const unsigned alone = co_await create_task(takes(lock), Priority{5});
    print("lock: {}\n", within(alone, 500));

    // From here on the busy tasks and this one starve: a task of a higher level never waits.
    auto owner = create_task(holds_for_ever(lock), "owner");
    co_await sleep_ms(1);
    create_task(takes(lock), Priority{4}, "wants");
    create_task(answers(Pin{15, Pin::in, Pin::pull_up}, Pin{25, Pin::out}), Priority{7}, "answers");
    print("busy: {}\n", busy_steps > 500);
    create_task(busy(), Priority{3}, "hog");
    co_await sleep_ms(1);
    print("never\n");
}

}  // namespace

int main() { run(async_main()); }

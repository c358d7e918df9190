// Several loops by the RP2040's own port: what its console, its critical section, its pins and its lines do. A button that is held on GP2 or
// GP3 chooses a program that ends badly.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Core1<> core1;
std::optional<RemoteTask<>> dropped;
int urgent_steps = 0;

unsigned core() { return *reinterpret_cast<volatile unsigned*>(0xd0000000); }

void hog(std::uint32_t us) {
    const std::uint32_t start = ticks_us();
    while (ticks_us() - start < us) {
    }
}

struct Tells {
    ~Tells() { print("cleaned up on core {}\n", core()); }
};

Coro<> waits() {
    const Tells tells;
    co_await sleep_ms(1000);
}
Coro<> naps() { co_await sleep_ms(1); }
Coro<> awaits(RemoteTask<> task) { co_await task; }
Coro<> ends_badly() {
    co_await yield();
    co_await detail::FailAwaiter{Error::unavailable};
}

Coro<> sees_rising_edge(Pin wire) {
    co_await wire.wait_for_rising_edge();
    print("edge seen on core {}\n", core());
}
Coro<> sees_falling_edge(Pin wire) { co_await wire.wait_for_falling_edge(); }
Coro<> pulses(Pin wire) {
    wire.off();
    co_await sleep_ms(1);
    wire.on();
}

/// Whether a section that begins where interrupts are masked, after another one, keeps out the other core.
bool masked_section_locks() {
    const auto& spinlocks = *reinterpret_cast<const volatile std::uint32_t*>(0xd000'005c);
    constexpr std::uint32_t ours = 1u << 31;
    port::leave_critical(port::enter_critical());
    asm volatile("cpsid i");
    const std::uint32_t state = port::enter_critical();
    const bool locked = (spinlocks & ours) != 0;
    port::leave_critical(state);
    const bool left = (spinlocks & ours) == 0;
    asm volatile("cpsie i");
    return locked && left;
}

/// Lines that are longer than the UART's FIFO.
Coro<> prints() {
    for (int i = 0; i < 5; ++i) {
        print("core {} line {}: all of it, from its first letter to its last one\n", core(), i);
        co_await yield();
    }
}

Coro<> both_cores() {
    co_await core1.start(naps());
    const Result<void> asked = co_await catch_cancelled(core1.create_task(ends_badly()));
    print("asked for: {}\n", asked.has_value() ? Error::none : asked.error());
    const Result<void> never_begun = co_await catch_cancelled(*dropped);
    dropped.reset();
    print("dropped: {}\n", never_begun.has_value() ? Error::none : never_begun.error());

    auto waiter = create_task(awaits(core1.create_task(waits())));
    co_await sleep_ms(2);
    waiter.cancel();
    co_await sleep_ms(2);

    Pin wire{4, Pin::out};
    auto watching = core1.create_task(sees_rising_edge(wire));
    co_await sleep_ms(1);
    const std::uint32_t rising = 8u << 16;
    print("only core 1 hears of it: {}\n",
          (rp2040::io_bank0().proc1_inte[0] & rising) != 0 && (rp2040::io_bank0().proc0_inte[0] & rising) == 0);
    wire.on();
    co_await watching;
    auto cancelled = create_task(sees_falling_edge(wire));
    co_await yield();
    cancelled.cancel();  // and has no turn yet
    auto pulsing = create_task(pulses(wire));
    co_await wire.wait_for_rising_edge();
    const Pin again{4, Pin::out};
    print("rising edge seen, the pin then starts low: {}\n", again.value() == 0);

    print("a section that begins where interrupts are masked locks: {}\n", masked_section_locks());

    Core1<512> never_started;
    (void)never_started;
    auto printing = core1.create_task(prints());
    co_await prints();
    co_await printing;
}

Coro<int> ticks() {
    int late = 0;
    for (int i = 0; i < 5; ++i) {
        const auto due = port::now() + 1000;
        co_await sleep_ms(1);
        if (port::now() - due > 20) ++late;
        running_loop().call_soon([] { ++urgent_steps; });
    }
    co_return late;
}
Coro<> long_steps() {
    while (true) {
        co_await sleep_ms(1);
        hog(300);
    }
}
Coro<> prints_often() {
    for (int i = 0; i < 5; ++i) {
        co_await sleep(std::chrono::microseconds{100});
        print("!");
    }
}

Coro<> interrupt_loops() {
    // What loops had that are gone, their lines, priorities and tasks, leaves no trace.
    for (int i = 0; i < 2; ++i) {
        InterruptLoop one{3};
        InterruptLoop other{3};
        (void)one.create_task(long_steps());
        (void)other.create_task(long_steps());
    }
    InterruptLoop urgent{1};
    InterruptLoop slow{2};
    auto background = slow.create_task(long_steps());
    auto ticking = urgent.create_task(ticks());
    hog(10'000);
    print("late beside a slower loop: {} of {}\n", co_await ticking, urgent_steps);
    background.cancel();

    auto printing = urgent.create_task(prints_often());
    const char* const dots = "....................................................................................................";
    print("{}{}{}{}\n", dots, dots, dots, dots);  // takes some hundred microseconds
    co_await printing;
    print("\n");
}

Coro<> stops() {
    (void)port::lock_console();
    const CriticalSection section;
    port::fatal("stops in the middle of a line and of a section");
    co_return;
}

Coro<> other_goes_on() {
    Core1<>::on_fault(Core1<>::OnFault::other_goes_on);
    auto stopping = core1.start(stops());
    co_await sleep_ms(10);
    {
        const CriticalSection section;
    }
    print("core 0 goes on\n");
}

Coro<> line_in_use() {
    *reinterpret_cast<volatile std::uint32_t*>(0xe000e100) = 1u << 26;  // the program has a use for it
    InterruptLoop urgent;
    co_await yield();
}

bool pressed(unsigned number) {
    const Pin pin{number, Pin::in, Pin::pull_up};
    hog(10);  // for the pull-up
    return pin.value() == 0;
}

}  // namespace

int main() {
    if (pressed(2)) {
        run(other_goes_on());
        return 0;
    }
    if (pressed(3)) run(line_in_use());
    const auto before = frame_pool_use().in_use;
    {
        EventLoop never_runs;
        dropped = run_coroutine_threadsafe(waits(), never_runs);
    }
    {
        Core1<512> early;  // before a loop has taken what the boot ROM of core 1 says
        (void)early.start(naps());
    }
    run(both_cores());
    core1.stop();
    run(interrupt_loops());
    print("left in the pool: {}\n", frame_pool_use().in_use - before);
}

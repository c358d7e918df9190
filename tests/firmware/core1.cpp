// Tasks on both cores: results, errors, cancellation, a queue and a flag between the cores.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Core1<> core1;
ThreadSafeQueue<int, 4> queue;
ThreadSafeFlag flag;
ThreadSafeFlag late;
volatile bool told = false;

unsigned core() { return *reinterpret_cast<volatile unsigned*>(0xd0000000); }

Coro<int> sum(int up_to) {
    int total = 0;
    for (int i = 1; i <= up_to; ++i) total += i;
    co_await sleep_ms(1);
    co_return total*(core() == 1 ? 1 : -1);
}

Coro<> fails() {
    std::optional<Event> event{std::in_place};
    running_loop().call_later(1ms, [&] { event.reset(); });
    co_await event->wait();
}

struct Tells {
    const char* what;
    ~Tells() { print("{} on core {}\n", what, core()); }
};

Coro<> waits() {
    const Tells tells{"cleaned up"};
    co_await sleep_ms(1000);
}

Coro<> first() {
    print("first task on core {}\n", core());
    for (int i = 1; i <= 3; ++i) co_await queue.put(i);
    co_await flag.wait();
    print("flag seen on core {}\n", core());
}

Coro<> sets_late() {
    co_await sleep_ms(20);
    late.set();
}
std::optional<RemoteTask<void>> last;

Coro<> async_main() {
    auto main1 = core1.start(first());
    for (int i = 0; i < 3; ++i) print("got {}\n", *co_await queue.get());
    flag.set();
    co_await main1;

    print("sum {}\n", co_await core1.create_task(sum(100)));

    const Result<void> failed = co_await catch_cancelled(core1.create_task(fails()));
    print("failed: {}\n", failed.has_value() ? Error::none : failed.error());

    auto waiting = core1.create_task(waits());
    co_await sleep_ms(2);
    print("cancelled: {}\n", waiting.cancel());
    const Result<void> end = co_await catch_cancelled(waiting);
    print("ended: {}\n", end.has_value() ? "well" : "cancelled");
    print("again: {}\n", waiting.cancel());
    last.emplace(core1.create_task(sets_late()));
}

Coro<> waits_twice() {
    for (int i = 0; i < 2; ++i) {
        co_await late.wait();
        print("woken in main's loop\n");
    }
}

/// Whether the hook is called within a second.
bool is_told() {
    const Time start = port::now();
    while (!told && port::now() - start < 1'000'000) {
    }
    const bool was_told = told;
    told = false;
    return was_told;
}

}  // namespace

int main() {
    EventLoop guest;  // main drives it
    guest.set_wake_hook([](void*) { told = true; });
    auto waiting = guest.create_task(waits_twice());
    (void)guest.run_ready();
    run(async_main());
    told = false;
    print("told by core 1: {}\n", is_told());
    (void)guest.run_ready();
    late.set();
    print("told by core 0: {}\n", is_told());
    (void)guest.run_ready();
}

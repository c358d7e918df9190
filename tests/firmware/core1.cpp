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
}

}  // namespace

int main() { run(async_main()); }

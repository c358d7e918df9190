#pragma once
// Tasks of a loop that an async_context drives, and what they print.

#include <pico/stdlib.h>

#include <uasync/async_context.hpp>

inline uasync::ThreadSafeFlag flag;
inline volatile bool done = false;

inline uasync::Coro<> ticking(uasync::Queue<int, 4>& queue) {
    using namespace uasync;
    for (int i = 0; i < 3; ++i) {
        co_await sleep_ms(10);
        print("{} ms: tick\n", ticks_ms() / 10 * 10);
        co_await queue.put(i);
    }
}

inline uasync::Coro<> counting(uasync::Queue<int, 4>& queue) {
    using namespace uasync;
    int sum = 0;
    for (int i = 0; i < 3; ++i) sum += co_await queue.get();
    print("sum {}\n", sum);
    co_await flag.wait();  // which an alarm of the SDK sets
    print("flag\n");
    const int from_main = co_await queue.get();
    print("from main: {}\n", from_main);
    done = true;
}

// What both kinds of context do. `wait` lets the context work until something may have happened.
template <class Wait>
void guest(async_context_t& context, Wait wait) {
    using namespace uasync;
    struct Gone {
        ~Gone() { print("destroyed\n"); }
    };
    auto for_ever = []() -> Coro<> {
        Gone gone;
        co_await sleep(std::chrono::hours{1});
    };
    {
        AsyncContextLoop loop{context};
        Queue<int, 4> queue;
        auto forever = loop.create_task(for_ever());
        auto ticks = loop.create_task(ticking(queue));
        auto counts = loop.create_task(counting(queue));
        add_alarm_in_ms(
            60,
            [](alarm_id_t, void*) -> std::int64_t {
                flag.set();
                return 0;
            },
            nullptr, true);
        add_alarm_in_ms(80, [](alarm_id_t, void*) -> std::int64_t { return 0; }, nullptr, true);
        const auto put_at = make_timeout_time_ms(80);
        bool put = false;
        while (!done) {
            wait(put ? make_timeout_time_ms(5) : put_at);
            if (!put && time_reached(put_at)) {
                put = true;
                loop.call([&] { (void)queue.put_nowait(7); });
            }
        }
        loop.call([&] { print("{} {}\n", ticks.done() ? "done" : "not done", forever.done() ? "done" : "not done"); });
    }
    print("end\n");
}

// The tutorial's step 8b on a host: two threads count into one variable. The thread sanitizer finds it.

#include <atomic>
#include <thread>

#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

int total = 0;

Coro<> counts() {
    for (int i = 0; i < 1000; ++i) {
        total = total + 1;
        co_await yield();
    }
}

std::atomic<EventLoop*> there = nullptr;

Coro<> async_main() {
    auto counting = run_coroutine_threadsafe(counts(), *there.load());
    co_await counts();
    co_await counting;
    print("2000 counted, the total is {}\n", total);
}

}  // namespace

int main() {
    std::thread thread{[] {
        EventLoop loop;
        there = &loop;
        there.notify_one();
        (void)loop.run_forever();
    }};
    there.wait(nullptr);
    run(async_main());
    (*there).call_soon_threadsafe([] { (*there).stop(); });
    thread.join();
}

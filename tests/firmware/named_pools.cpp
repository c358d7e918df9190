// Frame pools of the program's own: one is full, the other and the one that all share are not; all is given back.

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Coro<int> descend(int depth) {
    int below = 0;
    if (depth > 0) below = co_await descend(depth - 1);
    co_return below + 1;
}
Coro<> sleeps(int ms) { co_await sleep_ms(ms); }

unsigned in_use(const FramePool& pool) { return static_cast<unsigned>(pool.use().in_use); }

StaticFramePool<512> small;
StaticFramePool<1024> large;

Coro<> async_main() {
    const std::size_t shared = frame_pool_use().in_use;
    {
        auto result = co_await catch_cancelled(small.create_task(descend, 100));
        print("100 deep in 512 bytes: {}\n", result ? Error::none : result.error());
        auto task = large.create_task(descend, 5);
        const int levels = co_await task;
        print("5 deep in 1024: {}\n", levels);
        TaskGroup group{large};
        auto body = [&]() -> Coro<> {
            group.create_task(sleeps(1));
            group.create_task(sleeps(2));
            print("a group: {}\n", in_use(large) > 4 * 32);
            co_await yield();
        };
        auto ended = co_await group(body());
        print("group: {}\n", ended ? Error::none : ended.error());
    }
    print("in use: {}, {}, {}\n", in_use(small), in_use(large), static_cast<unsigned>(frame_pool_use().in_use - shared));
}

}  // namespace

int main() { run(async_main()); }

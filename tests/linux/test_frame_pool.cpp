// One frame pool for the loops of several threads. Nothing here depends on how long something takes.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

Coro<int> leaf(int x) {
    co_await yield();
    co_return x;
}
Coro<int> sums(FramePool& pool, int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i) {
        auto inherited = create_task(leaf(1));
        auto named = pool.create_task(leaf, 1);
        sum += co_await leaf(1) + co_await inherited + co_await named;
    }
    co_return sum;
}

}  // namespace

TEST_CASE("several threads use one pool, while others are made and destroyed, and a thread without a pool goes on beside them") {
    StaticFramePool<65536> pool;
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&, t] {
                if (t == 0) {
                    sum += run(sums(pool, 2000)).value_or(0);
                    return;
                }
                for (int round = 0; round < 20; ++round) {
                    StaticFramePool<4096> own;
                    EventLoop loop{own};
                    sum += loop.run_until_complete(sums(pool, 100)).value_or(0);
                }
            });
        }
        threads.emplace_back([&] {
            auto main = []() -> Coro<int> {
                int ones = 0;
                for (int i = 0; i < 5000; ++i) ones += co_await create_task(leaf(1));
                co_return ones;
            };
            sum += run(main()).value_or(0);
        });
    }
    CHECK(sum == 3 * 2000 * 3 + 5000);
    CHECK(pool.use().in_use == 0);
    CHECK(pool.use().failed == 0);
}

TEST_CASE("a block of a pool may be freed in another thread") {
    StaticFramePool<4096> pool;
    void* block = nullptr;
    {
        const FramePool::Scope in{pool};
        block = detail::allocate_frame(100);
    }
    CHECK(pool.use().in_use >= 100);
    std::jthread{[&] { detail::free_frame(block, 100); }}.join();
    CHECK(pool.use().in_use == 0);
}

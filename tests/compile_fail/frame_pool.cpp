// A task of a frame pool that is given in a way that cannot be meant.

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/time/sleep.hpp>

using namespace uasync;

Coro<int> twice(int x) {
    co_await yield();
    co_return 2 * x;
}

Coro<> right(FramePool& pool) {
    auto by_name = pool.create_task(twice, 1);
    auto lambda = [&]() -> Coro<> { co_await by_name; };
    co_await pool.create_task(lambda);
    co_await pool.create_task([](int x) { return twice(x); }, 2);
}

struct alignas(64) Wide {
    float values[16];
};

#if CASE == 1
// first error: its frame has been made elsewhere already: say pool.create_task(f, x) for f(x)
void called_already(FramePool& pool) { pool.create_task(twice(1)); }
#elif CASE == 2
// first error: the task outlives this lambda, whose captures it may use: give the lambda a name
void temporary_lambda(FramePool& pool, int x) {
    (void)pool.create_task([x]() -> Coro<int> { co_return x; });
}
#elif CASE == 3
// first error: a coroutine's result must not be aligned beyond two words
Coro<Wide> aligned_result() { co_return Wide{}; }
#endif

// What MicroPython's asyncio_heaplock checks: once it runs, waiting, sleeping, waking, queueing, cancelling and printing take nothing from
// the heap. Frames come from the pool, which has blocks of each size after the first round.

#include <cstdlib>
#include <new>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

long allocations = 0;
bool counting = false;

}  // namespace

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_OWN_OPERATOR_NEW 1  // which cannot be replaced, but tells of each allocation
#endif
#endif

#ifdef HAS_OWN_OPERATOR_NEW
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
static const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) {
        if (counting) ++allocations;
    },
    [](const volatile void*) {});
#else
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (counting) ++allocations;
    if (void* block = std::malloc(size != 0 ? size : 1)) return block;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#endif

TEST_CASE_FIXTURE(Simulated, "asyncio: heaplock: nothing allocates on the heap, whatever the tasks do") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        Latest<int> latest;
        Event event;
        Lock lock;
        ThreadSafeFlag flag;
        const Pin pin{5, Pin::out};
        auto produces = [&]() -> Coro<> {
            for (int i = 0; i < 5; ++i) {
                co_await queue.put(i);
                latest.put(i);
                event.set();
                flag.set();
                co_await sleep_ms(1);
            }
        };
        auto consumes = [&]() -> Coro<> {
            for (int i = 0; i < 5; ++i) {
                (void)co_await queue.get();
                (void)co_await latest.get();
                co_await event.wait();
                event.clear();
                co_await flag.wait();
                auto guard = co_await lock.scoped_lock();
                co_await yield();
            }
        };
        auto times_out = [&]() -> Coro<> {
            Event never_set;
            (void)co_await wait_for(never_set.wait(), 1ms);
            (void)co_await wait_for(queue.put(1), 0ms);
            (void)queue.get_nowait();
        };
        auto sleeps = [&]() -> Coro<> { co_await sleep(1h); };
        auto waits_for_edge = [&]() -> Coro<> { co_await pin.wait_for_any_edge(); };
        for (int round = 0; round < 3; ++round) {
            counting = round > 0;
            co_await gather(produces(), consumes());
            co_await times_out();
            auto task = create_task(sleeps());
            auto edge = create_task(waits_for_edge());
            co_await yield();
            task.cancel();
            edge.cancel();
            (void)co_await catch_cancelled(task);
            (void)co_await catch_cancelled(edge);
            counting = false;
        }
    };
    CHECK(run(body()));
    CHECK(allocations == 0);

    counting = true;
    void* block = ::operator new(1);
    counting = false;
    ::operator delete(block);
    CHECK(allocations == 1);  // it would have been seen
}

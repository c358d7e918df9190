// The firmware behind the ledger's cycle counts. Edges on GP2 mark the moments between which bench/ledger.py counts cycles of the
// emulated clock, and the console tells what is not a time. GP15 has to be pressed five times, from 1 s on.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

constexpr int rounds = 1000;

Pin mark{2, Pin::out};
Pin edge_input{15, Pin::in, Pin::pull_up};

Coro<> yield_often() {
    for (int i = 0; i < rounds; ++i) co_await yield();
}

Coro<int> child(int x) { co_return x; }

Coro<> await_children() {
    int sum = 0;
    for (int i = 0; i < rounds; ++i) sum += co_await child(i);
    if (sum != rounds * (rounds - 1) / 2) print("wrong sum\n");
}

Coro<> getter(Queue<int, 4>& queue) {
    for (int i = 0; i < 100; ++i) {
        const int got = co_await queue.get();
        mark.toggle();
        if (got != i) print("wrong message\n");
    }
}

Coro<> putter(Queue<int, 4>& queue) {
    for (int i = 0; i < 100; ++i) {
        co_await sleep_ms(1);
        mark.toggle();
        co_await queue.put(i);
        co_await yield();
    }
}

Coro<> take_one(RingQueue<int, 8>& ring) { co_await ring.get(); }

Coro<> wait_edges() {
    for (int i = 0; i < 5; ++i) {
        co_await edge_input.wait_for_falling_edge();
        mark.toggle();
    }
}

std::uintptr_t lowest_stack = UINTPTR_MAX;

[[gnu::noinline]] void note_stack() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_stack = std::min(lowest_stack, here);
}

Coro<> leaf() {
    note_stack();
    co_return;
}

Coro<> many_awaits(int count) {
    for (int i = 0; i < count; ++i) co_await leaf();
}

Coro<> sleeper() { co_await sleep_ms(1'000'000); }

std::size_t pool_with_sleepers(int count) {
    for (int i = 0; i < count; ++i) create_task(sleeper());
    return frame_pool_use().in_use;
}

Coro<> async_main() {
    mark.toggle();  // 0, 1: what a mark itself costs
    mark.toggle();

    mark.toggle();  // 2, 3: two tasks that yield
    co_await gather(yield_often(), yield_often());
    mark.toggle();

    mark.toggle();  // 4, 5: children awaited
    co_await await_children();
    mark.toggle();

    Queue<int, 4> queue;  // 6 ... 205: a put, and the getter's turn
    co_await gather(getter(queue), putter(queue));

    RingQueue<int, 8> ring;
    for (int i = 0; i < 4; ++i) {  // 206 ... 213: a put that wakes nobody
        mark.toggle();
        ring.put_from_isr(i);
        mark.toggle();
    }
    while (!ring.empty()) co_await ring.get();
    auto waiting = create_task(take_one(ring));
    co_await yield();
    mark.toggle();  // 214, 215: one that wakes a task
    ring.put_from_isr(1);
    mark.toggle();
    co_await waiting;

    co_await wait_edges();  // 216 ... 220: each press, and the waiting task's turn

    co_await many_awaits(1);
    const std::uintptr_t once = lowest_stack;
    co_await many_awaits(100'000);
    print("stack_100k_awaits_bytes {}\n", static_cast<int>(once - lowest_stack));

    const std::size_t with_100 = pool_with_sleepers(100);
    const std::size_t with_200 = pool_with_sleepers(100);
    print("sleeping_tasks_100_bytes {}\n", static_cast<int>(with_200 - with_100));
    print("done\n");
    port::fatal("end");
}

}  // namespace

int main() { run(async_main()); }

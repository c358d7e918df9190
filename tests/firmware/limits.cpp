// How much stack awaits take, and sleeps across the points at which a counter of 32 bits wraps.

#include <algorithm>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

std::uintptr_t lowest;

[[gnu::noinline]] void note_stack() { lowest = std::min(lowest, reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))); }

/// The stack below the caller that an await took at most.
template <class Work>
Coro<> measure(const char* what, Work work) {
    lowest = UINTPTR_MAX;
    note_stack();
    const std::uintptr_t before = lowest;
    co_await work();
    print("{}: {} bytes\n", what, static_cast<int>(before - lowest));
}

// Ends at once; ends later.
Coro<> leaf() {
    note_stack();
    co_return;
}
Coro<> late_leaf() {
    co_await yield();
    note_stack();
}

Coro<> many(int count) {
    for (int i = 0; i < count; ++i) co_await leaf();
}
Coro<> many_late(int count) {
    for (int i = 0; i < count; ++i) co_await late_leaf();
}
Coro<> many_tasks(int count) {
    for (int i = 0; i < count; ++i) co_await create_task(leaf());
}
Coro<> passes(Queue<int, 1>& from, Queue<int, 1>& to, int count) {
    for (int i = 0; i < count; ++i) co_await to.put(co_await from.get());
    note_stack();
}
Coro<> many_messages(int count) {
    Queue<int, 1> there;
    Queue<int, 1> back;
    co_await there.put(1);
    co_await gather(passes(there, back, count), passes(back, there, count));
}

Coro<> nested(int levels) {
    if (levels == 0) {
        note_stack();
    } else {
        co_await nested(levels - 1);
    }
}
Coro<> nested_late(int levels) {
    if (levels == 0) {
        co_await yield();
        note_stack();
    } else {
        co_await nested_late(levels - 1);
        note_stack();
    }
}

Coro<> stack() {
    co_await measure("1 await", [] { return many(1); });
    co_await measure("100000 awaits", [] { return many(100'000); });
    co_await measure("1 late await", [] { return many_late(1); });
    co_await measure("1000 late awaits", [] { return many_late(1000); });
    co_await measure("1 task", [] { return many_tasks(1); });
    co_await measure("1000 tasks", [] { return many_tasks(1000); });
    co_await measure("1 message", [] { return many_messages(1); });
    co_await measure("1000 messages", [] { return many_messages(1000); });
    co_await measure("1 level", [] { return nested(1); });
    co_await measure("20 levels", [] { return nested(20); });
    co_await measure("1 late level", [] { return nested_late(1); });
    co_await measure("20 late levels", [] { return nested_late(20); });
}

Pin mark{2, Pin::out};

Coro<> sleeps_s(std::int32_t seconds) {
    const auto start = Clock::now();
    mark.toggle();
    co_await sleep_ms(seconds * 1000);
    mark.toggle();
    print("{} s took {} us\n", seconds, (Clock::now() - start).count());
}

Coro<> far() {
    const std::uint32_t ticks = ticks_ms();
    co_await sleeps_s(4294);  // to just before the microseconds wrap at 4294.967296 s
    co_await sleeps_s(1);     // across
    co_await sleeps_s(3 * 60 * 60);
    co_await sleeps_s(49 * 24 * 60 * 60 / 24);  // 49 hours, 40 wraps
    print("{} ms by the ticks\n", ticks_diff(ticks_ms(), ticks));
}

}  // namespace

int main() {
    run(far());
    run(stack());
}

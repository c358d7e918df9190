// The operations that the ledger times and counts on a host. asio_bench.cpp and cpython_bench.py do the same in the same way.

#include <uasync/uasync.hpp>

#include "bench.hpp"

using namespace uasync;

namespace {

// switch: two tasks that yield; COUNT yields in all.

Coro<> yields(long count) {
    for (long i = 0; i < count; ++i) co_await yield();
}

Coro<> switches(long count) {
    const bench::Stopwatch stopwatch;
    auto one = create_task(yields(count / 2));
    auto other = create_task(yields(count / 2));
    co_await one;
    co_await other;
    bench::tell_ns(stopwatch, count);
}

// spawn_join: a task made of a coroutine that returns at once, and awaited.

Coro<int> trivial(int x) { co_return x; }

Coro<> spawns(long count) {
    const bench::Stopwatch stopwatch;
    long sum = 0;
    for (long i = 0; i < count; ++i) sum += co_await create_task(trivial(1));
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count, "sum of the tasks' results");
}

// await_child: the same coroutine, awaited without a task.

Coro<> awaits(long count) {
    const bench::Stopwatch stopwatch;
    long sum = 0;
    for (long i = 0; i < count; ++i) sum += co_await trivial(1);
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count, "sum of the children's results");
}

// queue1, queue128: messages from one task to another through a queue of that capacity.

template <std::size_t N>
Coro<> produce(Queue<int, N>& queue, long count) {
    for (long i = 0; i < count; ++i) co_await queue.put(static_cast<int>(i));
}

template <std::size_t N>
Coro<long> consume(Queue<int, N>& queue, long count) {
    long sum = 0;
    for (long i = 0; i < count; ++i) sum += co_await queue.get();
    co_return sum;
}

template <std::size_t N>
Coro<> messages(long count) {
    const bench::Stopwatch stopwatch;
    Queue<int, N> queue;
    auto producer = create_task(produce(queue, count));
    const long sum = co_await create_task(consume(queue, count));
    co_await producer;
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count * (count - 1) / 2, "sum of the messages");
}

// sleepers: COUNT tasks that each sleep 0 to 1000 ms, made one after the other; until the last has ended. What counts them is no part
// of a task, lest its frame grow by what only the measurement needs.

struct {
    long left;
    Event* all_awake;
} sleeping;

Coro<> sleeper(int ms) {
    co_await sleep_ms(ms);
    if (--sleeping.left == 0) sleeping.all_awake->set();
}

Coro<> sleepers(long count) {
    const double resident = bench::resident_bytes();
    const std::size_t pool = frame_pool_use().in_use;
    const bench::Stopwatch stopwatch;
    bench::Delays delays;
    Event all_awake;
    sleeping = {count, &all_awake};
    for (long i = 0; i < count; ++i) create_task(sleeper(delays.next()));
    co_await yield();  // all of them have gone to sleep
    bench::tell("rss_bytes", (bench::resident_bytes() - resident) / static_cast<double>(count));
    bench::tell("asleep_ms", stopwatch.wall() * 1000);
    bench::tell("pool_bytes", static_cast<double>(frame_pool_use().in_use - pool) / static_cast<double>(count));
    co_await all_awake.wait();
    bench::tell("over_ms", stopwatch.wall() * 1000 - 1000);
    bench::tell("cpu_ms", stopwatch.cpu() * 1000);
}

template <Coro<> (*operation)(long)>
void in_loop(long count) {
    bench::expect(run(operation(count)).has_value(), "end of the run");
}

constexpr bench::Operation operations[] = {
    {"switch", in_loop<switches>},    {"spawn_join", in_loop<spawns>},      {"await_child", in_loop<awaits>},
    {"queue1", in_loop<messages<1>>}, {"queue128", in_loop<messages<128>>}, {"sleepers", in_loop<sleepers>},
};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }

// The operations that the ledger times and counts on a host. The other programs do the same in the same way, as far as their libraries have
// the like.

#include <deque>
#include <thread>

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

// timer_insert_cancel: a timer set and stopped while 1,000 others are pending.

Coro<> timers(long count) {
    bench::Delays delays;
    std::deque<Delay> pending;
    for (long i = 0; i < bench::pending_timers; ++i)
        pending.emplace_back().trigger(std::chrono::milliseconds{bench::far_off_ms(delays)});
    Delay timer;
    const bench::Stopwatch stopwatch;
    for (long i = 0; i < count; ++i) {
        timer.trigger(std::chrono::milliseconds{bench::far_off_ms(delays)});
        timer.stop();
    }
    bench::tell_ns(stopwatch, count);
    bench::expect(pending.front().running() && !timer.running(), "what is pending");
    co_return;
}

// post: another thread posts functions to a loop whose task yields all the time.

struct Posts {  // static, as callbacks have to be that may be pending when the loop ends
    bench::Stream stream;
    std::deque<Callback> callbacks;

    Posts() {
        for (long i = 0; i < bench::Stream::burst; ++i) {
            callbacks.emplace_back([](void* counted) { static_cast<bench::Stream*>(counted)->count(); }, &stream);
        }
    }
};

Coro<> posts(long count) {
    static Posts posts;
    Loop& loop = running_loop();
    std::thread poster{[&] {
        posts.stream.post_all(count, [&](long i) { loop.call_soon_threadsafe(posts.callbacks[static_cast<std::size_t>(i)]); });
    }};
    while (!posts.stream.ended.load(std::memory_order_relaxed)) co_await yield();
    poster.join();
}

// post_coalesced: the same with one function, whether or not the loop has called it since the last post. The call sees what was stored before
// the last.

Coro<> same_posts(long count) {
    static bench::Stream stream;
    static Callback look{[](void*) { stream.look(); }};
    Loop& loop = running_loop();
    std::thread poster{[&] {
        stream.post_same(count, [&loop](long i) {
            stream.news.store(i, std::memory_order_relaxed);
            loop.call_soon_threadsafe(look);
        });
    }};
    while (!stream.ended.load(std::memory_order_relaxed)) co_await yield();
    poster.join();
}

// post_own: for counting instructions, which two threads would make differ from run to run. The loop's own thread posts 100 functions, and
// the loop calls them.

Coro<> own_posts(long count) {
    static Posts posts;
    Loop& loop = running_loop();
    const bench::Stopwatch stopwatch;
    for (long posted = 0; posted < count;) {
        for (std::size_t i = 0; i < 100; ++i, ++posted) loop.call_soon_threadsafe(posts.callbacks[i]);
        while (posts.stream.called.load(std::memory_order_relaxed) < posted) co_await yield();
    }
    bench::tell_ns(stopwatch, count);
}

template <Coro<> (*operation)(long)>
void in_loop(long count) {
    bench::expect(run(operation(count)).has_value(), "end of the run");
}

constexpr bench::Operation operations[] = {
    {"switch", in_loop<switches>},    {"spawn_join", in_loop<spawns>},         {"await_child", in_loop<awaits>},
    {"queue1", in_loop<messages<1>>}, {"queue128", in_loop<messages<128>>},    {"timer_insert_cancel", in_loop<timers>},
    {"post", in_loop<posts>},         {"post_coalesced", in_loop<same_posts>}, {"post_own", in_loop<own_posts>},
    {"sleepers", in_loop<sleepers>},
};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }

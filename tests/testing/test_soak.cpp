// A soak: random operations over all primitives, by tasks that are cancelled, timed out and joined at random moments, in two loops of one
// thread. Nothing may be lost, hang or leak. The number of tasks is that of a quick test; UASYNC_SOAK_TASKS=10000000 makes it a long one.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

std::uint64_t wanted_tasks() {
    const char* text = std::getenv("UASYNC_SOAK_TASKS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 60'000;
}

/// What the tasks share.
struct World {
    explicit World(std::uint32_t seed) : random{seed} {}

    std::mt19937 random;
    Queue<int, 3> queue;
    JoinableQueue<int, 2> jobs;
    Channel<int, 2> channel;
    Latest<int> latest;
    Broadcast<int, 2> broadcast;
    RingQueue<int, 4> ring;
    Pipe<8> pipe;
    Lock lock;
    RwLock rw_lock;
    Semaphore semaphore{2};
    Condition condition;
    Event event;
    ThreadSafeFlag flag;
    Barrier barrier{2};
    Ticker ticker{3ms};
    std::uint64_t put = 0;  ///< into `queue`
    std::uint64_t got = 0;  ///< from `queue`
    int locked = 0;         ///< tasks that hold `lock`
    int inside = 0;         ///< tasks that hold a place of `semaphore`
    int writers = 0;
    int readers = 0;
    std::uint64_t steps = 0;

    unsigned below(unsigned n) { return static_cast<unsigned>(random()) % n; }
    std::chrono::microseconds while_long() { return std::chrono::microseconds{below(4000)}; }
};

/// Counts up as long as it lives.
struct Counted {
    explicit Counted(int& counter) : count{counter} { ++count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count; }
    int& count;
};

Coro<> gets(World& w) {
    (void)co_await w.queue.get();
    ++w.got;  // what a cancelled get has not taken is still there
}
Coro<> puts(World& w) {
    co_await w.queue.put(1);
    ++w.put;
}
Coro<> locks(World& w) {
    const auto guard = co_await w.lock.scoped_lock();
    const Counted one{w.locked};
    CHECK(w.locked == 1);
    co_await sleep(w.while_long());
}
Coro<> takes_a_place(World& w) {
    const auto guard = co_await w.semaphore.scoped_lock();
    const Counted one{w.inside};
    CHECK(w.inside <= 2);
    co_await sleep(w.while_long());
}
Coro<> reads_or_writes(World& w) {
    if (w.below(3) == 0) {
        const auto guard = co_await w.rw_lock.scoped_write();
        const Counted one{w.writers};
        CHECK(w.writers == 1);
        CHECK(w.readers == 0);
        co_await sleep(w.while_long());
    } else {
        const auto guard = co_await w.rw_lock.scoped_read();
        const Counted one{w.readers};
        CHECK(w.writers == 0);
        co_await sleep(w.while_long());
    }
}
Coro<> waits_on_condition(World& w) {
    const auto guard = co_await w.condition.scoped_lock();
    if (w.below(2) == 0) {
        CHECK(w.condition.notify(w.below(3)));
    } else {
        co_await w.condition.wait();
        CHECK(w.condition.locked());
    }
}
Coro<> cleans_up(World& w) {
    auto r = co_await catch_cancelled(sleep(w.while_long()));
    if (!r) {
        co_await sleep(w.while_long());
        co_await pass_cancelled();
    }
}
Coro<int> fails(World& w) {
    co_await sleep(w.while_long());
    if (w.below(2) == 0) co_await detail::FailAwaiter{Error::unavailable};
    co_return 1;
}
AsyncGenerator<int> counts(World& w) {
    for (int i = 0; i < 3; ++i) {
        co_await sleep(w.while_long());
        co_yield i;
    }
}
Coro<> generates(World& w) {
    auto values = counts(w);
    int expected = 0;
    while (true) {
        auto value = co_await values.next();
        if (!value) break;
        CHECK(*value == expected);
        ++expected;
    }
}
Coro<> groups(World& w) {
    TaskGroup group;
    auto body = [&]() -> Coro<> {
        group.create_task(cleans_up(w));
        group.create_task(fails(w));
        co_await sleep(w.while_long());
        if (w.below(4) == 0) group.cancel();
        co_await sleep(w.while_long());
    };
    Result<void> r = co_await group(body());
    (void)r;
}
Coro<> gathers(World& w) {
    auto r = co_await gather(return_exceptions, cleans_up(w), fails(w));
    (void)r;
}
Coro<> selects(World& w) {
    // Not from `queue`: what has won is dropped if the waiter is cancelled just as it is about to go on (select.hpp).
    auto first = co_await select(w.channel.receive(), w.latest.get(), w.event.wait(), sleep(w.while_long()));
    (void)first;
}
Coro<> pipes(World& w) {
    std::array<char, 3> text{};
    if (w.below(2) == 0) {
        CHECK(co_await w.pipe.write("ab"));
    } else {
        (void)co_await w.pipe.read(text);
    }
}
Coro<> listens(World& w) {
    auto subscriber = w.broadcast.subscribe();
    (void)co_await subscriber.get();
}
Coro<> joins_jobs(World& w) {
    if (w.below(2) == 0) {
        (void)co_await w.jobs.put(1);
    } else {
        auto job = co_await w.jobs.get();
        if (job) CHECK(w.jobs.task_done());
    }
}

/// One random thing, which may wait for ever.
Coro<> acts(World& w) {
    ++w.steps;
    switch (w.below(22)) {
        case 0: co_await gets(w); break;
        case 1: co_await puts(w); break;
        case 2: co_await locks(w); break;
        case 3: co_await takes_a_place(w); break;
        case 4: co_await reads_or_writes(w); break;
        case 5: co_await waits_on_condition(w); break;
        case 6: co_await cleans_up(w); break;
        case 7: co_await generates(w); break;
        case 8: co_await groups(w); break;
        case 9: co_await gathers(w); break;
        case 10: co_await selects(w); break;
        case 11: co_await pipes(w); break;
        case 12: co_await listens(w); break;
        case 13: co_await joins_jobs(w); break;
        case 14: (void)co_await w.channel.send(1); break;
        case 15: (void)co_await w.channel.receive(); break;
        case 16: co_await w.event.wait(); break;
        case 17: co_await w.flag.wait(); break;
        case 18: (void)co_await w.barrier.wait(); break;
        case 19: (void)co_await w.ticker.tick(); break;
        case 20: (void)co_await w.ring.get(); break;
        default: co_await shield(cleans_up(w)); break;
    }
}

/// The same, limited in one of several ways.
Coro<> acts_for_a_while(World& w) {
    const unsigned how = w.below(3);
    if (how == 0) {
        auto r = co_await wait_for(acts(w), w.while_long());
        (void)r;
    } else if (how == 1) {
        auto limit = timeout(w.while_long());
        auto r = co_await limit(acts(w));
        (void)r;
    } else {
        co_await acts(w);
    }
}

/// Does what lets others go on, from a loop of its own turn.
void help(World& w) {
    switch (w.below(8)) {
        case 0: w.event.set(); break;
        case 1: w.event.clear(); break;
        case 2: w.latest.put(1); break;
        case 3: w.broadcast.publish(1); break;
        case 4: w.flag.set(); break;
        case 5: (void)w.ring.put_from_isr(1); break;
        case 6: w.barrier.reset(); break;
        default:
            if (w.queue.put_nowait(1)) ++w.put;
            break;
    }
}

/// Makes tasks, cancels and joins them, until there were `count`.
Coro<> drives(World& w, EventLoop& loop, std::uint64_t count) {
    std::vector<Task<>> tasks;
    for (std::uint64_t made = 0; made < count; ++made) {
        tasks.push_back(loop.create_task(acts_for_a_while(w)));
        help(w);
        if (tasks.size() >= 24) {
            const std::size_t i = w.below(static_cast<unsigned>(tasks.size()));
            if (w.below(2) == 0) tasks[i].cancel();
            if (w.below(2) == 0) {
                auto joined = co_await catch_cancelled(wait_for(tasks[i], w.while_long()));
                (void)joined;
            }
            if (tasks[i].done()) {
                tasks[i] = tasks.back();
                tasks.pop_back();
            }
        }
        while (tasks.size() > 64) {
            tasks.back().cancel();
            auto joined = co_await catch_cancelled(tasks.back());
            (void)joined;
            tasks.pop_back();
        }
        if (w.below(4) == 0) co_await yield();
        if (w.below(16) == 0) co_await sleep(w.while_long());
    }
    for (auto& task : tasks) task.cancel();
    for (auto& task : tasks) {
        auto joined = co_await catch_cancelled(task);
        (void)joined;
    }
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "soak: random operations over all primitives lose nothing and leak nothing") {
    set_exception_handler([](const ErrorReport&) {});  // tasks fail here, and nobody asks why
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        sim::reset();
        sim::shuffle(seed % 2 == 0 ? seed : 0);
        World world{seed};
        {
            EventLoop other;  // its tasks wait in the same primitives
            EventLoop loop;
            auto rest = [&]() -> Coro<> { co_await sleep(50us); };
            auto first = loop.create_task(drives(world, loop, wanted_tasks() / 8));
            auto second = other.create_task(drives(world, other, wanted_tasks() / 8));
            while (!first.done() || !second.done()) {
                for (int i = 0; i < 8; ++i) {
                    (void)loop.run_ready();
                    if (world.below(2) == 0) (void)other.run_ready();
                }
                CHECK(run(rest()));
            }
            CHECK(first.error() == Error::none);
            CHECK(second.error() == Error::none);
            other.close();
            loop.close();
        }
        CHECK(world.locked == 0);
        CHECK(world.inside == 0);
        CHECK(world.readers == 0);
        CHECK(world.writers == 0);
        CHECK(world.steps > wanted_tasks() / 8);
        CHECK(world.put == world.got + world.queue.qsize());
    }
}

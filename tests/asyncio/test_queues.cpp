// The behaviours of CPython's test_queues.py (Queue, LifoQueue, PriorityQueue, join, shutdown), written anew.

#include <string>
#include <vector>

#include <uasync/queue/joinable_queue.hpp>
#include <uasync/queue/lifo_queue.hpp>
#include <uasync/queue/priority_queue.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<int> empty = std::unexpected{Error::unavailable};
const Result<void> full = std::unexpected{Error::unavailable};
const Result<void> shut_down = std::unexpected{Error::shut_down};
const Result<int> no_more = std::unexpected{Error::shut_down};

template <class Q>
Coro<> gets(Trace& trace, Q& queue) {
    const auto got = co_await queue.get();
    if constexpr (std::is_same_v<decltype(got), const int>) {
        trace("got", got);
    } else {
        trace("get: " + outcome(got));
    }
}

template <class Q>
Coro<> puts(Trace& trace, Q& queue, int message) {
    if constexpr (requires { queue.task_done(); }) {
        const auto put = co_await queue.put(message);
        trace("put " + std::to_string(message) + ": " + outcome(put));
    } else {
        co_await queue.put(message);
        trace("put", message);
    }
}

template <class Q>
Coro<> joins(Trace& trace, Q& queue) {
    co_await queue.join();
    trace("joined");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "test_queues: a queue without a limit is never full; one with a limit blocks its putter") {
    auto body = [&]() -> Coro<> {
        Queue<int> any;
        CHECK(any.maxsize() == unbounded);
        for (int i = 0; i < 100'000; ++i) CHECK_MESSAGE(any.put_nowait(i).has_value(), i);
        CHECK_FALSE(any.full());
        CHECK(any.qsize() == 100'000);
        for (int i = 0; i < 100'000; ++i) CHECK_MESSAGE(any.get_nowait() == Result<int>{i}, i);
        CHECK(any.empty());

        Queue<int, 2> two;
        CHECK(two.maxsize() == 2);
        auto one = [&]() -> Coro<> {
            for (int i = 1; i <= 3; ++i) {
                co_await two.put(i);
                trace("put", i);
            }
        };
        create_task(one());
        co_await sleep_ms(10);
        CHECK(two.full());
        CHECK(two.put_nowait(4) == full);
        CHECK(co_await two.get() == 1);
        co_await sleep_ms(0);
        CHECK(two.get_nowait() == Result<int>{2});
        CHECK(two.get_nowait() == Result<int>{3});
        CHECK(two.get_nowait() == empty);
    };
    CHECK(run(body()));
    trace.expect({"0 put 1", "0 put 2", "10 put 3"});
}

TEST_CASE_FIXTURE(Simulated, "test_queues: a getter that was cancelled, or timed out, does not eat what others wait for") {
    auto body = [&]() -> Coro<> {
        Queue<int> queue;
        const auto none = co_await wait_for(queue.get(), 51ms);
        CHECK(none.error() == Error::timeout);
        CHECK(queue.put_nowait(1));
        CHECK(co_await queue.get() == 1);

        auto t1 = create_task(gets(trace, queue));
        auto t2 = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        t1.cancel();
        CHECK(queue.put_nowait(2));
        co_await t2;

        std::vector<Task<>> many;  // drop many pending readers
        for (int i = 0; i < 3; ++i) many.push_back(create_task(gets(trace, queue)));
        auto last = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(3));
        for (auto& task : many) task.cancel();
        co_await last;
    };
    CHECK(run(body()));
    trace.expect({"52 got 2", "53 got 3"});
}

TEST_CASE_FIXTURE(Simulated, "test_queues: waiting putters are let in as places come; a cancelled one is passed over") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        CHECK(queue.put_nowait(0));
        CHECK(queue.put_nowait(1));
        auto t2 = create_task(puts(trace, queue, 2));
        auto t3 = create_task(puts(trace, queue, 3));
        create_task(puts(trace, queue, 4));
        co_await sleep_ms(10);
        CHECK(queue.get_nowait() == Result<int>{0});  // wakes t2 ...
        t2.cancel();                                  // ... which makes room for t3
        co_await sleep_ms(10);
        CHECK(t3.done());
        std::vector<int> rest;
        for (int i = 0; i < 3; ++i) rest.push_back(co_await queue.get());
        CHECK(rest == std::vector{1, 3, 4});
        const auto refused = co_await wait_for(queue.get(), 10ms);
        CHECK(refused == Result<int>{std::unexpected{Error::timeout}});
    };
    CHECK(run(body()));
    trace.expect({"10 put 3", "20 put 4"});
}

TEST_CASE_FIXTURE(Simulated,
                  "test_queues: getters and putters do not wait for each other for ever: a small queue and many of both") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        int sum = 0;
        auto producer = [&](int number) -> Coro<> { co_await queue.put(number); };
        auto consumer = [&]() -> Coro<> { sum += co_await queue.get(); };
        std::vector<Coro<>> all;
        for (int i = 1; i <= 10; ++i) {
            all.push_back(i % 2 == 0 ? consumer() : producer(i));
            all.push_back(i % 2 == 0 ? producer(i) : consumer());
        }
        co_await gather(std::move(all));
        CHECK(sum == 55);
        CHECK(queue.empty());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "test_queues: order of LifoQueue and PriorityQueue") {
    auto body = [&]() -> Coro<> {
        LifoQueue<int> lifo;
        PriorityQueue<int> priority;
        for (int i : {1, 3, 2}) {
            CHECK(lifo.put_nowait(i));
            CHECK(priority.put_nowait(i));
        }
        for (int i : {2, 3, 1}) CHECK(co_await lifo.get() == i);
        for (int i : {1, 2, 3}) CHECK(co_await priority.get() == i);
    };
    CHECK(run(body()));
}

template <class Q>
static void join_behaves(Simulated& fixture) {
    auto body = [&]() -> Coro<> {
        Q queue;
        CHECK(queue.task_done() == Result<void>{std::unexpected{Error::misuse}});
        co_await queue.join();  // nothing to wait for
        co_await queue.join();
        for (int i = 0; i < 100; ++i) CHECK(queue.put_nowait(i));
        int sum = 0;
        bool running = true;
        auto worker = [&]() -> Coro<> {
            while (running) {
                const auto item = co_await queue.get();
                sum += *item;
                co_await sleep_ms(0);
                CHECK(queue.task_done());
            }
        };
        std::vector<Task<>> workers;
        for (int i = 0; i < 2; ++i) workers.push_back(create_task(worker()));
        co_await queue.join();
        CHECK(sum == 4950);
        running = false;
        for (int i = 0; i < 2; ++i) CHECK(queue.put_nowait(0));
        co_await queue.join();
        for (auto& task : workers) co_await task;
        CHECK(queue.task_done() == Result<void>{std::unexpected{Error::misuse}});

        create_task(joins(fixture.trace, queue));  // was there nothing to do, new messages do not hold it up
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(1));
        create_task(joins(fixture.trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.task_done());
        CHECK(queue.put_nowait(2));
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    fixture.trace.expect({"0 joined", "2 joined"});
}

template <class Q>
static void shutdown_behaves(Simulated& fixture) {
    Trace& trace = fixture.trace;
    auto body = [&]() -> Coro<> {
        {  // empty
            Q queue;
            queue.shutdown();
            CHECK(co_await queue.put(1) == shut_down);
            CHECK(queue.put_nowait(1) == shut_down);
            CHECK(co_await queue.get() == no_more);
            CHECK(queue.get_nowait() == no_more);
            co_await queue.join();
        }
        {  // not empty: is drained; the last task_done ends the join
            Q queue;
            CHECK(queue.put_nowait(5));
            auto join = create_task(joins(trace, queue));
            queue.shutdown();
            queue.shutdown();
            CHECK(queue.put_nowait(6) == shut_down);
            CHECK(co_await queue.get() == Result<int>{5});
            CHECK(queue.get_nowait() == no_more);
            co_await sleep_ms(1);
            CHECK_FALSE(join.done());
            CHECK(queue.task_done());
            co_await join;
        }
        {  // immediate: is emptied, as if the work had been done
            Q queue;
            CHECK(queue.put_nowait(7));
            CHECK(queue.put_nowait(7));
            auto join = create_task(joins(trace, queue));
            CHECK(co_await queue.get() == Result<int>{7});
            co_await sleep_ms(1);
            queue.shutdown(true);
            CHECK(queue.get_nowait() == no_more);
            co_await sleep_ms(1);
            CHECK_FALSE(join.done());  // 7 is in work
            CHECK(queue.task_done());
            co_await join;
            CHECK(queue.task_done() == Result<void>{std::unexpected{Error::misuse}});
        }
    };
    CHECK(run(body()));
    trace.expect({"1 joined", "3 joined"});
}

TEST_CASE_FIXTURE(Simulated, "test_queues: task_done and join") {
    SUBCASE("Queue") { join_behaves<JoinableQueue<int>>(*this); }
    SUBCASE("LifoQueue") { join_behaves<Joinable<LifoQueue<int>>>(*this); }
    SUBCASE("PriorityQueue") { join_behaves<Joinable<PriorityQueue<int>>>(*this); }
}

TEST_CASE_FIXTURE(Simulated, "test_queues: shutdown, at once or when it is empty") {
    SUBCASE("Queue") { shutdown_behaves<JoinableQueue<int>>(*this); }
    SUBCASE("LifoQueue") { shutdown_behaves<Joinable<LifoQueue<int>>>(*this); }
    SUBCASE("PriorityQueue") { shutdown_behaves<Joinable<PriorityQueue<int>>>(*this); }
}

TEST_CASE_FIXTURE(Simulated, "test_queues: shutdown ends those who wait to get, to put, and, if at once, to join") {
    for (const bool immediate : {false, true}) {
        sim::reset();
        trace.clear();
        auto body = [&]() -> Coro<> {
            JoinableQueue<int, 1> idle;
            JoinableQueue<int, 1> busy;
            create_task(gets(trace, idle));
            create_task(gets(trace, idle));
            CHECK(busy.put_nowait(1));
            create_task(puts(trace, busy, 2));
            create_task(puts(trace, busy, 3));
            create_task(joins(trace, busy));
            co_await sleep_ms(1);
            idle.shutdown(immediate);
            busy.shutdown(immediate);
            co_await sleep_ms(1);
            if (immediate) CHECK(busy.get_nowait() == no_more);
            if (!immediate) {
                CHECK(busy.get_nowait() == Result<int>{1});
                CHECK(busy.task_done());
            }
            co_await sleep_ms(1);
        };
        CHECK(run(body()));
        trace.expect({"1 get: shut down", "1 get: shut down", "1 put 2: shut down", "1 put 3: shut down",
                      immediate ? "1 joined" : "2 joined"});
    }
}

TEST_CASE_FIXTURE(Simulated, "test_queues: shutdown at once takes back what woken tasks had in their hands") {
    auto body = [&]() -> Coro<> {
        JoinableQueue<int, 1> queue;
        create_task(gets(trace, queue));
        auto cancelled = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(1));
        queue.shutdown(true);
        cancelled.cancel();
        co_await queue.join();
        co_await sleep_ms(1);

        JoinableQueue<int, 1> other;
        CHECK(other.put_nowait(1));
        auto putter = create_task(puts(trace, other, 2));
        co_await sleep_ms(1);
        CHECK(other.get_nowait() == Result<int>{1});
        other.shutdown(true);
        putter.cancel();
        co_await sleep_ms(1);
        CHECK(other.qsize() == 0);
        CHECK(other.task_done());
        co_await other.join();
    };
    CHECK(run(body()));
    trace.expect({"1 get: shut down"});
}

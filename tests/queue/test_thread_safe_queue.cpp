#include <uasync/queue/thread_safe_queue.hpp>

#include <uasync/kernel/cancel.hpp>
#include <uasync/sim.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/select.hpp>
#include <uasync/time/sleep.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: getters and putters wait and are served first in, first out") {
    ThreadSafeQueue<int, 1> queue;
    auto puts = [&](int message) -> Coro<> {
        const Result<void> put = co_await queue.put(message);
        trace(put.has_value() ? "put" : "not put", message);
    };
    auto gets = [&](int who) -> Coro<> {
        const Result<int> message = co_await queue.get();
        trace(who == 1 ? "first got" : "second got", message.value_or(-1));
    };
    auto main = [&]() -> Coro<> {
        for (int i = 1; i <= 3; ++i) create_task(puts(i));
        co_await yield();
        CHECK(queue.full());
        CHECK(queue.qsize() == 1);
        create_task(gets(1));
        create_task(gets(2));
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{3});
        CHECK(queue.get_nowait() == Result<int>{std::unexpected{Error::unavailable}});
        CHECK(queue.empty());
    };
    CHECK(run(main()));
    trace.expect({"0 put 1", "0 first got 1", "0 put 2", "0 second got 2", "0 put 3"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: an interrupt puts and gets without waiting") {
    ThreadSafeQueue<int, 2> queue;
    sim::at(5ms, [&] {
        for (int i = 1; i <= 4; ++i) trace(queue.put_nowait(i).has_value() ? "isr put" : "isr full", i);
    });
    sim::at(9ms, [&] { trace("isr got", queue.get_nowait().value_or(-1)); });
    auto waits = [&]() -> Coro<> {
        const Result<int> message = co_await queue.get();
        trace("got", message.value_or(-1));
    };
    auto main = [&]() -> Coro<> {
        co_await waits();
        co_await sleep_ms(6);
        CHECK(queue.qsize() == 0);
    };
    CHECK(run(main()));
    trace.expect({"5 isr put 1", "5 isr put 2", "5 isr full 3", "5 isr full 4", "5 got 1", "9 isr got 2"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: close ends who waits; what is left can still be got") {
    ThreadSafeQueue<int, 1> full;
    ThreadSafeQueue<int, 1> empty;
    auto puts = [&]() -> Coro<> {
        const Result<void> put = co_await full.put(2);
        trace("put: " + outcome(put));
    };
    auto gets = [&]() -> Coro<> {
        const Result<int> message = co_await empty.get();
        trace("get: " + outcome(message));
    };
    auto main = [&]() -> Coro<> {
        CHECK(full.put_nowait(1));
        create_task(puts());
        create_task(gets());
        co_await sleep_ms(1);
        full.close();
        full.close();
        empty.close();
        CHECK(full.closed());
        co_await sleep_ms(1);
        CHECK(full.put_nowait(3) == Result<void>{std::unexpected{Error::shut_down}});
        const Result<int> left = co_await full.get();
        CHECK(left == Result<int>{1});
        const Result<int> none = co_await full.get();
        CHECK(none == Result<int>{std::unexpected{Error::shut_down}});
        CHECK(full.get_nowait() == Result<int>{std::unexpected{Error::shut_down}});
    };
    CHECK(run(main()));
    trace.expect({"1 put: shut down", "1 get: shut down"});
}

TEST_CASE_FIXTURE(Simulated,
                  "ThreadSafeQueue: cancelled just as it was woken, a getter has taken nothing and a putter has put nothing") {
    ThreadSafeQueue<int, 1> queue;
    auto gets = [&](int who) -> Coro<> {
        const Result<int> message = co_await queue.get();
        trace(who == 1 ? "first got" : "second got", message.value_or(-1));
    };
    auto puts = [&](int message) -> Coro<> {
        (void)co_await queue.put(message);
        trace("put", message);
    };
    auto main = [&]() -> Coro<> {
        auto first = create_task(gets(1));
        auto second = create_task(gets(2));
        co_await yield();
        CHECK(queue.put_nowait(1));
        first.cancel();
        co_await sleep_ms(1);
        CHECK(second.done());
        CHECK(queue.put_nowait(2));
        auto third = create_task(puts(3));
        auto fourth = create_task(puts(4));
        co_await yield();
        CHECK(queue.get_nowait() == Result<int>{2});
        CHECK(queue.full());  // its place is kept for the third
        third.cancel();
        co_await sleep_ms(1);
        CHECK(fourth.done());
        CHECK(queue.get_nowait() == Result<int>{4});
    };
    CHECK(run(main()));
    trace.expect({"0 second got 1", "1 put 4"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: a loser in select has taken and put nothing") {
    ThreadSafeQueue<int, 1> one;
    ThreadSafeQueue<int, 1> two;
    auto main = [&]() -> Coro<> {
        sim::at(1ms, [&] {
            CHECK(one.put_nowait(1));
            CHECK(two.put_nowait(2));
        });
        auto got = co_await select(one.get(), two.get());
        CHECK(got.index() == 0);
        CHECK(std::get<0>(got) == Result<int>{1});
        CHECK(two.qsize() == 1);
        auto put = co_await select(two.put(3), sleep_ms(1));
        CHECK(put.index() == 1);
        CHECK(two.get_nowait() == Result<int>{2});
        CHECK(two.empty());
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: destroying it ends its waiters, also those that were woken") {
    auto queue = std::make_unique<ThreadSafeQueue<std::string, 1>>();
    auto gets = [&]() -> Coro<> {
        const auto result = co_await catch_cancelled(queue->get());
        trace("getter " + outcome(Result<void>{std::unexpected{result.error()}}));
    };
    auto main = [&]() -> Coro<> {
        create_task(gets());
        create_task(gets());
        co_await yield();
        CHECK(queue->put_nowait("message"));
        queue.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 getter destroyed", "0 getter destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "ThreadSafeQueue: between two loops of one thread each side goes on in its own loop") {
    ThreadSafeQueue<int, 1> queue;
    EventLoop loop;
    auto gets = [&]() -> Coro<> {
        for (int i = 0; i < 2; ++i) {
            const Result<int> message = co_await queue.get();
            trace("got", message.value_or(-1));
        }
    };
    auto getter = loop.create_task(gets());
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    auto puts = [&]() -> Coro<> {
        CHECK(queue.put_nowait(1));
        CHECK(queue.full());
        co_await yield();
        trace("the other loop is at rest");
    };
    CHECK(run(puts()));
    auto more = [&]() -> Coro<> { (void)co_await queue.put(2); };
    loop.create_task(more());
    CHECK(loop.run_until_complete(getter));
    trace.expect({"0 the other loop is at rest", "0 got 1", "0 got 2"});
}

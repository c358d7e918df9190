// More of what it does is in tests/asyncio/test_queues.cpp.

#include <memory>
#include <string>
#include <vector>

#include <uasync/queue/joinable_queue.hpp>
#include <uasync/queue/priority_queue.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;

TEST_CASE_FIXTURE(Simulated, "JoinableQueue: workers end when it is shut down and drained; the join ends with the last work done") {
    auto body = [&]() -> Coro<> {
        Joinable<PriorityQueue<int, 4>> queue;
        auto works = [&](int id) -> Coro<> {
            while (auto job = co_await queue.get()) {
                co_await sleep_ms(*job);
                trace("worker " + std::to_string(id) + " did", *job);
                CHECK(queue.task_done());
            }
            trace("worker", id);
        };
        create_task(works(1));
        create_task(works(2));
        for (int i : {5, 3, 4, 1}) co_await queue.put(i);
        co_await queue.join();
        trace("joined");
        queue.shutdown();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect(
        {"1 worker 1 did 1", "3 worker 2 did 3", "5 worker 1 did 4", "8 worker 2 did 5", "8 joined", "8 worker 1", "8 worker 2"});
}

TEST_CASE_FIXTURE(Simulated, "JoinableQueue: a cancelled put counts nothing; a cancelled join leaves the others waiting") {
    auto body = [&]() -> Coro<> {
        JoinableQueue<int, 1> queue;
        auto joins = [&](int id) -> Coro<> {
            co_await queue.join();
            trace("joined", id);
        };
        CHECK(queue.put_nowait(1));
        const auto late = co_await wait_for(queue.put(2), 1ms);
        CHECK(late.error() == Error::timeout);
        auto first = create_task(joins(1));
        create_task(joins(2));
        co_await yield();
        first.cancel();
        CHECK(queue.get_nowait() == Result<int>{1});
        CHECK(queue.task_done());
        CHECK(queue.task_done().error() == Error::misuse);
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 joined 2"});
}

TEST_CASE_FIXTURE(Simulated,
                  "JoinableQueue: shut down at any step, with anyone cancelled: what went in came out or was dropped, once") {
    for (const bool immediate : {false, true}) {
        for (unsigned when = 0; when < 8; ++when) {
            for (unsigned victim = 0; victim < 4; ++victim) {
                for_each_order(
                    [&] {
                        std::size_t put = 0;
                        std::size_t got = 0;
                        auto body = [&]() -> Coro<> {
                            JoinableQueue<std::unique_ptr<int>, 1> queue;
                            auto produce = [&]() -> Coro<> {
                                while (true) {
                                    const auto ok = co_await queue.put(std::make_unique<int>(1));
                                    if (!ok) co_return;
                                    ++put;
                                    co_await yield();
                                }
                            };
                            auto consume = [&]() -> Coro<> {
                                while (auto message = co_await queue.get()) {
                                    got += static_cast<std::size_t>(**message);
                                    CHECK(queue.task_done());
                                }
                            };
                            std::vector<Task<>> tasks;
                            for (int i = 0; i < 2; ++i) tasks.push_back(create_task(consume()));
                            for (int i = 0; i < 2; ++i) tasks.push_back(create_task(produce()));
                            for (unsigned i = 0; i < when; ++i) co_await yield();
                            queue.shutdown(immediate);
                            tasks[victim].cancel();
                            for (auto& task : tasks) (void)co_await catch_cancelled(task);
                            CHECK(queue.empty());
                            co_await queue.join();
                            CHECK(got <= put);
                            if (!immediate) CHECK(got == put);
                            if (immediate) CHECK(got + 1 >= put);
                        };
                        CHECK(run(body()));
                    },
                    10);
            }
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "JoinableQueue: destroyed while tasks wait in it: each ends with Error::destroyed") {
    auto body = [&]() -> Coro<> {
        auto queue = std::make_unique<JoinableQueue<int, 1>>();
        auto gets = [&]() -> Coro<> { (void)co_await queue->get(); };
        auto joins = [&]() -> Coro<> { co_await queue->join(); };
        create_task(gets(), "first");
        create_task(gets(), "second");
        co_await sleep_ms(1);
        CHECK(queue->put_nowait(1));
        create_task(joins(), "joiner");
        co_await sleep_ms(1);
        CHECK(queue->put_nowait(2));  // in the hands of the second
        queue.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    const std::string destroyed = to_string(Error::destroyed);
    trace.expect({"2 report second: " + destroyed, "2 report joiner: " + destroyed});
}

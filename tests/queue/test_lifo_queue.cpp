#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <uasync/queue/lifo_queue.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

TEST_CASE_FIXTURE(Simulated, "LifoQueue: the newest first, at every size; move-only messages; what is left over is destroyed") {
    auto body = [&]() -> Coro<> {
        LifoQueue<std::unique_ptr<int>, 3> queue;
        for (int round = 0; round < 3; ++round) {
            for (int i = 0; i < 3; ++i) co_await queue.put(std::make_unique<int>(i));
            CHECK(queue.full());
            CHECK_FALSE(queue.put_nowait(nullptr));
            for (int i = 2; i > 0; --i) {
                const auto got = co_await queue.get();
                CHECK(*got == i);
            }
            CHECK(queue.qsize() == 1);
            CHECK(**queue.get_nowait() == 0);
            CHECK(queue.empty());
        }
        CHECK(queue.put_nowait(std::make_unique<int>(7)));
#if !UASYNC_BOARD
        LifoQueue<std::string> any_number;
        for (int i = 0; i < 1000; ++i) CHECK(any_number.put_nowait(std::to_string(i)));
        CHECK(*any_number.get_nowait() == "999");
#endif
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "LifoQueue: tasks are served first in, first out; a woken one takes the newest at its turn") {
    auto body = [&]() -> Coro<> {
        LifoQueue<int, 2> queue;
        auto gets = [&](int id) -> Coro<> {
            const int got = co_await queue.get();
            trace("getter " + std::to_string(id) + ":", got);
        };
        create_task(gets(1));
        auto second = create_task(gets(2));
        create_task(gets(3));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(1));
        CHECK(queue.put_nowait(2));
        second.cancel();
        co_await sleep_ms(1);
        auto puts = [&](int message) -> Coro<> {
            co_await queue.put(message);
            trace("put", message);
        };
        for (int i = 3; i <= 5; ++i) create_task(puts(i));
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{4});
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{5});
    };
    CHECK(run(body()));
    trace.expect({"1 getter 1: 2", "1 getter 3: 1", "2 put 3", "2 put 4", "3 put 5"});
}

TEST_CASE_FIXTURE(Simulated, "LifoQueue: whoever is cancelled at any step, every message comes out once") {
    for (unsigned victim = 0; victim < 4; ++victim) {
        for (unsigned when = 0; when < 8; ++when) {
            for_each_order(
                [&] {
                    std::vector<int> sent;
                    std::vector<int> got;
                    auto body = [&]() -> Coro<> {
                        LifoQueue<int, 1> queue;
                        auto produce = [&](int id) -> Coro<> {
                            for (int i = 0; i < 3; ++i) {
                                co_await queue.put(10 * id + i);
                                sent.push_back(10 * id + i);
                            }
                        };
                        auto consume = [&]() -> Coro<> {
                            while (true) {
                                const int message = co_await queue.get();
                                got.push_back(message);
                            }
                        };
                        std::vector<Task<>> tasks;
                        for (int i = 0; i < 2; ++i) tasks.push_back(create_task(consume()));
                        for (int i = 0; i < 2; ++i) tasks.push_back(create_task(produce(i)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        tasks[victim].cancel();
                        co_await sleep_ms(1);
                        tasks[0].cancel();
                        tasks[1].cancel();
                        co_await sleep_ms(1);
                        CHECK(queue.empty());
                        std::sort(sent.begin(), sent.end());
                        std::sort(got.begin(), got.end());
                        CHECK(sent == got);
                    };
                    CHECK(run(body()));
                },
                20);
        }
    }
}

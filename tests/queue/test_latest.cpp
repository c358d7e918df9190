#include <memory>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

Coro<> gets(Trace& trace, Latest<int>& latest, int id) {
    const int value = co_await latest.get();
    trace("got by " + std::to_string(id) + ":", value);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Latest: a newer value replaces one that was not taken; a value is taken once") {
    auto body = [&]() -> Coro<> {
        Latest<int> latest;
        CHECK(latest.empty());
        CHECK(latest.get_nowait() == Result<int>{std::unexpected{Error::unavailable}});
        latest.put(1);
        latest.put(2);
        latest.put(3);
        CHECK_FALSE(latest.empty());
        const int got = co_await latest.get();
        CHECK(got == 3);
        CHECK(latest.empty());
        latest.put(4);
        CHECK(latest.get_nowait() == Result<int>{4});
        CHECK(latest.empty());
        auto none = co_await wait_for(latest.get(), 1ms);
        CHECK(none == Result<int>{std::unexpected{Error::timeout}});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Latest: a waiting consumer gets the value that is the newest when its turn comes") {
    auto body = [&]() -> Coro<> {
        Latest<int> latest;
        auto consumer = create_task(gets(trace, latest, 1));
        co_await sleep_ms(1);
        latest.put(1);
        CHECK(latest.empty());  // it is kept for the consumer
        CHECK_FALSE(latest.get_nowait());
        latest.put(2);
        CHECK(latest.empty());
        co_await consumer;
        CHECK(latest.empty());
    };
    CHECK(run(body()));
    trace.expect({"1 got by 1: 2"});
}

TEST_CASE_FIXTURE(Simulated, "Latest: waiting consumers are served first in, first out, one for each value") {
    auto body = [&]() -> Coro<> {
        Latest<int> latest;
        for (int id = 1; id <= 3; ++id) create_task(gets(trace, latest, id));
        co_await sleep_ms(1);
        for (int i = 1; i <= 3; ++i) {
            latest.put(10 * i);
            co_await sleep_ms(1);
        }
        CHECK(latest.empty());
        latest.put(40);
        CHECK_FALSE(latest.empty());
    };
    CHECK(run(body()));
    trace.expect({"1 got by 1: 10", "2 got by 2: 20", "3 got by 3: 30"});
}

TEST_CASE_FIXTURE(Simulated, "Latest: a consumer that comes while the value is kept for another waits for the next") {
    auto body = [&]() -> Coro<> {
        Latest<int> latest;
        auto first = create_task(gets(trace, latest, 1));
        co_await sleep_ms(1);
        latest.put(1);
        auto second = create_task(gets(trace, latest, 2));
        auto third = co_await wait_for(latest.get(), 1ms);
        CHECK(third == Result<int>{std::unexpected{Error::timeout}});
        CHECK(first.done());
        CHECK_FALSE(second.done());
        latest.put(2);
        co_await second;
    };
    CHECK(run(body()));
    trace.expect({"1 got by 1: 1", "2 got by 2: 2"});
}

TEST_CASE_FIXTURE(Simulated, "Latest: a consumer cancelled while it waits, or just as it was woken, has taken nothing") {
    auto body = [&]() -> Coro<> {
        Latest<int> latest;
        auto first = create_task(gets(trace, latest, 1));
        auto second = create_task(gets(trace, latest, 2));
        auto third = create_task(gets(trace, latest, 3));
        co_await sleep_ms(1);
        first.cancel();
        latest.put(1);
        second.cancel();
        co_await third;
        auto result = co_await catch_cancelled(second);
        CHECK(result == cancelled);
        CHECK(latest.empty());

        auto fourth = create_task(gets(trace, latest, 4));
        co_await sleep_ms(1);
        latest.put(2);
        fourth.cancel();
        latest.put(3);
        CHECK(latest.empty());
        result = co_await catch_cancelled(fourth);
        CHECK(result == cancelled);
        CHECK(latest.get_nowait() == Result<int>{3});
    };
    CHECK(run(body()));
    trace.expect({"1 got by 3: 1"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "Latest: whoever is cancelled at any step in any order, values are taken once, in order, and the last one never lost") {
    for (unsigned victim = 0; victim < 3; ++victim) {
        for (unsigned when = 0; when < 12; ++when) {
            for_each_order([&] {
                std::vector<int> got;
                auto consume = [&](Latest<int>& latest) -> Coro<> {
                    while (true) {
                        const int value = co_await latest.get();
                        got.push_back(value);
                    }
                };
                auto produce = [&](Latest<int>& latest) -> Coro<> {
                    for (int i = 1; i <= 6; ++i) {
                        latest.put(i);
                        co_await yield();
                    }
                };
                auto body = [&]() -> Coro<> {
                    Latest<int> latest;
                    std::vector<Task<>> tasks;
                    for (int i = 0; i < 3; ++i) tasks.push_back(create_task(consume(latest)));
                    auto producer = create_task(produce(latest));
                    for (unsigned i = 0; i < when; ++i) co_await yield();
                    tasks[victim].cancel();
                    co_await producer;
                    co_await sleep_ms(1);
                    CHECK(latest.empty());
                    CHECK(got.back() == 6);
                    for (std::size_t i = 1; i < got.size(); ++i) CHECK(got[i - 1] < got[i]);
                    for (auto& task : tasks) task.cancel();
                    co_await sleep_ms(1);
                };
                CHECK(run(body()));
            });
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Latest: holds move-only values and destroys each once") {
    auto shared = std::make_shared<int>(1);
    auto body = [&]() -> Coro<> {
        {
            Latest<std::unique_ptr<std::shared_ptr<int>>> latest;
            latest.put(std::make_unique<std::shared_ptr<int>>(shared));
            latest.put(std::make_unique<std::shared_ptr<int>>(shared));
            CHECK(shared.use_count() == 2);
            {
                auto value = co_await latest.get();
                CHECK(**value == 1);
            }
            CHECK(shared.use_count() == 1);
            latest.put(std::make_unique<std::shared_ptr<int>>(shared));
        }
        CHECK(shared.use_count() == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Latest: destroyed while consumers wait: each ends with Error::destroyed and is reported by name") {
    auto body = [&]() -> Coro<> {
        auto latest = std::make_unique<Latest<int>>();
        create_task(gets(trace, *latest, 1), "first");
        create_task(gets(trace, *latest, 2), "second");
        co_await sleep_ms(1);
        latest.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 report first" + was_destroyed, "1 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "Latest: destroyed between the put and the consumer's turn, cancelled or not") {
    for (const bool cancels : {false, true}) {
        for_each_order([&] {
            auto body = [&]() -> Coro<> {
                auto latest = std::make_unique<Latest<int>>();
                auto task = create_task(gets(trace, *latest, 1));
                auto other = create_task(gets(trace, *latest, 2));
                co_await sleep_ms(1);
                latest->put(1);
                if (cancels) task.cancel();
                if (cancels) other.cancel();
                latest.reset();
                auto result = co_await catch_cancelled(task);
                CHECK(result == (cancels ? cancelled : destroyed));
                result = co_await catch_cancelled(other);
                CHECK(result == (cancels ? cancelled : destroyed));
            };
            CHECK(run(body()));
            for (const std::string& line : trace.lines()) CHECK(line.find("got") == std::string::npos);
        });
    }
}

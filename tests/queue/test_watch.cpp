#include <memory>
#include <string>
#include <vector>

#include <uasync/queue/watch.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> reads(Trace& trace, Watch<int>& watch, int id, int pause_ms) {
    auto reader = watch.reader();
    while (true) {
        const int value = co_await reader.get();
        trace("reader " + std::to_string(id) + ":", value);
        co_await sleep_ms(pause_ms);
    }
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Watch: each reader sees each newest value once; who comes late sees the present one first") {
    auto body = [&]() -> Coro<> {
        Watch<int> watch;
        CHECK(watch.value() == nullptr);
        std::vector<Task<>> tasks;
        tasks.push_back(create_task(reads(trace, watch, 1, 0)));
        co_await sleep_ms(1);
        watch.put(1);
        CHECK(*watch.value() == 1);
        tasks.push_back(create_task(reads(trace, watch, 2, 5)));
        for (int i = 2; i <= 4; ++i) {
            co_await sleep_ms(1);
            watch.put(i);
        }
        co_await sleep_ms(10);
        for (auto& task : tasks) task.cancel();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 reader 1: 1", "1 reader 2: 1", "2 reader 1: 2", "3 reader 1: 3", "4 reader 1: 4", "6 reader 2: 4"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Watch: a value that came while the reader was on its way is the one it sees; cancelled, it saw none") {
    auto body = [&]() -> Coro<> {
        Watch<std::string> watch;
        auto reader = watch.reader();
        CHECK(reader.empty());
        CHECK_FALSE(reader.get_nowait());
        auto gets = [&](int id) -> Coro<> {
            const std::string value = co_await reader.get();
            trace("get " + std::to_string(id) + ": " + value);
        };
        auto first = create_task(gets(1));
        co_await sleep_ms(1);
        watch.put("old");
        CHECK(reader.empty());  // it is kept for the task
        first.cancel();
        co_await sleep_ms(1);
        CHECK_FALSE(reader.empty());
        auto second = create_task(gets(2));
        watch.put("new");
        co_await second;
        CHECK_FALSE(reader.get_nowait());
        auto third = create_task(gets(3));
        co_await sleep_ms(1);
        watch.put("newer");
        watch.put("newest");
        co_await third;
        const auto none = co_await wait_for(reader.get(), 1ms);
        CHECK(none.error() == Error::timeout);
    };
    CHECK(run(body()));
    trace.expect({"2 get 2: new", "3 get 3: newest"});
}

TEST_CASE_FIXTURE(Simulated, "Watch: destroyed while readers wait: each ends with Error::destroyed, and so does who asks later") {
    auto body = [&]() -> Coro<> {
        auto watch = std::make_unique<Watch<int>>();
        create_task(reads(trace, *watch, 1, 0), "first");
        create_task(reads(trace, *watch, 2, 0), "second");
        auto left = watch->reader();
        co_await sleep_ms(1);
        watch->put(1);
        watch.reset();
        const auto late = co_await catch_cancelled(left.get());
        CHECK(late.error() == Error::destroyed);
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    const std::string destroyed = to_string(Error::destroyed);
    trace.expect({"1 report first: " + destroyed, "1 report second: " + destroyed});
}

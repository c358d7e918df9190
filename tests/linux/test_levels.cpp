// Levels on a port that does not pick itself: which of the ready tasks the loop takes, and what it leaves.

#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> notes(std::string& order, const char* text, int times = 1) {
    for (int i = 0; i < times; ++i) {
        order += text;
        co_await yield();
    }
}

}  // namespace

TEST_CASE("Priority: the loop takes the first of the highest level, wherever it is in the queue") {
    std::string order;
    auto main = [&]() -> Coro<> {
        create_task(notes(order, "a0 ", 2));
        create_task(notes(order, "b2 ", 2), Priority{2});
        create_task(notes(order, "c1 ", 2), Priority{1});
        create_task(notes(order, "d2 ", 2), Priority{2});
        auto last = create_task(notes(order, "e0 ", 2));
        create_task(notes(order, "f7 ", 2), Priority{7});                                  // the last in the queue
        auto higher = create_task([]() -> Coro<> { co_await sleep(1h); }(), Priority{6});  // than all that are ready then
        co_await last;
        higher.cancel();
    };
    CHECK(run(main()));
    CHECK(order == "f7 f7 b2 d2 b2 d2 c1 c1 a0 e0 a0 e0 ");
}

TEST_CASE("Priority: who becomes ready after the last one in the queue was taken is not lost") {
    std::string order;
    auto main = [&]() -> Coro<> {
        Event event;
        auto waits = [&]() -> Coro<> {
            co_await event.wait();
            order += "woken ";
        };
        auto sets = [&]() -> Coro<> {
            event.set();
            order += "sets ";
            co_return;
        };
        auto woken = create_task(waits());
        co_await yield();
        create_task(notes(order, "low "));
        create_task(sets(), Priority{1});  // taken from the end
        co_await woken;
    };
    CHECK(run(main()));
    CHECK(order == "sets low woken ");
}

TEST_CASE("Priority: an await that fails unwinds its task before a higher one runs") {
    std::string order;
    auto main = [&]() -> Coro<> {
        auto high = create_task(notes(order, "high "), Priority{7});
        auto result = co_await catch_cancelled(detail::FailAwaiter{Error::unavailable});
        order += "failed ";
        CHECK(result.error() == Error::unavailable);
        co_await high;
    };
    CHECK(run(main()));
    CHECK(order == "failed high ");
}

TEST_CASE("Priority: the holder of a lock runs with the level of the task that waits for it") {
    std::string order;
    auto main = [&]() -> Coro<> {
        Lock lock;
        auto holds = [&](const char* name) -> Coro<> {
            auto guard = co_await lock.scoped_lock();
            co_await notes(order, name, 2);
        };
        auto low = create_task(holds("low "));
        co_await yield();
        create_task(notes(order, "middle ", 2), Priority{3});
        auto high = create_task(holds("high "), Priority{4});
        co_await high;
        co_await low;
    };
    CHECK(run(main()));
    CHECK(order == "low low high high middle middle ");
}

TEST_CASE("Priority: each loop has its own, in threads too") {
    const auto in_a_thread = [](std::string& order) {
        EventLoop loop;
        loop.create_task(notes(order, "low "));
        loop.create_task(notes(order, "high "), Priority{1});
        (void)loop.run_until_complete([]() -> Coro<> {
            for (int i = 0; i < 8; ++i) co_await yield();
        }());
    };
    std::string one;
    std::string other;
    std::thread thread{[&] { in_a_thread(one); }};
    in_a_thread(other);
    thread.join();
    CHECK(one == "high low ");
    CHECK(other == "high low ");
}

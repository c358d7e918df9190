// EventLoop, call_soon_threadsafe and to_thread with real threads.

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/task/event_loop.hpp>
#include <uasync/sync/to_thread.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

TEST_CASE("linux: call_soon_threadsafe runs every function, a thread's in order, in the loop's thread") {
    constexpr int threads = 4;
    constexpr int calls = 2'000;
    std::vector<int> last(threads, 0);
    int called = 0;
    bool in_order = true;
    EventLoop loop;
    const auto home = std::this_thread::get_id();
    bool at_home = true;
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t) {
        callers.emplace_back([&, t] {
            for (int i = 1; i <= calls; ++i) {
                loop.call_soon_threadsafe([&, t, i] {
                    in_order = in_order && last[static_cast<std::size_t>(t)] == i - 1;
                    at_home = at_home && std::this_thread::get_id() == home;
                    last[static_cast<std::size_t>(t)] = i;
                    if (++called == threads * calls) loop.stop();
                });
            }
        });
    }
    CHECK(loop.run_forever() == Error::none);
    for (auto& caller : callers) caller.join();
    CHECK(called == threads * calls);
    CHECK(in_order);
    CHECK(at_home);
}

TEST_CASE("linux: a Callback from another thread is never lost: 10,000 hand-shakes") {
    static std::atomic<int> called{0};
    called = 0;
    EventLoop loop;
    Callback callback{[](void* self) {
                          if (++called == 10'000) static_cast<EventLoop*>(self)->stop();
                      },
                      &loop};
    std::thread caller{[&] {
        for (int i = 0; i < 10'000; ++i) {
            loop.call_soon_threadsafe(callback);
            while (called.load() == i) std::this_thread::yield();
        }
    }};
    CHECK(loop.run_forever() == Error::none);
    caller.join();
    CHECK(called == 10'000);
}

TEST_CASE("linux: functions for a loop at rest are called in its next run; those that it does not come to are dropped") {
    int called = 0;
    EventLoop loop;
    std::thread{[&] { loop.call_soon_threadsafe([&] { ++called; }); }}.join();
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    CHECK(called == 1);
    auto kept = std::make_shared<int>(0);
    loop.call_soon_threadsafe([kept] { ++*kept; });
    loop.close();
    CHECK(*kept == 0);
}

TEST_CASE("linux: loops of several threads run, stop and run again") {
    std::vector<std::thread> threads;
    std::atomic<int> sum{0};
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&sum] {
            EventLoop loop;
            auto counts = [&]() -> Coro<int> {
                for (int i = 0; i < 100; ++i) co_await yield();
                co_return 1;
            };
            for (int i = 0; i < 5; ++i) sum += loop.run_until_complete(counts()).value_or(1000);
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(sum == 15);
}

TEST_CASE("linux: SIGINT ends run_forever, and the loop can run again") {
    EventLoop loop;
    loop.call_soon([] { std::raise(SIGINT); });
    CHECK(loop.run_forever() == Error::none);
    loop.call_soon([&] { loop.stop(); });
    CHECK(loop.run_forever() == Error::none);
}

TEST_CASE("linux: to_thread gives the value while other tasks run, throws what was thrown, and takes void") {
    std::atomic<bool> let_go{false};
    auto body = [&]() -> Coro<> {
        auto blocks = create_task(to_thread([&] {
            while (!let_go) std::this_thread::yield();
            return std::string{"value"};
        }));
        for (int i = 0; i < 100; ++i) co_await yield();
        CHECK_FALSE(blocks.done());
        let_go = true;
        CHECK(co_await blocks == "value");
        std::thread::id where;
        co_await to_thread([&] { where = std::this_thread::get_id(); });
        CHECK(where != std::this_thread::get_id());
        std::string caught;
        try {
            co_await to_thread([]() -> int { throw std::runtime_error{"thrown"}; });
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        CHECK(caught == "thrown");
    };
    CHECK(run(body()));
}

TEST_CASE("linux: a waiter of to_thread that is cancelled leaves the function running") {
    auto let_go = std::make_shared<std::atomic<bool>>(false);
    auto ended = std::make_shared<std::atomic<bool>>(false);
    auto body = [&]() -> Coro<> {
        auto task = create_task(to_thread([let_go, ended] {
            while (!*let_go) std::this_thread::yield();
            *ended = true;
        }));
        co_await yield();
        task.cancel();
        auto result = co_await catch_cancelled(task);
        CHECK(result == Result<void>{std::unexpected{Error::cancelled}});
    };
    CHECK(run(body()));
    *let_go = true;
    while (!*ended) std::this_thread::yield();
}

TEST_CASE("linux: when an EventLoop is closed, the newest of its thread that is open is current") {
    EventLoop first;
    EventLoop second;
    EventLoop third;
    second.close();
    CHECK(get_event_loop() == &third);
    third.close();
    CHECK(get_event_loop() == &first);
    first.close();
    CHECK(get_event_loop() == nullptr);
}

TEST_CASE("linux: an EventLoop that another thread runs by now is no longer the current one after a run") {
    EventLoop loop;
    auto nothing = []() -> Coro<> { co_return; };
    CHECK(get_event_loop() == &loop);
    CHECK(run(nothing()));
    CHECK(get_event_loop() == &loop);
    std::thread{[&] { CHECK(loop.run_until_complete(nothing())); }}.join();
    CHECK(run(nothing()));
    CHECK(get_event_loop() == nullptr);
}

TEST_CASE("linux: what a task does inside of run_ready does not call the wake hook") {
    EventLoop loop;
    std::atomic<int> told{0};
    loop.set_wake_hook([](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &told);
    auto cancels_itself = []() -> Coro<> {
        CHECK(current_task().cancel());
        co_await sleep_ms(100);
    };
    CHECK(loop.run_ready() == Clock::time_point::max());
    loop.create_task(cancels_itself());
    told = 0;
    while (loop.run_ready() != Clock::time_point::max()) {
    }
    CHECK(told == 0);
    ThreadSafeFlag flag;
    auto waits = [&]() -> Coro<> { co_await flag.wait(); };
    loop.create_task(waits());
    CHECK(loop.run_ready() == Clock::time_point::max());
    told = 0;
    flag.set();
    CHECK(told == 1);
}

TEST_CASE("linux: a loop that has the mailbox of one that is gone does not have its wake hook") {
    std::atomic<int> told{0};
    ThreadSafeFlag flag;
    auto waits = [&]() -> Coro<> { co_await flag.wait(); };
    {
        EventLoop earlier;
        earlier.set_wake_hook([](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &told);
        CHECK(earlier.run_ready() == Clock::time_point::max());
    }
    EventLoop loop;
    loop.create_task(waits());
    CHECK(loop.run_ready() == Clock::time_point::max());
    told = 0;
    flag.set();
    CHECK(told == 0);
    (void)loop.run_ready();
}

TEST_CASE("linux: close tells of each error that nobody has seen, and frees its task") {
    static std::vector<std::string> reports;
    reports.clear();
    set_exception_handler([](const ErrorReport& report) { reports.emplace_back(report.task); });
    auto fails = []() -> Coro<> {
        throw std::runtime_error{"lost"};
        co_return;
    };
    auto waits = []() -> Coro<> { co_await sleep(1h); };
    Callback callback{[](void*) {}};
    for (int round = 0; round < 2; ++round) {
        EventLoop loop;
        loop.create_task(fails(), "first");
        loop.create_task(waits(), "waits");
        loop.create_task(fails(), "second");
        (void)loop.run_ready();
        loop.call_soon_threadsafe(callback);
        loop.close();
    }
    set_exception_handler(nullptr);
    CHECK(reports == std::vector<std::string>{"first", "second", "first", "second"});
}

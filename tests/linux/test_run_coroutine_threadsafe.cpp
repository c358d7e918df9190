// run_coroutine_threadsafe between threads. Nothing here depends on how long something takes.

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/task/event_loop.hpp>
#include <uasync/task/run_coroutine_threadsafe.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

/// A loop that runs in a thread of its own for as long as this lives.
class Elsewhere {
public:
    ~Elsewhere() {
        loop.call_soon_threadsafe([this] { loop.stop(); });
        thread_.join();
    }
    EventLoop loop;

private:
    std::thread thread_{[this] { (void)loop.run_forever(); }};
};

Coro<std::thread::id> where() {
    co_await yield();
    co_return std::this_thread::get_id();
}
Coro<int> throws() {
    co_await yield();
    throw std::runtime_error{"from there"};
}
Coro<> waits_for_ever(std::atomic<int>& state) {
    state = 1;
    const auto result = co_await catch_cancelled(sleep(1h));
    state = 2;
    if (!result.has_value()) co_await pass_cancelled();
}

}  // namespace

TEST_CASE("linux: run_coroutine_threadsafe: a plain thread blocks for the result, which is made in the loop's thread") {
    Elsewhere there;
    const auto task = run_coroutine_threadsafe(where(), there.loop);
    const auto id = task.result();
    REQUIRE(id.has_value());
    CHECK(*id != std::this_thread::get_id());
    CHECK(task.done());
    CHECK_FALSE(task.cancel());
    CHECK(task.result() == id);
    CHECK_THROWS_WITH_AS((void)run_coroutine_threadsafe(throws(), there.loop).result(), "from there", std::runtime_error);
    auto moves = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    CHECK(**run_coroutine_threadsafe(moves(), there.loop).result() == 7);
    auto nothing = []() -> Coro<> { co_return; };
    CHECK(run_coroutine_threadsafe(nothing(), there.loop).result().has_value());
}

TEST_CASE("linux: run_coroutine_threadsafe: the result can be had for a limited time, and the task cancelled") {
    Elsewhere there;
    std::atomic<int> state{0};
    const auto task = run_coroutine_threadsafe(waits_for_ever(state), there.loop);
    CHECK(task.result(1us) == Result<void>{std::unexpected{Error::timeout}});
    CHECK_FALSE(task.done());
    CHECK(task.cancel());
    CHECK(task.result(std::chrono::hours::max()) == Result<void>{std::unexpected{Error::cancelled}});
    CHECK(state != 1);  // it was cancelled before its first step, or cleaned up
}

TEST_CASE("linux: run_coroutine_threadsafe: a task of another loop awaits it, its exception and its cancellation") {
    Elsewhere there;
    auto cancelled = []() -> Coro<int> {
        current_task().cancel();
        co_await yield();
        co_await sleep(1h);
        co_return 1;
    };
    auto body = [&]() -> Coro<> {
        const auto id = co_await run_coroutine_threadsafe(where(), there.loop);
        CHECK(id != std::this_thread::get_id());
        std::string caught;
        try {
            co_await run_coroutine_threadsafe(throws(), there.loop);
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        CHECK(caught == "from there");
        const auto result = co_await catch_cancelled(run_coroutine_threadsafe(cancelled(), there.loop));
        CHECK(result == Result<int>{std::unexpected{Error::cancelled}});
    };
    CHECK(run(body()));
}

TEST_CASE("linux: run_coroutine_threadsafe: a waiter that is cancelled cancels the task there") {
    Elsewhere there;
    std::atomic<int> state{0};
    auto body = [&]() -> Coro<> {
        const auto remote = run_coroutine_threadsafe(waits_for_ever(state), there.loop);
        auto waits = [&]() -> Coro<> { co_await remote; };
        auto waiter = create_task(waits());
        do {
            co_await yield();  // at least once, so that the waiter waits
        } while (state != 1);
        waiter.cancel();
        (void)co_await catch_cancelled(waiter);
        while (!remote.done()) co_await yield();
        CHECK(state == 2);
        const auto result = co_await catch_cancelled(remote);
        CHECK(result == Result<void>{std::unexpected{Error::cancelled}});
    };
    CHECK(run(body()));
}

TEST_CASE("linux: run_coroutine_threadsafe: waiting for it in its own loop's thread is misuse, awaiting it there is fine") {
    EventLoop loop;
    auto body = [&]() -> Coro<> {
        const auto task = run_coroutine_threadsafe(where(), loop);
        CHECK(task.result() == Result<std::thread::id>{std::unexpected{Error::misuse}});
        const auto id = co_await task;
        CHECK(id == std::this_thread::get_id());
        CHECK(task.result() == Result<std::thread::id>{id});
    };
    CHECK(loop.run_until_complete(body()));
}

TEST_CASE("linux: run_coroutine_threadsafe: a loop that ends first gives destroyed, whether the task had begun or not") {
    std::atomic<int> state{0};
    auto loop = std::make_unique<EventLoop>();
    auto begun = run_coroutine_threadsafe(waits_for_ever(state), *loop);
    for (int turn = 0; turn < 2; ++turn) {  // the task is made in the first, and begins in the second
        loop->stop();
        CHECK(loop->run_forever() == Error::none);
    }
    CHECK(state == 1);
    auto not_begun = run_coroutine_threadsafe(waits_for_ever(state), *loop);
    loop->close();
    CHECK(begun.result() == Result<void>{std::unexpected{Error::destroyed}});
    CHECK(not_begun.result() == Result<void>{std::unexpected{Error::destroyed}});
    auto after = run_coroutine_threadsafe(waits_for_ever(state), *loop);
    CHECK(after.result() == Result<void>{std::unexpected{Error::destroyed}});
    loop.reset();
    CHECK_FALSE(begun.cancel());
}

TEST_CASE("linux: run_coroutine_threadsafe: loops end while others cancel and await their tasks") {
    for (int round = 0; round < 300; ++round) {
        auto loop = std::make_unique<EventLoop>();
        std::atomic<int> state{0};
        const auto task = run_coroutine_threadsafe(waits_for_ever(state), *loop);
        std::thread canceller{[task, round] {
            if (round % 2 == 0) (void)task.cancel();
            const auto result = task.result();
            CHECK((result.error() == Error::cancelled || result.error() == Error::destroyed));
        }};
        loop->stop();
        CHECK(loop->run_forever() == Error::none);
        loop.reset();
        canceller.join();
    }
}

TEST_CASE("linux: run_coroutine_threadsafe: many threads at once") {
    Elsewhere there;
    constexpr int each = 500;
    std::atomic<int> sum{0};
    int calls = 0;  // the loop's alone
    auto adds = [&](int number) -> Coro<int> {
        ++calls;
        co_await yield();
        co_return number;
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < each; ++i) sum += run_coroutine_threadsafe(adds(1), there.loop).result().value_or(1000);
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(sum == 4 * each);
}

TEST_CASE("linux: run_coroutine_threadsafe: an error that nobody asks for is reported with the last handle") {
    Elsewhere there;
    static int reports = 0;
    reports = 0;
    set_exception_handler([](const ErrorReport& report) {
        CHECK(report.error == Error::exception);
        CHECK(report.task == "thrower");
        ++reports;
    });
    {
        const auto task = run_coroutine_threadsafe(throws(), there.loop, "thrower");
        while (!task.done()) std::this_thread::yield();
        (void)run_coroutine_threadsafe(where(), there.loop).result();  // the loop is past it
    }
    CHECK(reports == 1);
    {
        const auto task = run_coroutine_threadsafe(throws(), there.loop, "thrower");
        CHECK_THROWS_AS((void)task.result(), std::runtime_error);
    }
    set_exception_handler(nullptr);
    CHECK(reports == 1);
}

TEST_CASE("linux: run_coroutine_threadsafe: a task whose handles have gone is freed when it has ended") {
    const auto before = frame_pool_use().in_use;
    {
        EventLoop loop;
        (void)run_coroutine_threadsafe(where(), loop);
        CHECK(loop.run_until_complete([]() -> Coro<> {
            for (int i = 0; i < 8; ++i) co_await yield();
        }()));
    }
    CHECK(frame_pool_use().in_use == before);
}

TEST_CASE("linux: all threads that block for one result go on") {
    EventLoop loop;
    auto slow = []() -> Coro<int> {
        co_await sleep_ms(20);
        co_return 7;
    };
    auto remote = run_coroutine_threadsafe(slow(), loop);
    std::atomic<int> sum{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] { sum += remote.result().value_or(0); });
    }
    auto main = [&]() -> Coro<> { co_await sleep_ms(100); };  // they block by now, mostly
    CHECK(loop.run_until_complete(main()));
    for (std::thread& thread : threads) thread.join();
    CHECK(sum == 21);
}

// What only a loop's own thread may do, done by another one: the program stops, and the message says what to use instead.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <uasync/task/event_loop.hpp>
#include <uasync/uasync.hpp>

#include <support/death.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

/// What the program says when a thread does `wrong(loop, task)`, while the loop runs and the task waits in `waits`.
template <class W, class F>
std::string said(W waits, F wrong) {
    return last_words([&] {
        EventLoop loop;
        std::atomic<bool> ready{false};
        auto begins = [&]() -> Coro<> {
            for (int i = 0; i < 3; ++i) co_await yield();
            ready = true;
            co_await sleep(std::chrono::seconds{20});  // not so long if all is well
        };
        auto task = loop.create_task(waits(), "consumer");
        std::thread other{[&] {
            while (!ready) std::this_thread::yield();
            wrong(loop, task);
        }};
        (void)loop.run_until_complete(begins());
    });
}

Coro<> sleeps() { co_await sleep(std::chrono::hours{1}); }
Coro<> nothing() { co_return; }

constexpr const char* belongs = "uasync: task 'consumer' belongs to an EventLoop, which runs in another thread: from here, use ";

}  // namespace

#if UASYNC_CHECK_THREADS  // the presets of the sanitizers

TEST_CASE("wrong thread: setting an event that a task waits for") {
    Event event;
    const auto text = said([&]() -> Coro<> { co_await event.wait(); }, [&](EventLoop&, auto&) { event.set(); });
    CHECK(text == belongs + std::string{"ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe\n"});
}

TEST_CASE("wrong thread: putting a message that a task waits for") {
    Queue<int, 4> queue;
    const auto text = said([&]() -> Coro<> { (void)co_await queue.get(); }, [&](EventLoop&, auto&) { (void)queue.put_nowait(1); });
    CHECK(text == belongs + std::string{"ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe\n"});
}

TEST_CASE("wrong thread: awaiting a task") {
    const auto text =
        said(sleeps, [](EventLoop&, auto& task) { (void)run([](Task<>& awaited) -> Coro<> { co_await awaited; }(task)); });
    CHECK(text == belongs + std::string{"run_coroutine_threadsafe\n"});
}

#endif

TEST_CASE("wrong thread: destroying a primitive that a task waits for") {
    auto event = std::make_unique<Event>();
    const auto text = said([&]() -> Coro<> { co_await event->wait(); }, [&](EventLoop&, auto&) { event.reset(); });
    CHECK(text.starts_with(belongs));
    auto lock = std::make_unique<Semaphore>(0);
    const auto other = said([&]() -> Coro<> { co_await lock->acquire(); }, [&](EventLoop&, auto&) { lock.reset(); });
    CHECK(other.starts_with(belongs));
}

TEST_CASE("wrong thread: cancelling a task") {
    const auto text = said(sleeps, [](EventLoop&, auto& task) { task.cancel(); });
    CHECK(text == belongs + std::string{"call_soon_threadsafe with a function that cancels it\n"});
}

TEST_CASE("wrong thread: creating a task on a loop that runs, stopping it, running it, and calling soon") {
    const std::string loop = "uasync: an EventLoop runs in another thread: from here, use ";
    CHECK(said(sleeps, [](EventLoop& other, auto&) { other.create_task(nothing()); }) == loop + "run_coroutine_threadsafe\n");
    CHECK(said(sleeps, [](EventLoop& other, auto&) { other.stop(); }) ==
          loop + "call_soon_threadsafe with a function that stops it\n");
    CHECK(said(sleeps, [](EventLoop& other, auto&) { other.call_soon([] {}); }) == loop + "call_soon_threadsafe\n");
    CHECK(said(sleeps, [](EventLoop& other, auto&) { (void)other.run_forever(); }) ==
          loop + "call_soon_threadsafe or run_coroutine_threadsafe\n");
}

TEST_CASE("wrong thread: a loop of run() is named by its main task") {
    const auto text = last_words([] {
        auto event = std::make_unique<Event>();
        std::atomic<bool> waits{false};
        auto main_coroutine = [&]() -> Coro<> {
            waits = true;
            co_await event->wait();
        };
        std::thread other{[&] {
            while (!waits) std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
            event.reset();
        }};
        (void)run(main_coroutine());
    });
    CHECK(text.find("belongs to the loop of '") != std::string::npos);
}

TEST_CASE("wrong thread: another thread may do all of it while the loop is at rest") {
    EventLoop loop;
    Event event;
    bool seen = false;
    auto waits = [&]() -> Coro<> {
        co_await event.wait();
        seen = true;
    };
    auto task = loop.create_task(waits());
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    std::thread{[&] { event.set(); }}.join();
    CHECK(loop.run_until_complete(task));
    CHECK(seen);
}
